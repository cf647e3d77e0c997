package dev.hone.pipeline.train;

import dev.hone.pipeline.run.PublishedPolicies;
import dev.hone.pipeline.stage.PolicyReference;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import dev.hone.policy.tensor.DType;
import java.nio.file.Path;

/** Publishes the learner's weights for the workers, once a version. */
final class PolicyPublisher {

  private final PublishedPolicies policies;
  private final DecoderModel model;
  private final Path tokenizerFiles;
  private final Backends.Choice backend;
  private final int threads;
  private long version;
  private PolicyReference published;

  /**
   * @param version optimizer steps behind the model's weights
   * @param threads threads one worker task may use
   */
  PolicyPublisher(
      PublishedPolicies policies,
      DecoderModel model,
      Path tokenizerFiles,
      Backends.Choice backend,
      int threads,
      long version) {
    this.policies = policies;
    this.model = model;
    this.tokenizerFiles = tokenizerFiles;
    this.backend = backend;
    this.threads = threads;
    this.version = version;
  }

  /** The learner has changed the weights: a new version. */
  void moved() {
    version++;
    published = null;
  }

  long version() {
    return version;
  }

  /** Where the current weights lie for the workers. */
  PolicyReference publish() {
    if (published == null) {
      Path directory =
          policies.publish(
              version, target -> Checkpoint.write(target, model, tokenizerFiles, DType.FLOAT32));
      published =
          new PolicyReference(
              directory.toAbsolutePath().toString(),
              version,
              backend.backend().name(),
              ComputeDtype.of(backend.precision()),
              threads);
    }
    return published;
  }
}
