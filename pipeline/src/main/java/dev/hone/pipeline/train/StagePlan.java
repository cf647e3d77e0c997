package dev.hone.pipeline.train;

import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.update.Learner;
import java.util.Optional;

/**
 * A stage ready to run.
 *
 * @param learner moves the policy
 * @param reference the policy to stay close to, where the loss asks for one
 * @param work what a step does
 * @param steps how many there are
 */
record StagePlan(Learner learner, Optional<DecoderModel> reference, StageStep work, int steps)
    implements AutoCloseable {

  @Override
  public void close() {
    learner.close();
    reference.ifPresent(DecoderModel::close);
  }
}
