package dev.hone.pipeline.data;

import dev.hone.pipeline.config.DatasetSection;
import dev.hone.policy.InvalidInput;
import java.util.Locale;

/** The parts of a generated dataset; no problem is in two of them. */
enum ProblemSplit {
  /** For the cold start. */
  SFT,
  /** For reinforcement learning. */
  RL,
  /** Unseen in both. */
  TEST;

  static ProblemSplit named(DatasetSection section) {
    String name = section.split().orElse("");
    for (ProblemSplit split : values()) {
      if (split.name().toLowerCase(Locale.ROOT).equals(name)) {
        return split;
      }
    }
    throw new InvalidInput(
        "a dataset of format "
            + section.format()
            + " needs a 'split', one of sft, rl and test"
            + (name.isEmpty() ? "" : "; found '" + name + "'"));
  }
}
