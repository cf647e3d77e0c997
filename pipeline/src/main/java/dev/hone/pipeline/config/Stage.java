package dev.hone.pipeline.config;

import java.util.Optional;

/** One part of the training; its {@code type} says which. */
public sealed interface Stage permits SftStage, GrpoStage {

  Optional<String> name();

  DatasetSection dataset();

  OptimizerSection optimizer();

  CheckpointSection checkpoints();

  /** The word under {@code type}. */
  default String type() {
    return getClass().getAnnotation(Kind.class).value();
  }

  /** What checkpoints and metrics call it. */
  default String label() {
    return name().orElse(type());
  }
}
