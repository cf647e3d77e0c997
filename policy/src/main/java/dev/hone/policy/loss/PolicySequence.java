package dev.hone.policy.loss;

/**
 * What the policy loss needs of one answer; every array is {@code [completion]}. What stands where
 * the mask is false is never read.
 *
 * @param logProbs under the policy that is being trained
 * @param oldLogProbs under the policy before the update
 * @param refLogProbs under the reference; null where beta is 0
 * @param samplingLogProbs under the sampler; null where not known
 * @param entropies of the policy's distribution at each token
 * @param mask the tokens that are learned from
 * @param advantage of the answer
 */
public record PolicySequence(
    double[] logProbs,
    double[] oldLogProbs,
    double[] refLogProbs,
    double[] samplingLogProbs,
    double[] entropies,
    boolean[] mask,
    double advantage) {

  /** Tokens that are learned from. */
  int tokens() {
    int count = 0;
    for (boolean learned : mask) {
      count += learned ? 1 : 0;
    }
    return count;
  }
}
