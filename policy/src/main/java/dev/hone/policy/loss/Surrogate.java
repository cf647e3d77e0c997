package dev.hone.policy.loss;

/** The policy term of one token: what is minimised so that good answers grow likelier. */
sealed interface Surrogate permits ClippedSurrogate, Cispo, Sapo, Vespo {

  /**
   * The loss of a token.
   *
   * @param ratio policy / old policy, of the token or of its sequence
   * @param logProb of the token under the policy
   * @param advantage of the answer
   */
  TokenLoss at(double ratio, double logProb, double advantage);
}
