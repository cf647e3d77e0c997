package dev.hone.pipeline.train;

import dev.hone.pipeline.config.CheckpointSection;
import dev.hone.pipeline.run.Progress;
import java.util.Map;

/**
 * The loop every stage has in common: a step, its metrics, now and then an evaluation and a
 * checkpoint. A checkpoint holds all that happened up to its step, evaluation included, so that
 * going on from it repeats nothing and skips nothing.
 */
final class StageLoop {

  /** What the loop writes down. */
  interface Record {

    void metrics(long step, Map<String, Double> metrics);

    /** Evaluates the policy; whether it is the best so far. */
    boolean evaluate(long step);

    void checkpoint(long step);
  }

  private final String stage;
  private final long steps;
  private final CheckpointSection cadence;
  private final Progress progress;

  StageLoop(String stage, long steps, CheckpointSection cadence, Progress progress) {
    this.stage = stage;
    this.steps = steps;
    this.cadence = cadence;
    this.progress = progress;
  }

  /** Does the steps after {@code done}. */
  void run(StageStep work, long done, Record record) {
    try (Progress.Task task = progress.start(stage, steps, "steps")) {
      task.step(done);
      for (long step = done + 1; step <= steps; step++) {
        Map<String, Double> metrics = work.run(step);
        record.metrics(step, metrics);
        task.note(work.note(metrics));
        task.step(1);
        boolean last = step == steps;
        boolean best = (last || due(step, cadence.evalSteps())) && record.evaluate(step);
        if (last || best || due(step, cadence.saveSteps())) {
          record.checkpoint(step);
        }
      }
    }
  }

  private static boolean due(long step, int every) {
    return every > 0 && step % every == 0;
  }
}
