package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.rewards.Judgement;
import dev.hone.rewards.RewardFunction;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.Verdict;
import dev.hone.sandbox.SandboxSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A sandbox that really fails: somebody on this machine kills the box's processes while a program
 * runs in it.
 */
class SandboxFailureTest {

  /** Settings that no other test has, so that this class has boxes of its own, one at a time. */
  private static final SandboxSettings SETTINGS = SandboxSettings.standard().withSlots(1);

  private static final Map<String, Object> SUM =
      Judges.row("inputs", List.of("1 2\n"), "outputs", List.of("3\n"));

  private static final String RIGHT =
      "import time\nprint(sum(map(int, input().split())), flush=True)\ntime.sleep(0.5)\n";

  /** Boxes of other tests. */
  private static List<ProcessHandle> others;

  @BeforeAll
  static void needsIsolation() {
    Judges.sandbox();
    others = ProcessHandle.current().descendants().toList();
  }

  /** Kills whatever box a program has begun to run in, a number of times. */
  private static final class Killer implements AutoCloseable {

    /** Bubblewrap's two, the box's server, the process that watches a run, and the program. */
    private static final int PROCESSES_OF_A_RUN = 5;

    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Void> work;

    Killer(int atMost) {
      work = CompletableFuture.runAsync(() -> kill(atMost));
    }

    private void kill(int atMost) {
      Set<ProcessHandle> dying = new HashSet<>(others);
      while (kills.get() < atMost && !over.get()) {
        List<ProcessHandle> boxed =
            ProcessHandle.current().descendants().filter(p -> !dying.contains(p)).toList();
        if (boxed.size() >= PROCESSES_OF_A_RUN) {
          kills.incrementAndGet();
          dying.addAll(boxed);
          boxed.forEach(ProcessHandle::destroyForcibly);
        }
      }
    }

    int kills() {
      return kills.get();
    }

    @Override
    public void close() {
      over.set(true);
      work.join();
    }
  }

  private static Judgement judge(String program) {
    RewardFunction reward = RewardRegistry.standard(SETTINGS).create("code", Map.of());
    return reward.judge(new RewardInput("", "```python\n" + program + "\n```", 1, true, SUM));
  }

  @Test
  void thatFailsOnceIsTriedAgainAndTheProgramGetsItsVerdict() {
    try (Killer killer = new Killer(1)) {
      Judgement judgement = judge(RIGHT);
      assertThat(killer.kills()).isEqualTo(1);
      assertThat(judgement.reason()).isEqualTo("AC: 1 of 1 tests passed");
      assertThat(judgement.score()).isEqualTo(1);
    }
  }

  @Test
  void thatFailsTwiceIsReportedAsSuchAndNotAsAWrongAnswer() {
    try (Killer killer = new Killer(5)) {
      Judgement judgement = judge(RIGHT);
      assertThat(killer.kills()).as("one retry, no more").isEqualTo(2);
      assertThat(judgement.reason()).startsWith("IE: 0 of 1 tests passed; test 1: the box died");
      assertThat(judgement.verdict()).isEqualTo(Verdict.ERROR);
      assertThat(judgement.score()).as("no score, so that nobody learns from it").isNaN();
      assertThat(judgement.measures())
          .containsEntry("verdict/IE", 1.0)
          .containsEntry("verdict/WA", 0.0)
          .containsEntry("verdict/RE", 0.0);
    }
  }

  @Test
  void worksAgainWhenItIsLeftAlone() {
    try (Killer killer = new Killer(2)) {
      assertThat(judge(RIGHT).verdict()).isEqualTo(Verdict.ERROR);
      assertThat(killer.kills()).isEqualTo(2);
    }
    assertThat(judge(RIGHT).verdict()).isEqualTo(Verdict.CORRECT);
  }
}
