package dev.hone.policy.model;

/** How a layer attends; the same in every layer of a model. */
public sealed interface AttentionConfig {

  /** Query heads. */
  int heads();

  /** Factor on the scores before the softmax. */
  double scale();

  /** Numbers that the cache holds of a token in a layer. */
  int cacheWidth();

  /**
   * Numbers that plain multi-head attention with as many heads would hold of a token in a layer.
   */
  int multiHeadCacheWidth();

  /**
   * Multi-head latent attention (DeepSeek-V2, 2024, section 2.1): keys and values are rebuilt from
   * a latent of {@code latentRank} numbers, and one roped key is shared by all heads.
   *
   * @param queryRank width of the query latent; 0 where queries are projected directly
   * @param latentRank width of the key/value latent
   * @param nope columns of a head's query and key without position
   * @param rope columns of a head's query and key with position
   * @param value columns of a head's value
   * @param bias whether the down-projections and the output projection have a bias
   */
  record Mla(
      int heads,
      int queryRank,
      int latentRank,
      int nope,
      int rope,
      int value,
      boolean bias,
      double scale)
      implements AttentionConfig {

    @Override
    public int cacheWidth() {
      return latentRank + rope;
    }

    /** As the paper counts it (table 1): keys of {@code nope} and values, for every head. */
    @Override
    public int multiHeadCacheWidth() {
      return heads * (nope + value);
    }
  }

  /**
   * Grouped-query attention (Ainslie et al., 2023).
   *
   * @param keyValueHeads heads of keys and values; divides {@code heads}
   * @param headWidth columns of a head
   * @param inputBias whether the query, key and value projections have a bias
   * @param outputBias whether the output projection has one
   * @param headNorm whether each head's query and key is RMS-normed before RoPE (Qwen3)
   */
  record Gqa(
      int heads,
      int keyValueHeads,
      int headWidth,
      boolean inputBias,
      boolean outputBias,
      boolean headNorm,
      double scale)
      implements AttentionConfig {

    @Override
    public int cacheWidth() {
      return 2 * keyValueHeads * headWidth;
    }

    @Override
    public int multiHeadCacheWidth() {
      return 2 * heads * headWidth;
    }
  }
}
