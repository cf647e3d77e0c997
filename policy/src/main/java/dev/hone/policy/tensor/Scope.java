package dev.hone.policy.tensor;

/**
 * The lifetime of intermediate tensors. Every tensor an operation returns on this thread belongs to
 * the innermost open scope and is released with it. Scopes nest and close in reverse order.
 */
public interface Scope extends AutoCloseable {

  /**
   * Hands {@code tensor} to the enclosing scope, or to the caller where there is none; returns it.
   */
  Tensor keep(Tensor tensor);

  @Override
  void close();
}
