/**
 * The policy: tensors and gradients, the model core, checkpoints, tokenizers, generation, losses
 * and the optimizer. It knows nothing of Spark, rewards, or files other than checkpoints, and runs
 * on a bare class path.
 */
package dev.hone.policy;
