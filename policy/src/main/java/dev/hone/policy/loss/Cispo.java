package dev.hone.policy.loss;

/**
 * MiniMax, 2025, "MiniMax-M1", equation 4: clip the importance weight, never the update.
 *
 * <pre>  l = -sg(min(rho, high)) A log pi</pre>
 */
record Cispo(double high) implements Surrogate {

  @Override
  public TokenLoss at(double ratio, double logProb, double advantage) {
    double weight = Math.min(ratio, high) * advantage;
    return new TokenLoss(-weight * logProb, 0, -weight);
  }
}
