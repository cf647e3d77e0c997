package dev.hone.rewards;

import java.math.BigDecimal;
import java.util.List;

/**
 * A verifier at work as a reward: the reference is a column of the prompt's row. A column that
 * holds a list gives several references, any of which will do.
 */
public final class ReferenceReward implements RewardFunction {

  /** The column that holds the reference unless the experiment names another. */
  public static final String DEFAULT_COLUMN = "answer";

  private final Verifier verifier;
  private final String column;

  /**
   * @param column name of the column, or a path such as {@code reward_model.ground_truth}
   */
  public ReferenceReward(Verifier verifier, String column) {
    this.verifier = verifier;
    this.column = column;
  }

  public String column() {
    return column;
  }

  @Override
  public Judgement judge(RewardInput input) {
    Object reference = Columns.value(input.columns(), column);
    if (reference == null) {
      if (Columns.contains(input.columns(), column)) {
        return Judgement.notApplicable("the row's '" + column + "' is null");
      }
      return Judgement.error(
          "the row has no column '"
              + column
              + "'; it has "
              + input.columns().keySet()
              + NearestName.hint(column, input.columns().keySet()));
    }
    if (!(reference instanceof List<?> references)) {
      return verifier.verify(input.completion(), text(reference));
    }
    Judgement best = Judgement.notApplicable("the row's '" + column + "' is an empty list");
    for (Object one : references) {
      Judgement judgement = verifier.verify(input.completion(), text(one));
      if (judgement.verdict() == Verdict.CORRECT) {
        return judgement;
      }
      if (Double.isNaN(best.score()) || judgement.score() > best.score()) {
        best = judgement;
      }
    }
    return best;
  }

  private static String text(Object reference) {
    if (reference instanceof Double || reference instanceof Float) {
      double number = ((Number) reference).doubleValue();
      return Double.isFinite(number)
          ? new BigDecimal(reference.toString()).toPlainString()
          : reference.toString();
    }
    return String.valueOf(reference);
  }
}
