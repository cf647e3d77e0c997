package dev.hone.policy.tensor;

/**
 * The extents of {@link Ops#latentAttention}: {@code q [tokens, heads, nope + rope]}, {@code latent
 * [tokens, rank + rope]}, {@code kvB [heads * (nope + v), rank] -> [tokens, heads, v]}.
 */
public record LatentAttentionShape(int tokens, int heads, int nope, int rope, int rank, int v) {

  /**
   * As the tensors say.
   *
   * @throws IllegalArgumentException where they do not fit one another
   */
  public static LatentAttentionShape of(
      Tensor q, Tensor latent, Tensor kvB, int nope, Packing packing) {
    ShapeChecks.rank("latentAttention", q, 3);
    ShapeChecks.rank("latentAttention", latent, 2);
    ShapeChecks.rank("latentAttention", kvB, 2);
    int tokens = packing.tokens();
    int heads = q.shape().dim(1);
    int rope = q.shape().dim(2) - nope;
    int rank = latent.shape().dim(1) - rope;
    int v = kvB.shape().dim(0) / heads - nope;
    ShapeChecks.match(
        "latentAttention",
        q.shape().dim(0) == tokens && latent.shape().dim(0) == tokens && rope >= 0,
        q,
        latent);
    ShapeChecks.match(
        "latentAttention",
        rank >= 0 && v >= 0 && kvB.shape().equals(new Shape(heads * (nope + v), rank)),
        latent,
        kvB);
    return new LatentAttentionShape(tokens, heads, nope, rope, rank, v);
  }

  /** Numbers of the latent and the roped key: what the cache holds of a token. */
  public int latentWidth() {
    return rank + rope;
  }

  /** {@code [tokens, heads, v]}. */
  public Shape output() {
    return new Shape(tokens, heads, v);
  }
}
