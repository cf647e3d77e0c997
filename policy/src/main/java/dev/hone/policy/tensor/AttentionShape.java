package dev.hone.policy.tensor;

/**
 * The extents of {@link Ops#attention}: {@code q [tokens, heads, d]}, {@code k [tokens, kvHeads,
 * d]}, {@code v [tokens, kvHeads, e] -> [tokens, heads, e]}.
 */
public record AttentionShape(int tokens, int heads, int kvHeads, int d, int e) {

  /**
   * As the tensors say.
   *
   * @throws IllegalArgumentException where they do not fit one another
   */
  public static AttentionShape of(Tensor q, Tensor k, Tensor v, Packing packing) {
    ShapeChecks.rank("attention", q, 3);
    ShapeChecks.rank("attention", k, 3);
    ShapeChecks.rank("attention", v, 3);
    int tokens = packing.tokens();
    int heads = q.shape().dim(1);
    int kvHeads = k.shape().dim(1);
    int d = q.shape().dim(2);
    int e = v.shape().dim(2);
    ShapeChecks.match("attention", k.shape().equals(new Shape(tokens, kvHeads, d)), q, k);
    ShapeChecks.match("attention", v.shape().equals(new Shape(tokens, kvHeads, e)), k, v);
    ShapeChecks.match("attention", q.shape().dim(0) == tokens && heads % kvHeads == 0, q, k);
    return new AttentionShape(tokens, heads, kvHeads, d, e);
  }

  /** {@code [tokens, heads, e]}. */
  public Shape output() {
    return new Shape(tokens, heads, e);
  }
}
