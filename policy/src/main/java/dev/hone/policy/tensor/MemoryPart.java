package dev.hone.policy.tensor;

/** What a backend's memory is for. */
public enum MemoryPart {
  /** Parameters, the layouts that products read, and the optimizer's moments. */
  WEIGHTS,
  /** Gradients of parameters. */
  GRADIENTS,
  /** Tensors of a pass, what the tape keeps of them, and their gradients. */
  ACTIVATIONS,
  /** What is remembered of sequences that are being generated. */
  CACHE,
  /** Logits of the fused head's chunk of rows. */
  HEAD,
  /** Packings, indices, rotary tables. */
  STAGING
}
