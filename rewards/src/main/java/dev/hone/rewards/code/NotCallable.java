package dev.hone.rewards.code;

import dev.hone.sandbox.Language;
import java.util.Arrays;
import java.util.List;

/**
 * A problem calls functions of a program in a language whose functions nothing here calls: no fault
 * of the program, nor of the sandbox.
 */
public final class NotCallable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotCallable(Language language) {
    super(
        "functions can be called in "
            + callable()
            + ", not in "
            + language
            + "; give the problem as a program that reads and prints (inputs and outputs, mode"
            + " stdio)",
        null,
        false,
        false);
  }

  private static String callable() {
    List<String> names =
        Arrays.stream(Language.values()).filter(Drivers::callable).map(Language::toString).toList();
    int last = names.size() - 1;
    return String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }
}
