package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;
import java.util.Locale;

/** Reads indices: of a symbol, its name goes on; of digits, they are a base. */
final class Bases {

  private final TokenStream in;
  private final Parser parser;

  Bases(TokenStream in, Parser parser) {
    this.in = in;
    this.parser = parser;
  }

  /** What stands before an underscore, with its index: {@code x_1}, {@code 1101_2}. */
  Expr indexed(Expr operand) {
    in.advance();
    Expr index = index();
    if (operand instanceof Expr.Number number && number.value().signum() >= 0) {
      boolean whole = number.stated().isEmpty() && number.value().isInteger();
      if (!whole && number.stated().isEmpty()) {
        throw in.unexpected("after a fraction");
      }
      return based(
          whole ? number.value().toString() : number.stated().get().toPlainString(), index);
    }
    if (operand instanceof Expr.Words words) {
      return based(words.text().toUpperCase(Locale.ROOT), index);
    }
    if (operand instanceof Expr.Symbol symbol) {
      return new Expr.Symbol(symbol.name() + "_" + Shown.of(index).replace(" ", ""));
    }
    throw in.unexpected("with an index");
  }

  /** {@code 1101 (base 2)} and {@code 1101 base 2}; null where no base follows. */
  Expr inWords(Expr operand) {
    int bracket = in.peek().is(Kind.OPEN_ROUND) ? 1 : 0;
    if (!(operand instanceof Expr.Number number)
        || !number.value().isInteger()
        || !in.peek(bracket).text().equals("base")
        || !in.peek(bracket + 1).is(Kind.NUMBER)) {
      return null;
    }
    for (int i = 0; i <= bracket; i++) {
      in.advance();
    }
    Expr base = in.advance().number();
    if (bracket == 1) {
      in.expect(Kind.CLOSE_ROUND);
    }
    return based(number.value().toString(), base);
  }

  private Expr index() {
    if (in.peek().is(Kind.OPEN_GROUP) && in.peek(1).text().equals("base")) {
      in.advance();
      in.advance();
      Expr base = parser.primary();
      in.expect(Kind.CLOSE_GROUP);
      return base;
    }
    return parser.primary();
  }

  private static Expr based(String digits, Expr index) {
    int base =
        index instanceof Expr.Number number && number.value().isInt()
            ? number.value().intValue()
            : 0;
    if (base < 2 || base > 36) {
      throw new Unreadable("a number with an index that is no base");
    }
    int point = digits.indexOf('.');
    String all = digits.replace(".", "");
    for (int i = 0; i < all.length(); i++) {
      if (Character.digit(all.charAt(i), base) < 0) {
        throw new Unreadable("'" + all.charAt(i) + "' is no digit in base " + base);
      }
    }
    Rational value = Rational.of(new java.math.BigInteger(all, base));
    Rational ulp = Rational.of(base).power(point < 0 ? 0 : point + 1 - digits.length());
    return new Expr.Based(digits, base, value.times(ulp));
  }
}
