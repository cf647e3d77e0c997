package dev.hone.pipeline.stage;

import dev.hone.policy.tensor.ComputeDtype;
import java.io.Serializable;

/**
 * Where a published policy lies and how to open it: what a worker needs to answer with it.
 *
 * @param checkpoint its Hugging Face checkpoint directory, as a path every worker can read
 * @param version optimizer steps behind it: one directory never changes its version
 * @param backend the name of the backend that the learner computes with
 * @param dtype what its products compute in: the same in every worker, as answers are to have the
 *     learner's log-probabilities
 * @param threads threads one worker task may use
 */
public record PolicyReference(
    String checkpoint, long version, String backend, ComputeDtype dtype, int threads)
    implements Serializable {}
