package dev.hone.rewards;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a reward found.
 *
 * @param score the reward, usually in [0, 1]; NaN where the verdict is {@link
 *     Verdict#NOT_APPLICABLE} or {@link Verdict#ERROR}
 * @param verdict what the score means
 * @param extracted the answer found in the text, or empty
 * @param reason one line a person understands
 * @param measures numbers beside the score, by name, whose means become metrics; mostly none
 */
public record Judgement(
    double score, Verdict verdict, String extracted, String reason, Map<String, Double> measures)
    implements Serializable {

  public Judgement {
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }

  /** Without measures. */
  public Judgement(double score, Verdict verdict, String extracted, String reason) {
    this(score, verdict, extracted, reason, Map.of());
  }

  public static Judgement correct(String extracted, String reason) {
    return new Judgement(1.0, Verdict.CORRECT, extracted, reason);
  }

  public static Judgement incorrect(String extracted, String reason) {
    return new Judgement(0.0, Verdict.INCORRECT, extracted, reason);
  }

  public static Judgement noAnswer(String reason) {
    return new Judgement(0.0, Verdict.NO_ANSWER, "", reason);
  }

  public static Judgement notApplicable(String reason) {
    return new Judgement(Double.NaN, Verdict.NOT_APPLICABLE, "", reason);
  }

  public static Judgement error(String reason) {
    return new Judgement(Double.NaN, Verdict.ERROR, "", reason);
  }
}
