/**
 * Native operations behind one C ABI ({@code hone_kernels.h}) and their JNI binding. It knows
 * nothing of models, reinforcement learning or Spark; docs/kernels.md tells how it is made.
 */
package dev.hone.kernels;
