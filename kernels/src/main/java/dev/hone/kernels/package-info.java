/**
 * Native operations behind one C ABI, for CPU and CUDA, and their JNI binding.
 *
 * <p>This room is not furnished yet: until it is, the policy computes through Deep Java Library. It
 * knows nothing of models, reinforcement learning or Spark.
 */
package dev.hone.kernels;
