package dev.hone.pipeline.stage;

import java.io.Serializable;

/**
 * Where a published policy lies and how to open it: what a worker needs to answer with it.
 *
 * @param checkpoint its Hugging Face checkpoint directory, as a path every worker can read
 * @param version optimizer steps behind it: one directory never changes its version
 * @param backend backend name as in the experiment; {@code auto} for the fastest that loads
 * @param threads threads one worker task may use
 */
public record PolicyReference(String checkpoint, long version, String backend, int threads)
    implements Serializable {}
