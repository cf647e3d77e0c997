package dev.hone.rewards.math;

/**
 * One answer that a person has judged.
 *
 * @param where the file and the line that hold it
 * @param response what a model wrote, whole
 * @param reference the right answer, as a data set states it
 * @param expected whether a fair and strict expert accepts the response
 * @param why the expert's reason, a readable clause
 * @param mode {@code strict} or {@code lenient}
 */
record MathCase(
    String where, String response, String reference, boolean expected, String why, String mode) {

  /** The question that the case puts, with every number masked. */
  String shape() {
    return (response + '\0' + reference).replaceAll("[0-9]+", "0");
  }

  @Override
  public String toString() {
    return where
        + ": "
        + (expected ? "accept " : "refuse ")
        + response.replace("\n", "\\n")
        + " for "
        + reference;
  }
}
