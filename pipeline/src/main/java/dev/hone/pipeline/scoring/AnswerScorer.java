package dev.hone.pipeline.scoring;

import dev.hone.pipeline.data.RowVisitor;
import dev.hone.pipeline.run.Progress;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.CompositeJudgement;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Judges the rows that it is shown, a batch at a time, and passes each on with its judgement, in
 * order. A row that cannot be judged is passed on with the verdict {@link Verdict#ERROR}.
 */
final class AnswerScorer implements RowVisitor {

  private static final int FEWEST_ROWS = 64;
  private static final int MOST_ROWS = 4096;
  private static final Duration BRIEF = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(8);
  private static final long BATCH_CHARACTERS = 32L << 20;
  private static final int NAMED_ERRORS = 5;

  /** Takes rows that are judged, in their order. */
  @FunctionalInterface
  interface Sink {
    void write(Map<String, Object> columns, Judgement judgement);
  }

  /** A row before it is judged: either what to judge, or why it cannot be. */
  private record Pending(
      String place, Map<String, Object> columns, RewardInput input, String problem) {}

  private final AnswerReward reward;
  private final AnswerColumns answers;
  private final Function<List<RewardInput>, List<CompositeJudgement>> judge;
  private final Sink sink;
  private final Progress progress;
  private final Progress.Task task;

  /** Few for a verifier that runs programs, so that progress is seen; the scores are the same. */
  private int batchRows = 4 * FEWEST_ROWS;

  private final List<Pending> pending = new ArrayList<>();
  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private long characters;
  private long rows;
  private long judged;
  private long scored;
  private double sum;

  AnswerScorer(
      AnswerReward reward,
      AnswerColumns answers,
      Function<List<RewardInput>, List<CompositeJudgement>> judge,
      Sink sink,
      Progress progress,
      Progress.Task task) {
    this.reward = reward;
    this.answers = answers;
    this.judge = judge;
    this.sink = sink;
    this.progress = progress;
    this.task = task;
  }

  @Override
  public void row(String place, Map<String, Object> columns) {
    try {
      RewardInput input = answers.input(columns, reward.needs());
      characters += input.completion().length();
      add(new Pending(place, columns, input, null));
    } catch (AnswerColumns.Unusable e) {
      add(new Pending(place, columns, null, e.getMessage()));
    }
  }

  @Override
  public void bad(String place, String reason, String raw) {
    characters += raw.length();
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("line", raw);
    add(new Pending(place, columns, null, reason));
  }

  private void add(Pending row) {
    pending.add(row);
    if (pending.size() >= batchRows || characters >= BATCH_CHARACTERS) {
      flush();
    }
  }

  /**
   * Judges what has been gathered.
   *
   * @throws InvalidInput where not one row so far could be judged: then it is the file that is
   *     wrong
   */
  void flush() {
    List<RewardInput> inputs =
        pending.stream().filter(row -> row.input() != null).map(Pending::input).toList();
    if (judged == 0 && inputs.isEmpty() && !pending.isEmpty()) {
      Pending first = pending.get(0);
      throw new InvalidInput(
          first.place()
              + ": "
              + first.problem()
              + (pending.size() == 1
                  ? ""
                  : "; none of the first " + pending.size() + " rows is usable")
              + "; --response and --reference name the columns");
    }
    judged += inputs.size();
    long started = System.nanoTime();
    List<CompositeJudgement> judgements = inputs.isEmpty() ? List.of() : judge.apply(inputs);
    pace(System.nanoTime() - started);
    int next = 0;
    for (Pending row : pending) {
      Judgement judgement =
          row.input() == null
              ? Judgement.error(row.place() + ": " + row.problem())
              : judgements.get(next++).judgements().get(reward.name());
      count(row, judgement);
      sink.write(row.columns(), judgement);
    }
    task.step(pending.size());
    if (scored > 0) {
      task.note(String.format(Locale.ROOT, "mean score %.3f", sum / scored));
    }
    pending.clear();
    characters = 0;
  }

  private void pace(long nanos) {
    if (nanos < BRIEF.toNanos()) {
      batchRows = Math.min(MOST_ROWS, 2 * batchRows);
    } else if (nanos > LONG.toNanos()) {
      batchRows = Math.max(FEWEST_ROWS, batchRows / 2);
    }
  }

  private void count(Pending row, Judgement judgement) {
    rows++;
    verdicts.merge(judgement.verdict(), 1L, Long::sum);
    if (!Double.isNaN(judgement.score())) {
      scored++;
      sum += judgement.score();
    }
    if (judgement.verdict() == Verdict.ERROR) {
      long errors = verdicts.get(Verdict.ERROR);
      if (errors <= NAMED_ERRORS) {
        progress.info(
            row.problem() == null ? row.place() + ": " + judgement.reason() : judgement.reason());
      } else if (errors == NAMED_ERRORS + 1) {
        progress.info("more rows have errors; the output names each, with the verdict ERROR");
      }
    }
  }

  ScoreSummary summary(double seconds) {
    return new ScoreSummary(
        rows, scored, scored == 0 ? Double.NaN : sum / scored, new EnumMap<>(verdicts), seconds);
  }
}
