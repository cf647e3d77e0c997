package dev.hone.policy.loss;

/**
 * Gao et al., 2025, "Soft Adaptive Policy Optimization":
 *
 * <pre>  l = -(4 / tau) sigmoid(tau (rho - 1)) A</pre>
 *
 * @param positive tau where A > 0
 * @param negative tau elsewhere
 */
record Sapo(double positive, double negative) implements Surrogate {

  @Override
  public TokenLoss at(double ratio, double logProb, double advantage) {
    double tau = advantage > 0 ? positive : negative;
    double gate = 1 / (1 + Math.exp(-tau * (ratio - 1)));
    return new TokenLoss(-4 / tau * gate * advantage, -4 * gate * (1 - gate) * advantage, 0);
  }
}
