package dev.hone.kernels;

/** The native library refused its arguments, ran out of memory, or failed its self-test. */
public final class KernelException extends RuntimeException {

  public KernelException(String message) {
    super(message);
  }
}
