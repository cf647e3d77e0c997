package dev.hone.policy.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.policy.Shared;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Parameter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole model stored as DeepSeek-V3 is: projections in FP8 with a scale a block. */
class Fp8CheckpointTest {

  private static final int BLOCK = 24;

  @TempDir Path temporary;

  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final ObjectNode header = new ObjectMapper().createObjectNode();
  private final Map<String, float[]> expected = new TreeMap<>();

  @Test
  void loadsAsTheProductOfCodesAndScalesAndIsWrittenUnquantised() throws IOException {
    Path source = Shared.directory("fixtures/tiny-deepseek-v3");
    quantise(source);
    try (Ops ops = Backends.select("auto").open(1);
        DecoderModel model = Checkpoint.open(temporary).load(ops, Purpose.INFERENCE)) {
      Map<String, float[]> found = new TreeMap<>();
      for (Parameter parameter : model.parameters()) {
        found.putAll(model.layout().spec(parameter.name()).split(parameter.value().toFloats()));
      }
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, values) -> assertThat(Arrays.equals(found.get(name), values)).as(name).isTrue());
      Path written = temporary.resolve("written");
      Checkpoint.write(written, model, null, DType.FLOAT32);
      assertThat(Checkpoint.open(written).config().keys()).doesNotContainKey("quantization_config");
    }
  }

  private void quantise(Path source) throws IOException {
    try (Safetensors tensors = Safetensors.open(source.resolve("model.safetensors"))) {
      for (String name : tensors.names()) {
        float[] values = tensors.floats(name);
        int[] dims = tensors.entry(name).shape().dims();
        if (name.contains("_proj")) {
          addQuantised(name, values, dims[0], dims[1]);
        } else {
          add(name, TensorType.F32, dims, bytes(values));
          expected.put(name, values);
        }
      }
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json).put(data.toByteArray());
    Files.write(temporary.resolve("model.safetensors"), file.array());
    ObjectNode config =
        (ObjectNode) new ObjectMapper().readTree(source.resolve("config.json").toFile());
    ObjectNode quantization = config.putObject("quantization_config").put("quant_method", "fp8");
    quantization.putArray("weight_block_size").add(BLOCK).add(BLOCK);
    Files.writeString(temporary.resolve("config.json"), config.toString());
  }

  private void addQuantised(String name, float[] values, int rows, int columns) {
    int across = (columns + BLOCK - 1) / BLOCK;
    float[] scales = new float[(rows + BLOCK - 1) / BLOCK * across];
    for (int i = 0; i < values.length; i++) {
      int block = i / columns / BLOCK * across + i % columns / BLOCK;
      scales[block] = Math.max(scales[block], Math.abs(values[i]) / 448);
    }
    byte[] codes = new byte[values.length];
    float[] dequantised = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      float scale = scales[i / columns / BLOCK * across + i % columns / BLOCK];
      int code = nearest(values[i] / scale);
      codes[i] = (byte) code;
      dequantised[i] = decode(code) * scale;
    }
    add(name, TensorType.F8_E4M3, new int[] {rows, columns}, codes);
    add(
        name + "_scale_inv",
        TensorType.F32,
        new int[] {scales.length / across, across},
        bytes(scales));
    expected.put(name, dequantised);
  }

  private void add(String name, TensorType type, int[] dims, byte[] bytes) {
    ObjectNode node = header.putObject(name).put("dtype", type.name());
    Arrays.stream(dims).forEach(node.putArray("shape")::add);
    node.putArray("data_offsets").add(data.size()).add(data.size() + bytes.length);
    data.writeBytes(bytes);
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  private static int nearest(float value) {
    int nearest = 0;
    for (int code = 1; code < 256; code++) {
      if (Math.abs(decode(code) - value) < Math.abs(decode(nearest) - value)) {
        nearest = code;
      }
    }
    return nearest;
  }

  /** By the definition of e4m3fn: sign, exponent of bias 7, three bits of mantissa. */
  private static float decode(int code) {
    int exponent = code >> 3 & 15;
    double mantissa = code & 7;
    double magnitude =
        (code & 127) == 127
            ? Double.NaN
            : exponent == 0
                ? mantissa / 8 * Math.pow(2, -6)
                : (1 + mantissa / 8) * Math.pow(2, exponent - 7);
    return (float) (code > 127 ? -magnitude : magnitude);
  }
}
