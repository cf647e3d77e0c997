package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/** Reads units, money, multiples such as "million", and words. */
final class Measures {

  private final TokenStream in;
  private final Parser parser;

  Measures(TokenStream in, Parser parser) {
    this.in = in;
    this.parser = parser;
  }

  /** The unit that stands where a value does, as in \\frac{km}{h}; or null. */
  static Unit unitOf(Expr expression) {
    if (expression instanceof Expr.Words words) {
      return Unit.named(words.text());
    }
    return expression instanceof Expr.Symbol symbol ? Unit.named(symbol.name()) : null;
  }

  /** {@code 90°} is an angle, {@code 20°C} a temperature. */
  Expr degrees(Expr value) {
    if (in.peek().is(Kind.SYMBOL) && Set.of("C", "F").contains(in.peek().text())) {
      String scale = in.advance().text();
      return new Expr.Quantity(value, Unit.named(scale.equals("C") ? "celsius" : "fahrenheit"));
    }
    return new Expr.Quantity(value, Unit.DEGREE);
  }

  Expr money(String currency) {
    boolean negative = in.peek().is(Kind.MINUS);
    if (negative) {
      in.advance();
    }
    Expr amount = parser.signed();
    amount = multiplied(amount);
    Unit unit = currency.equals("sterling") ? Unit.named("gbp") : Unit.named(currency);
    Expr money = new Expr.Quantity(amount, unit);
    // "$5 dollars" says it twice.
    if (in.peek().is(Kind.UNIT) && unit.equals(Unit.named(in.peek().text()))) {
      in.advance();
    }
    return negative ? new Expr.Negation(money) : money;
  }

  boolean multipleFollows() {
    return in.peek().is(Kind.WORD) && Notation.MULTIPLES.containsKey(in.peek().text());
  }

  /** {@code 5 million}. */
  Expr multiplied(Expr amount) {
    if (!multipleFollows()) {
      return amount;
    }
    long multiple = Notation.MULTIPLES.get(in.advance().text());
    return amount instanceof Expr.Number number
        ? new Expr.Number(
            number.value().times(Rational.of(multiple)),
            number.stated().map(s -> s.multiply(java.math.BigDecimal.valueOf(multiple))))
        : Parser.times(amount, Expr.Number.of(multiple));
  }

  /** A value before a unit or a word. */
  Expr measured(Expr value) {
    Expr amount = multiplied(value);
    Unit unit = null;
    boolean over = false;
    while (true) {
      Token token = in.peek();
      Unit next = null;
      if (token.is(Kind.UNIT)) {
        in.advance();
        next = Unit.named(token.text());
      } else if (token.is(Kind.WORD)) {
        String word = token.text().toLowerCase(Locale.ROOT);
        if (Notation.HEDGES.contains(word)) {
          throw new Unreadable("'" + word + "' leaves the answer open");
        }
        in.advance();
        if (word.equals("square")
            || word.equals("sq")
            || word.equals("cubic")
            || word.equals("cu")) {
          Unit measured = in.peek().is(Kind.UNIT) ? Unit.named(in.advance().text()) : null;
          next =
              measured == null ? Unit.counted(word) : measured.power(word.startsWith("sq") ? 2 : 3);
        } else if (word.equals("per")) {
          over = true;
          continue;
        } else if (Notation.FILLERS.contains(word) || word.equals("of") || word.equals("the")) {
          continue;
        } else if (word.equals("squared") || word.equals("cubed")) {
          int power = word.equals("squared") ? 2 : 3;
          if (unit == null) {
            amount = new Expr.Power(amount, Expr.Number.of(power));
          } else {
            unit = unit.power(power);
          }
          continue;
        } else if (unit == null && denominator(word, amount) > 0) {
          amount = new Expr.Quotient(amount, Expr.Number.of(denominator(word, amount)));
          continue;
        } else if (Notation.ARITHMETIC.contains(word)) {
          throw new Unreadable("'" + word + "' leaves arithmetic undone");
        } else {
          next = Unit.counted(word);
        }
      } else if (token.is(Kind.DIVIDE)
          && unit != null
          && (in.peek(1).is(Kind.UNIT) || in.peek(1).is(Kind.WORD))) {
        in.advance();
        over = true;
        continue;
      } else if (token.is(Kind.TIMES) && unit != null && in.peek(1).is(Kind.UNIT)) {
        in.advance();
        continue;
      } else {
        break;
      }
      if (in.peek().is(Kind.CARET)) {
        in.advance();
        Expr exponent = parser.exponent();
        if (!(exponent instanceof Expr.Number power)
            || !power.value().isInt()
            || power.value().abs().intValue() > 9) {
          throw in.unexpected("as the power of a unit");
        }
        next = next.power(power.value().intValue());
      }
      if (unit == null) {
        unit = over ? Unit.counted("each").over(next) : next;
      } else {
        unit = over ? unit.over(next) : unit.times(next);
      }
      over = false;
    }
    return unit == null ? amount : new Expr.Quantity(amount, unit);
  }

  /** What {@code two thirds} divides by; 0 where the word is none of these. */
  private static int denominator(String word, Expr amount) {
    boolean one = amount.equals(Expr.Number.of(1));
    String singular = one ? word : word.equals("halves") ? "half" : Words.singular(word);
    boolean fits = one || !singular.equals(word);
    return fits && amount instanceof Expr.Number number && number.value().isInteger()
        ? Notation.DENOMINATORS.getOrDefault(singular, 0)
        : 0;
  }

  Expr words(Token first) {
    Unit currency = Unit.named(first.text());
    if (currency != null && in.peek().is(Kind.NUMBER)) {
      return new Expr.Quantity(multiplied(parser.power()), currency);
    }
    StringJoiner text = new StringJoiner(" ");
    boolean filler = true;
    Token token = first;
    while (true) {
      String word = token.text().toLowerCase(Locale.ROOT);
      if (Notation.HEDGES.contains(word)) {
        throw new Unreadable("'" + word + "' leaves the answer open");
      }
      filler &= Notation.FILLERS.contains(word);
      text.add(word);
      if (!in.peek().is(Kind.WORD) && !(in.peek().is(Kind.UNIT) && token.is(Kind.WORD))) {
        break;
      }
      token = in.advance();
    }
    if (filler && !in.peek().is(Kind.END)) {
      return parser.signed();
    }
    return new Expr.Words(text.toString());
  }
}
