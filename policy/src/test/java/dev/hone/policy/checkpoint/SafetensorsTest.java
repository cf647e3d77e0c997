package dev.hone.policy.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.Shared;
import dev.hone.policy.checkpoint.SafetensorsWriter.Announced;
import dev.hone.policy.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

  @TempDir Path temporary;

  @Test
  void everyFp8CodeReadsAsPyTorchReadsIt() {
    Path file =
        Shared.directory("fixtures/checkpoint-formats/fp8-block").resolve("fp8.safetensors");
    try (Safetensors tensors = Safetensors.open(file)) {
      long[] codes = tensors.longs("table.fp8_bytes");
      float[] expected = tensors.floats("allow_nonfinite.table.fp8_as_fp32");
      ByteBuffer bytes = ByteBuffer.allocate(codes.length);
      for (long code : codes) {
        bytes.put((byte) code);
      }
      float[] read = new float[codes.length];
      FloatFormat.read(TensorType.F8_E4M3, bytes.flip(), read, 0, read.length);
      assertThat(read).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void fp8BlocksAreMultipliedWithTheirScales(String name) throws IOException {
    Path source =
        Shared.directory("fixtures/checkpoint-formats/fp8-block").resolve("fp8.safetensors");
    Files.copy(source, temporary.resolve("model.safetensors"));
    try (WeightFiles weights = WeightFiles.open(temporary, 128, 128);
        Safetensors tensors = Safetensors.open(source)) {
      float[] expected = tensors.floats(name + ".expected_fp32");
      float[] read = new float[expected.length + 3];
      weights.checkScales(name + ".weight");
      weights.read(name + ".weight", read, 3);
      assertThat(Arrays.copyOfRange(read, 3, read.length)).containsExactly(expected);
    }
  }

  @Test
  void fp16ReadsAsItsDefinitionSays() {
    // sign, 5 bits of exponent (bias 15), 10 of mantissa
    assertThat(FloatFormat.half((short) 0x3c00)).isEqualTo(1f);
    assertThat(FloatFormat.half((short) 0xc000)).isEqualTo(-2f);
    assertThat(FloatFormat.half((short) 0x7bff)).isEqualTo(65504f);
    assertThat(FloatFormat.half((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(FloatFormat.half((short) 0x0400)).isEqualTo(0x1p-14f);
    assertThat(FloatFormat.half((short) 0x3555)).isEqualTo(0.333251953125f);
    assertThat(FloatFormat.half((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(FloatFormat.half((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(FloatFormat.half((short) 0x7e00)).isNaN();
    assertThat(Float.floatToRawIntBits(FloatFormat.half((short) 0x8000))).isEqualTo(0x80000000);
  }

  @Test
  void bf16RoundsToTheNearestWithTiesToEven() {
    assertThat(FloatFormat.brain(1f)).isEqualTo((short) 0x3f80);
    assertThat(FloatFormat.brain(Float.intBitsToFloat(0x3f808000))).isEqualTo((short) 0x3f80);
    assertThat(FloatFormat.brain(Float.intBitsToFloat(0x3f818000))).isEqualTo((short) 0x3f82);
    assertThat(FloatFormat.brain(Float.intBitsToFloat(0x3f808001))).isEqualTo((short) 0x3f81);
    assertThat(FloatFormat.brain(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
    assertThat(FloatFormat.brain(-0f)).isEqualTo((short) 0x8000);
    assertThat(Float.intBitsToFloat(FloatFormat.brain(Float.NaN) << 16)).isNaN();
  }

  @Test
  void whatIsWrittenIsReadBackBitForBit() throws IOException {
    Random random = new Random(7);
    float[] wide = new float[300_001];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = Float.intBitsToFloat(random.nextInt());
    }
    wide[0] = Float.NaN;
    long[] counters = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE};
    Map<String, Announced> announced = new LinkedHashMap<>();
    announced.put("wide", new Announced(TensorType.F32, new Shape(wide.length)));
    announced.put("empty", new Announced(TensorType.F32, new Shape(0, 4)));
    announced.put("odd", new Announced(TensorType.BF16, new Shape(1, 3)));
    announced.put("counters", new Announced(TensorType.I64, new Shape(2, 2)));
    announced.put("scalar", new Announced(TensorType.F32, new Shape()));
    Path file = temporary.resolve("x.safetensors");
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(file, announced, Map.of("step", "12"))) {
      writer.write("wide", wide);
      writer.write("empty", new float[0]);
      writer.write("odd", new float[] {9, 1.5f, -2, 0.0078125f, 9}, 1, 3);
      writer.write("counters", counters);
      writer.write("scalar", new float[] {3});
      writer.finish();
    }
    try (Safetensors tensors = Safetensors.open(file)) {
      assertThat(tensors.names()).containsExactly("wide", "empty", "odd", "counters", "scalar");
      assertThat(tensors.metadata()).containsExactly(Map.entry("step", "12"));
      float[] read = tensors.floats("wide");
      for (int i = 0; i < wide.length; i++) {
        assertThat(Float.floatToRawIntBits(read[i])).isEqualTo(Float.floatToRawIntBits(wide[i]));
      }
      assertThat(tensors.floats("empty")).isEmpty();
      assertThat(tensors.floats("odd")).containsExactly(1.5f, -2, 0.0078125f);
      assertThat(tensors.entry("odd").shape()).isEqualTo(new Shape(1, 3));
      assertThat(tensors.longs("counters")).containsExactly(counters);
      assertThat(tensors.floats("scalar")).containsExactly(3);
    }
    // The data begin at a multiple of 8, as the format asks.
    long header =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(header % 8).isZero();
  }

  @Test
  void theWriterRefusesWhatWasNotAnnouncedAndAnUnfinishedFile() throws IOException {
    Map<String, Announced> announced = Map.of("a", new Announced(TensorType.F32, new Shape(2)));
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(temporary.resolve("x"), announced, Map.of())) {
      assertThatThrownBy(writer::finish).hasMessageContaining("tensor a was announced");
    }
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(temporary.resolve("y"), announced, Map.of())) {
      assertThatThrownBy(() -> writer.write("a", new float[3]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | takes 8 bytes, but its data_offsets are [0, 4]",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}} | dtype \"F64\"; readable are",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | has shape [-2], which is none",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,8]}} | which is none",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | its data_offsets are [8, 0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[\"x\",8]}} | not two whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}} | not two whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | tensor b begins at byte",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | but the header ends at byte",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | its tensors end at byte",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}} | it is cut short",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | is not JSON: Duplicate field 'a'",
        "{\"a\":7} | dtype \"\"",
        "[] | is not a JSON object",
        "{\"a\": | is not JSON",
      })
  void anUnsoundHeaderIsOneClearLine(String json, String expected) throws IOException {
    byte[] header = json.trim().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    assertRefused(bytes.array(), expected);
  }

  @Test
  void aFileThatIsCutShortIsOneClearLine() throws IOException {
    assertRefused(new byte[0], "it has 0 bytes");
    assertRefused(new byte[] {1, 2, 3}, "it has 3 bytes");
    assertRefused(new byte[64], "header length is 0");
    byte[] huge = new byte[64];
    huge[7] = (byte) 0x80;
    assertRefused(huge, "header length is 9223372036854775808, in a file of 64 bytes");
    byte[] longer = new byte[64];
    longer[0] = 57;
    assertRefused(longer, "header length is 57, in a file of 64 bytes");
    assertThatThrownBy(() -> Safetensors.open(temporary.resolve("absent")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("it does not exist");
  }

  private void assertRefused(byte[] bytes, String expected) throws IOException {
    Path file = temporary.resolve("broken.safetensors");
    Files.write(file, bytes);
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }
}
