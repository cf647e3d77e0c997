package dev.hone.rewards;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weighted sum of several rewards, each reported on its own. A reward that does not apply to a
 * row counts neither for nor against it; where none applies, the sum is NaN.
 *
 * <p>Nothing that a reward does ends a run: one that throws, or returns no number, is an {@link
 * Verdict#ERROR} judgement that says so.
 */
public final class CompositeReward {

  private record Term(RewardSpec spec, RewardFunction function) {}

  private final List<Term> terms = new ArrayList<>();

  /** Builds every reward, so that a mistake in the experiment shows before any work is done. */
  public CompositeReward(List<RewardSpec> specs, RewardRegistry registry) {
    Map<String, RewardSpec> byName = new LinkedHashMap<>();
    for (RewardSpec spec : specs) {
      if (byName.put(spec.name(), spec) != null) {
        throw new InvalidReward(
            "two rewards are named '" + spec.name() + "'; give each a name of its own");
      }
      try {
        terms.add(new Term(spec, registry.create(spec.type(), spec.options())));
      } catch (InvalidReward e) {
        throw new InvalidReward("reward '" + spec.name() + "': " + e.getMessage(), e);
      }
    }
  }

  /** The rewards as the experiment has them, in its order. */
  public List<RewardSpec> specs() {
    return terms.stream().map(Term::spec).toList();
  }

  /** Column that each reward compares with, for those that have one, by the reward's name. */
  public Map<String, String> referenceColumns() {
    Map<String, String> columns = new LinkedHashMap<>();
    for (Term term : terms) {
      if (term.function() instanceof ReferenceReward reference) {
        columns.put(term.spec().name(), reference.column());
      }
    }
    return columns;
  }

  /** Stops with one line where a reward compares with a column that the row does not have. */
  public void requireColumns(Map<String, Object> row) {
    referenceColumns()
        .forEach(
            (name, column) -> {
              if (!Columns.contains(row, column)) {
                throw new InvalidReward(
                    "reward '"
                        + name
                        + "' compares with the column '"
                        + column
                        + "', and the data has "
                        + row.keySet()
                        + "; set its option 'reference'"
                        + NearestName.hint(column, row.keySet()));
              }
            });
  }

  /** How many answers to judge at once: as many as the reward that can do most. */
  public int concurrency() {
    return terms.stream().mapToInt(term -> term.function().concurrency()).max().orElse(1);
  }

  /**
   * Sees that every reward can do its work on this machine.
   *
   * @throws InvalidReward in one line, where one cannot
   */
  public void prepare() {
    for (Term term : terms) {
      try {
        term.function().prepare();
      } catch (InvalidReward e) {
        throw new InvalidReward("reward '" + term.spec().name() + "': " + e.getMessage(), e);
      }
    }
  }

  public CompositeJudgement judge(RewardInput input) {
    Map<String, Judgement> judgements = new LinkedHashMap<>();
    double sum = 0;
    boolean applies = false;
    for (Term term : terms) {
      Judgement judgement = guarded(term.function(), input);
      judgements.put(term.spec().name(), judgement);
      if (!Double.isNaN(judgement.score())) {
        sum += term.spec().weight() * judgement.score();
        applies = true;
      }
    }
    return new CompositeJudgement(applies ? sum : Double.NaN, judgements);
  }

  private static Judgement guarded(RewardFunction function, RewardInput input) {
    Judgement judgement;
    try {
      judgement = function.judge(input);
    } catch (Exception | StackOverflowError | LinkageError e) {
      return Judgement.error(oneLine(e));
    }
    if (judgement == null) {
      return Judgement.error("the reward returned null");
    }
    boolean silent =
        judgement.verdict() == Verdict.NOT_APPLICABLE || judgement.verdict() == Verdict.ERROR;
    if (silent) {
      return Double.isNaN(judgement.score())
          ? judgement
          : new Judgement(
              Double.NaN,
              judgement.verdict(),
              judgement.extracted(),
              judgement.reason(),
              judgement.measures());
    }
    return Double.isFinite(judgement.score())
        ? judgement
        : Judgement.error("the reward gave " + judgement.score() + "; a score is a finite number");
  }

  private static String oneLine(Throwable e) {
    String message = e.getMessage() == null ? "" : ": " + e.getMessage().replaceAll("\\s+", " ");
    return "the reward threw " + e.getClass().getSimpleName() + message;
  }
}
