package dev.hone.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a program is given.
 *
 * @param stdin its standard input, whole
 * @param arguments its command line
 */
public record Input(byte[] stdin, List<String> arguments) {

  public Input {
    arguments = List.copyOf(arguments);
  }

  /** Nothing at all. */
  public static Input none() {
    return of("");
  }

  public static Input of(String stdin) {
    return new Input(stdin.getBytes(StandardCharsets.UTF_8), List.of());
  }
}
