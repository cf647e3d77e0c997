package dev.hone.rewards.math;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A class of residues: {@code x ≡ 7 (mod 12)}, {@code 7 \pmod{12}}.
 *
 * @param name what is congruent, or empty
 */
record Congruence(String name, BigInteger value, BigInteger modulus) {

  private static final Pattern MARKUP =
      Pattern.compile(
          "\\\\(?:text|mathrm|operatorname|left|right|quad|qquad)(?![a-zA-Z])|\\\\[,;:! ]|[{}$\\s]");

  private static final Pattern WRITTEN =
      Pattern.compile(
          "(?:([A-Za-z](?:_?[0-9])?)(?:\\\\equiv|≡|=))?([-−]?[0-9]{1,40})"
              + "(?:\\\\pmod|\\\\bmod|\\\\mod|mod|,?\\(\\\\?(?:b|p)?mod)([0-9]{1,40})\\)?");

  /** The class that a whole text names, or null. */
  static Congruence of(String text) {
    if (text.length() > 200 || !text.contains("mod")) {
      return null;
    }
    Matcher matcher = WRITTEN.matcher(MARKUP.matcher(text).replaceAll(""));
    if (!matcher.matches()) {
      return null;
    }
    BigInteger modulus = new BigInteger(matcher.group(3));
    return modulus.signum() == 0
        ? null
        : new Congruence(
            matcher.group(1) == null ? "" : matcher.group(1),
            new BigInteger(matcher.group(2).replace('−', '-')),
            modulus);
  }

  /** Whether both are one class, of one thing where both name it. */
  boolean sameAs(Congruence other) {
    return modulus.equals(other.modulus)
        && value.subtract(other.value).mod(modulus).signum() == 0
        && (name.isEmpty() || other.name.isEmpty() || name.equals(other.name));
  }
}
