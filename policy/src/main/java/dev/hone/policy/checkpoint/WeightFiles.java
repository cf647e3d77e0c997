package dev.hone.policy.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a checkpoint directory, in one file or in shards, as fp32. FP8 weights are
 * multiplied with the scale of their block (DeepSeek-V3, 2024, section 3.3.2), which lies beside
 * them as {@code <name>_scale_inv}.
 */
final class WeightFiles implements AutoCloseable {

  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";
  private static final String SCALE = "_scale_inv";

  private final Map<String, Safetensors> files = new LinkedHashMap<>();
  private final Map<String, Safetensors> owners = new LinkedHashMap<>();
  private final int blockRows;
  private final int blockColumns;

  private WeightFiles(int blockRows, int blockColumns) {
    this.blockRows = blockRows;
    this.blockColumns = blockColumns;
  }

  /**
   * Opens {@code model.safetensors}, or else the shards that {@code model.safetensors.index.json}
   * names.
   *
   * @param blockRows rows that share an FP8 scale
   * @param blockColumns columns that share it
   */
  static WeightFiles open(Path directory, int blockRows, int blockColumns) {
    WeightFiles weights = new WeightFiles(blockRows, blockColumns);
    try {
      if (Files.exists(directory.resolve(SINGLE))) {
        Safetensors single = weights.file(directory.resolve(SINGLE));
        single.names().forEach(name -> weights.owners.put(name, single));
      } else if (Files.exists(directory.resolve(INDEX))) {
        weights.openShards(directory);
      } else {
        throw new InvalidInput(
            "%s holds no weights: expected %s, or %s with its shards%s."
                .formatted(directory, SINGLE, INDEX, otherFormat(directory)));
      }
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  Set<String> names() {
    return owners.keySet();
  }

  boolean isScale(String name) {
    return name.endsWith(SCALE)
        && owners.containsKey(name.substring(0, name.length() - SCALE.length()));
  }

  TensorEntry entry(String name) {
    return owner(name).entry(name);
  }

  /** The file that holds a tensor. */
  Path file(String name) {
    return owner(name).file();
  }

  /** Refuses an FP8 weight whose scales are absent or of the wrong number. */
  void checkScales(String name) {
    TensorEntry entry = entry(name);
    if (entry.type() != TensorType.F8_E4M3) {
      return;
    }
    if (!owners.containsKey(name + SCALE)) {
      throw new InvalidInput(
          "%s: tensor %s is FP8, and %s%s is missing.".formatted(file(name), name, name, SCALE));
    }
    Shape shape = entry.shape();
    Shape scales = entry(name + SCALE).shape();
    if (shape.rank() != 2
        || !scales.equals(
            new Shape(blocks(shape.dim(0), blockRows), blocks(shape.dim(1), blockColumns)))) {
      throw new InvalidInput(
          "%s: tensor %s %s is FP8 in blocks of %d x %d, and its scales are of shape %s."
              .formatted(file(name), name, shape, blockRows, blockColumns, scales));
    }
  }

  /** All elements of a tensor, into {@code values} from {@code offset} on. */
  void read(String name, float[] values, int offset) {
    Safetensors owner = owner(name);
    owner.floats(name, values, offset);
    TensorEntry entry = owner.entry(name);
    if (entry.type() == TensorType.F8_E4M3) {
      checkScales(name);
      float[] scales = owner(name + SCALE).floats(name + SCALE);
      int rows = entry.shape().dim(0);
      int columns = entry.shape().dim(1);
      int scalesInRow = blocks(columns, blockColumns);
      for (int row = 0; row < rows; row++) {
        int at = offset + row * columns;
        int scaleRow = row / blockRows * scalesInRow;
        for (int column = 0; column < columns; column++) {
          values[at + column] *= scales[scaleRow + column / blockColumns];
        }
      }
    }
  }

  @Override
  public void close() {
    files.values().forEach(Safetensors::close);
  }

  private void openShards(Path directory) {
    Path index = directory.resolve(INDEX);
    JsonNode map;
    try {
      map = new ObjectMapper().readTree(Files.readString(index)).path("weight_map");
    } catch (IOException e) {
      throw new InvalidInput("%s cannot be read: %s.".formatted(index, Reason.of(e)), e);
    }
    if (!map.isObject()) {
      throw new InvalidInput(
          "%s has no \"weight_map\" that says which shard holds a tensor.".formatted(index));
    }
    map.fields()
        .forEachRemaining(
            field -> {
              String shard = field.getValue().asText();
              Path file = directory.resolve(shard).normalize();
              if (!directory.normalize().equals(file.getParent())) {
                throw new InvalidInput(
                    "%s: tensor %s is said to lie in \"%s\", which is not a file beside it."
                        .formatted(index, field.getKey(), shard));
              }
              Safetensors owner = file(file);
              owner.entry(field.getKey());
              owners.put(field.getKey(), owner);
            });
  }

  private Safetensors file(Path file) {
    return files.computeIfAbsent(file.getFileName().toString(), name -> Safetensors.open(file));
  }

  private Safetensors owner(String name) {
    Safetensors owner = owners.get(name);
    if (owner == null) {
      throw new IllegalArgumentException("No weight file holds " + name + ".");
    }
    return owner;
  }

  private static int blocks(int extent, int block) {
    return (extent + block - 1) / block;
  }

  private static String otherFormat(Path directory) {
    for (String other : new String[] {"pytorch_model.bin", "pytorch_model.bin.index.json"}) {
      if (Files.exists(directory.resolve(other))) {
        return "; "
            + other
            + " is pickled Python, load and save it with transformers to get safetensors";
      }
    }
    return "";
  }
}
