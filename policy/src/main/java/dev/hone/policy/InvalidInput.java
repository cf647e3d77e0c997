package dev.hone.policy;

/**
 * Something the user gave cannot be used: a checkpoint, a tokenizer, a data file, a setting. The
 * message is one line that says what happened, where, and what to do; it needs no stack trace.
 */
public final class InvalidInput extends RuntimeException {

  public InvalidInput(String message) {
    super(message);
  }

  public InvalidInput(String message, Throwable cause) {
    super(message, cause);
  }
}
