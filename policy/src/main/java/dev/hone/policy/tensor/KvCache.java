package dev.hone.policy.tensor;

/**
 * What attention must remember of the sequences that are being generated: for MLA {@code
 * kv_lora_rank + qk_rope_head_dim} numbers a token and layer (the normed latent and the roped
 * shared key), for GQA {@code 2 * key/value heads * head width}. Sequences live in slots. A slot
 * may begin as a fork of another, so that a prompt is computed once for its whole group; whether a
 * fork shares pages or copies them is the backend's.
 */
public interface KvCache extends AutoCloseable {

  /** What a token costs: {@code layers * width} numbers. */
  record Spec(int layers, int width) {
    public long numbersPerToken() {
      return (long) layers * width;
    }
  }

  Spec spec();

  /** A free slot, empty, that will hold at most {@code capacity} tokens. */
  int open(int capacity);

  /**
   * A free slot that begins with all the tokens of {@code slot} and will hold at most {@code
   * capacity}.
   */
  int fork(int slot, int capacity);

  /** Tokens held in {@code slot}. */
  int length(int slot);

  /** Counts the rows of a finished forward pass as held: called once a pass, by the model. */
  void advance(Packing packing);

  /** Gives the slot back. */
  void release(int slot);

  /** Bytes now held by the backend for this cache. */
  long bytes();

  @Override
  void close();
}
