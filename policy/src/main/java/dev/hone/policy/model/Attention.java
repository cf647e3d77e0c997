package dev.hone.policy.model;

import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Tensor;

/** The attention of one layer: {@code [tokens, width] -> [tokens, width]}. */
interface Attention {

  Tensor apply(Tensor x, Packing packing);
}
