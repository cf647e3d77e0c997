package dev.hone.sandbox;

import java.util.Optional;

/**
 * What came of a program before it runs.
 *
 * @param executable ready to run; empty where it does not compile
 * @param failure why not, otherwise
 */
record Build(Optional<Executable> executable, Execution failure) {

  static Build of(Executable executable) {
    return new Build(Optional.of(executable), null);
  }

  static Build failed(Execution failure) {
    return new Build(Optional.empty(), failure);
  }
}
