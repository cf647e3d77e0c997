package dev.hone.sandbox;

/** The machine cannot isolate programs; the message says what is missing and what to do. */
public final class SandboxUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SandboxUnavailable(String message) {
    super(message);
  }
}
