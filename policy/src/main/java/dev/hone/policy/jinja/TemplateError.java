package dev.hone.policy.jinja;

import java.util.function.Supplier;

/** A template cannot be read, or refuses or fails to render what it was given. */
public final class TemplateError extends RuntimeException {

  private final boolean located;

  TemplateError(String message) {
    super(message);
    this.located = false;
  }

  TemplateError(int line, String message) {
    super("line " + line + ": " + message);
    this.located = true;
  }

  /** The same, said to be in {@code line} unless it is said already where. */
  TemplateError at(int line) {
    return located ? this : new TemplateError(line, getMessage());
  }

  /** The value of {@code computation}; where it fails, the error says {@code line}. */
  static Object in(int line, Supplier<Object> computation) {
    try {
      return computation.get();
    } catch (TemplateError e) {
      throw e.at(line);
    }
  }
}
