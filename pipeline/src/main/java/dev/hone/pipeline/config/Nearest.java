package dev.hone.pipeline.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a user probably meant. */
final class Nearest {

  private Nearest() {}

  /** The nearest of the names by edit distance, if it is near enough to be a slip. */
  static Optional<String> to(String written, Collection<String> names) {
    String plain = plain(written);
    return names.stream()
        .filter(name -> isNear(plain, plain(name)))
        .min(
            Comparator.<String>comparingInt(name -> distance(plain, plain(name)))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static boolean isNear(String written, String name) {
    int distance = distance(written, name);
    return distance <= Math.max(1, Math.max(written.length(), name.length()) / 3)
        || (written.length() >= 4 && (name.startsWith(written) || written.startsWith(name)));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "_");
  }

  /** Levenshtein distance in which swapping two neighbours counts once. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
