package dev.hone.policy.model;

import dev.hone.policy.Shared;
import dev.hone.policy.checkpoint.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;

/** A model that transformers has run: its checkpoint, the ragged rows, and what came out. */
final class ParityFixture {

  /** Every fixture of a whole model, beneath {@code fixtures/}. */
  static final String[] ALL = {
    "tiny-deepseek-v3",
    "tiny-deepseek-v2-lite",
    "variants/v3-16experts-yarn-eps",
    "variants/v3-nogroup-noqlora-tied-halfrope",
    "variants/v3-negbias-attnbias",
    "variants/v2-group-limited",
    "variants/v2-lite-mscale-differs",
    "tiny-dense/qwen2",
    "tiny-dense/qwen2-tied",
    "tiny-dense/llama",
    "tiny-dense/llama3-rope",
    "tiny-dense/qwen3",
    "tiny-dense/qwen3-moe"
  };

  final Path directory;
  final int[] tokens;
  final int[] lengths;

  ParityFixture(String name) {
    this.directory = Shared.directory("fixtures/" + name);
    try (Safetensors inputs = open("inputs")) {
      this.tokens = ints(inputs.longs("packed_input_ids"));
      int[] starts = ints(inputs.longs("packed_cu_seqlens"));
      this.lengths = new int[starts.length - 1];
      Arrays.setAll(lengths, row -> starts[row + 1] - starts[row]);
    }
  }

  ParityFixture(Path directory, int[] tokens, int[] lengths) {
    this.directory = directory;
    this.tokens = tokens;
    this.lengths = lengths;
  }

  Safetensors open(String file) {
    return Safetensors.open(directory.resolve(file + ".safetensors"));
  }

  /** First packed token of each row, and the end of the last. */
  int[] starts() {
    int[] starts = new int[lengths.length + 1];
    for (int row = 0; row < lengths.length; row++) {
      starts[row + 1] = starts[row] + lengths[row];
    }
    return starts;
  }

  int[] row(int row) {
    return Arrays.copyOfRange(tokens, starts()[row], starts()[row + 1]);
  }

  /** Whether a packed token has a successor in its row. */
  boolean[] hasNext() {
    boolean[] next = new boolean[tokens.length];
    Arrays.fill(next, true);
    for (int row = 0; row < lengths.length; row++) {
      next[starts()[row + 1] - 1] = false;
    }
    return next;
  }

  /** Each packed token's successor; 0 for the last of a row. */
  int[] targets() {
    boolean[] next = hasNext();
    int[] targets = new int[tokens.length];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = next[i] ? tokens[i + 1] : 0;
    }
    return targets;
  }

  static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }
}
