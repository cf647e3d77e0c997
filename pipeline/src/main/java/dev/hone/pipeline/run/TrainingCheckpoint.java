package dev.hone.pipeline.run;

import java.nio.file.Path;

/**
 * A whole checkpoint of a run on disk.
 *
 * @param path the Hugging Face checkpoint directory
 * @param state how far the run had come
 */
public record TrainingCheckpoint(Path path, TrainingState state) {

  /** The optimizer's state and everything else that only training needs. */
  public Path trainer() {
    return path.resolve("trainer");
  }
}
