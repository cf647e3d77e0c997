package dev.hone.rewards.math;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads whole numbers in English words: {@code one hundred and twenty-five}. */
final class NumberWords {

  /** What was read, and where it ends. */
  record Read(long value, int end) {}

  private static final Map<String, Integer> BELOW_HUNDRED = new HashMap<>();
  private static final Map<String, Long> MULTIPLES =
      Map.of("thousand", 1_000L, "million", 1_000_000L, "billion", 1_000_000_000L);

  static {
    List<String> upToNineteen =
        List.of(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
                .split(" "));
    for (int i = 0; i < upToNineteen.size(); i++) {
      BELOW_HUNDRED.put(upToNineteen.get(i), i);
    }
    List<String> more = List.of("sixteen", "seventeen", "eighteen", "nineteen");
    for (int i = 0; i < more.size(); i++) {
      BELOW_HUNDRED.put(more.get(i), 16 + i);
    }
    String[] tens = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
    for (int i = 0; i < tens.length; i++) {
      BELOW_HUNDRED.put(tens[i], 10 * (i + 2));
    }
  }

  private final String text;
  private int at;

  private NumberWords(String text, int start) {
    this.text = text;
    this.at = start;
  }

  /** The longest number in words that begins at {@code start}, or null. */
  static Read read(String text, int start) {
    NumberWords words = new NumberWords(text, start);
    Long value = words.number();
    return value == null ? null : new Read(value, words.at);
  }

  /** Groups with falling multiples: two million, three hundred thousand and five. */
  private Long number() {
    Long total = null;
    long last = Long.MAX_VALUE;
    while (true) {
      int before = at;
      Integer group = belowThousand(total != null);
      if (group == null) {
        at = before;
        return total;
      }
      int afterGroup = at;
      Long multiple = MULTIPLES.get(word(false));
      if (multiple == null || multiple >= last) {
        at = afterGroup;
        if (total == null) {
          return (long) group;
        }
        if (last == 1) {
          at = before;
          return total;
        }
        return total + group;
      }
      total = (total == null ? 0 : total) + group * multiple;
      last = multiple;
    }
  }

  private Integer belowThousand(boolean goesOn) {
    int before = at;
    Integer value = belowHundred(goesOn);
    if (value == null) {
      at = before;
      return null;
    }
    int after = at;
    if (value < 1 || value > 9 || !word(false).equals("hundred")) {
      at = after;
      return value;
    }
    after = at;
    Integer rest = belowHundred(true);
    if (rest == null || rest == 0) {
      at = after;
      return value * 100;
    }
    return value * 100 + rest;
  }

  private Integer belowHundred(boolean mayBeginWithAnd) {
    Integer value = BELOW_HUNDRED.get(word(mayBeginWithAnd));
    if (value == null || value < 20) {
      return value;
    }
    int after = at;
    Integer unit = BELOW_HUNDRED.get(word(false));
    if (unit == null || unit < 1 || unit > 9) {
      at = after;
      return value;
    }
    return value + unit;
  }

  /** The next word in lower case, past spaces and a hyphen; empty where there is none. */
  private String word(boolean skipsAnd) {
    int from = at;
    while (from < text.length() && (text.charAt(from) == ' ' || text.charAt(from) == '-')) {
      from++;
    }
    int end = from;
    while (end < text.length() && Lexer.isLetter(text.charAt(end))) {
      end++;
    }
    String word = text.substring(from, end).toLowerCase(Locale.ROOT);
    at = end;
    return skipsAnd && word.equals("and") ? word(false) : word;
  }
}
