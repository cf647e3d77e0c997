package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.Bracket;
import dev.hone.rewards.math.Expr.RelationOperator;
import dev.hone.rewards.math.Expr.SetOperator;
import dev.hone.rewards.math.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads an answer into a tree, by precedence climbing: lists, then relations, set operations,
 * ratios, sums, products (juxtaposition among them), signs, powers. A product and a quotient bind
 * alike and from the left, so {@code 1/2x} is {@code (1/2)x}.
 *
 * <p>Brackets may nest {@value TokenStream#MAX_DEPTH} deep; a text that nests deeper is refused, so
 * nothing that walks the tree needs to fear its depth.
 */
final class Parser {

  private final TokenStream in;
  private final Brackets brackets;
  private final Measures measures;
  private final Calls calls;
  private final Bases bases;

  private Parser(List<Token> tokens) {
    this.in = new TokenStream(tokens);
    this.brackets = new Brackets(in, this);
    this.measures = new Measures(in, this);
    this.calls = new Calls(in, this);
    this.bases = new Bases(in, this);
  }

  /**
   * Reads a whole text.
   *
   * @param commas whether {@code 1,234} outside brackets is a number, and not a list
   * @throws Unreadable where it is not notation that is read, with the place and the reason
   */
  static Expr parse(String text, boolean commas) {
    return new Parser(Lexer.tokens(text, commas)).whole();
  }

  private Expr whole() {
    in.skipPunctuation();
    Expr expression = list();
    in.skipPunctuation();
    if (!in.peek().is(Kind.END)) {
      throw in.unexpected("here");
    }
    return expression;
  }

  Expr list() {
    in.enter();
    List<Expr> items = new ArrayList<>();
    boolean alternatives = false;
    boolean separated = false;
    items.add(item());
    while (in.peek().is(Kind.COMMA)
        || in.peek().is(Kind.SEMICOLON)
        || in.peek().is(Kind.AND)
        || in.peek().is(Kind.OR)) {
      alternatives |= in.peek().is(Kind.OR);
      in.advance();
      // "1, 2, and 3"; and a comma at the very end says nothing.
      while (in.peek().is(Kind.AND) || in.peek().is(Kind.OR)) {
        alternatives |= in.peek().is(Kind.OR);
        in.advance();
      }
      if (in.endsList()) {
        break;
      }
      items.add(item());
      separated = true;
    }
    in.leave();
    if (!separated) {
      return items.get(0);
    }
    return alternatives ? new Expr.Alternatives(items) : new Expr.Sequence(Bracket.NONE, items);
  }

  private Expr item() {
    if (in.peek().is(Kind.ELLIPSIS)) {
      in.advance();
      return new Expr.Ellipsis();
    }
    return relation();
  }

  private Expr relation() {
    // "≈ 3.14" and "= 5": the left side went without saying.
    while (in.peek().is(Kind.RELATION)
        && (in.peek().text().equals("=") || in.peek().text().equals("≈"))) {
      in.advance();
    }
    Expr first = sets();
    if (!in.peek().is(Kind.RELATION)) {
      return first;
    }
    List<Expr> operands = new ArrayList<>(List.of(first));
    List<RelationOperator> operators = new ArrayList<>();
    while (in.peek().is(Kind.RELATION)) {
      String operator = in.advance().text();
      // "is = 5", "is approximately 5": one relation said twice.
      if (in.peek().is(Kind.RELATION) && operator.equals("=")) {
        continue;
      }
      operators.add(operator(operator));
      operands.add(sets());
    }
    return new Expr.Relation(operands, operators);
  }

  private static RelationOperator operator(String text) {
    return switch (text) {
      case "=" -> RelationOperator.EQUAL;
      case "≈" -> RelationOperator.APPROXIMATE;
      case "!=" -> RelationOperator.NOT_EQUAL;
      case "<" -> RelationOperator.LESS;
      case "<=" -> RelationOperator.LESS_OR_EQUAL;
      case ">" -> RelationOperator.GREATER;
      case ">=" -> RelationOperator.GREATER_OR_EQUAL;
      case "in" -> RelationOperator.IN;
      default -> RelationOperator.CONGRUENT;
    };
  }

  private Expr sets() {
    Expr left = ratio();
    for (int operations = 0; ; operations++) {
      TokenStream.bound(operations);
      SetOperator operator =
          switch (in.peek().kind()) {
            case UNION -> SetOperator.UNION;
            case INTERSECTION -> SetOperator.INTERSECTION;
            case DIFFERENCE -> SetOperator.DIFFERENCE;
            default -> null;
          };
      if (operator == null) {
        return left;
      }
      in.advance();
      left = new Expr.SetOperation(operator, left, ratio());
    }
  }

  private Expr ratio() {
    Expr first = sum();
    if (!in.peek().is(Kind.COLON) || brackets.insideSet()) {
      return first;
    }
    List<Expr> terms = new ArrayList<>(List.of(first));
    while (in.peek().is(Kind.COLON)) {
      in.advance();
      terms.add(sum());
    }
    // "Answer: 5" and "x: 5" name what follows.
    if (terms.size() == 2 && (first instanceof Expr.Words || first instanceof Expr.Symbol)) {
      return new Expr.Relation(terms, List.of(RelationOperator.EQUAL));
    }
    return new Expr.Ratio(terms);
  }

  Expr sum() {
    in.enter();
    List<Expr> terms = new ArrayList<>();
    Expr first;
    if (in.peek().is(Kind.PLUS_MINUS) || in.peek().is(Kind.MINUS_PLUS)) {
      boolean plusFirst = in.advance().is(Kind.PLUS_MINUS);
      first = new Expr.PlusMinus(Expr.Number.of(0), signedBy(plusFirst, product()));
    } else {
      first = product();
    }
    terms.add(first);
    while (true) {
      Kind kind = in.peek().kind();
      if (kind == Kind.PLUS || kind == Kind.MINUS) {
        in.advance();
        if (in.peek().is(Kind.ELLIPSIS)) {
          throw in.unexpected("in a sum");
        }
        Expr term = product();
        terms.add(kind == Kind.PLUS ? term : new Expr.Negation(term));
      } else if (kind == Kind.PLUS_MINUS || kind == Kind.MINUS_PLUS) {
        in.advance();
        Expr offset = signedBy(kind == Kind.PLUS_MINUS, product());
        Expr center = sumOf(terms);
        terms = new ArrayList<>(List.of(new Expr.PlusMinus(center, offset)));
      } else {
        break;
      }
    }
    in.leave();
    Expr sum = sumOf(terms);
    if (in.peek().is(Kind.OVER)) {
      in.advance();
      return new Expr.Quotient(sum, sum());
    }
    return sum;
  }

  private static Expr signedBy(boolean plus, Expr offset) {
    return plus ? offset : new Expr.Negation(offset);
  }

  private static Expr sumOf(List<Expr> terms) {
    return terms.size() == 1 ? terms.get(0) : new Expr.Sum(List.copyOf(terms));
  }

  Expr product() {
    int quotients = 0;
    Expr left = signed();
    while (true) {
      Token next = in.peek();
      if (next.is(Kind.TIMES)) {
        in.advance();
        left = times(left, signed());
      } else if (next.is(Kind.DIVIDE)) {
        in.advance();
        TokenStream.bound(++quotients);
        left = new Expr.Quotient(left, signed());
      } else if (next.is(Kind.UNIT) || next.is(Kind.WORD) || measures.multipleFollows()) {
        left = measures.measured(left);
      } else if (left instanceof Expr.Quantity quantity && next.is(Kind.NUMBER)) {
        // "2 hours 30 minutes"
        Expr rest = product();
        if (!(rest instanceof Expr.Quantity)) {
          throw in.unexpected("after a unit");
        }
        left = new Expr.Sum(List.of(quantity, rest));
      } else if (beginsFactor(next)) {
        left = juxtaposed(left);
      } else {
        return left;
      }
    }
  }

  private Expr juxtaposed(Expr left) {
    Token next = in.peek();
    boolean wholeBefore =
        left instanceof Expr.Number number
                && number.value().isInteger()
                && number.stated().isEmpty()
            || left instanceof Expr.Negation negation
                && negation.operand() instanceof Expr.Number inner
                && inner.value().isInteger();
    if (next.is(Kind.VULGAR_FRACTION) && wholeBefore) {
      in.advance();
      return postfixed(mixed(left, next.number()));
    }
    if (next.is(Kind.FRACTION)) {
      Expr.Quotient fraction = (Expr.Quotient) primary();
      Unit unit = Measures.unitOf(fraction.numerator());
      Unit below = Measures.unitOf(fraction.denominator());
      if (unit != null && below != null && fraction.numerator() instanceof Expr.Words) {
        return new Expr.Quantity(left, unit.over(below));
      }
      boolean numbers =
          fraction.numerator() instanceof Expr.Number
              && fraction.denominator() instanceof Expr.Number;
      return wholeBefore && numbers
          ? postfixed(mixed(left, fraction))
          : times(left, raised(postfixed(fraction)));
    }
    if (next.is(Kind.NUMBER)) {
      // "3 1/2" is a mixed number; any other two numbers side by side are not read.
      if (wholeBefore && in.peek(1).is(Kind.DIVIDE) && in.peek(2).is(Kind.NUMBER)) {
        Expr numerator = in.advance().number();
        in.advance();
        return postfixed(mixed(left, new Expr.Quotient(numerator, in.advance().number())));
      }
      if (!(left instanceof Expr.Number)
          && !in.previous().is(Kind.NUMBER)
          && (in.previous().is(Kind.CLOSE_ROUND)
              || in.previous().is(Kind.CLOSE_GROUP)
              || in.previous().is(Kind.BANG))) {
        return times(left, power());
      }
      throw in.unexpected("after another number");
    }
    return times(left, power());
  }

  /** A whole number and a fraction side by side; the sign goes for both. */
  private static Expr mixed(Expr whole, Expr fraction) {
    Rational part =
        fraction instanceof Expr.Quotient quotient
                && quotient.numerator() instanceof Expr.Number above
                && quotient.denominator() instanceof Expr.Number below
                && !below.value().isZero()
            ? above.value().over(below.value())
            : fraction instanceof Expr.Number vulgar ? vulgar.value() : null;
    if (part != null && whole instanceof Expr.Number number) {
      return Expr.Number.of(number.value().plus(part));
    }
    if (part != null
        && whole instanceof Expr.Negation sign
        && sign.operand() instanceof Expr.Number number) {
      return new Expr.Negation(Expr.Number.of(number.value().plus(part)));
    }
    return whole instanceof Expr.Negation negation
        ? new Expr.Negation(new Expr.Sum(List.of(negation.operand(), fraction)))
        : new Expr.Sum(List.of(whole, fraction));
  }

  static Expr times(Expr left, Expr right) {
    if (left instanceof Expr.Product product) {
      List<Expr> factors = new ArrayList<>(product.factors());
      factors.add(right);
      return new Expr.Product(factors);
    }
    return new Expr.Product(List.of(left, right));
  }

  boolean beginsFactor(Token token) {
    return switch (token.kind()) {
      case OPEN_SQUARE -> !closesOutward();
      case NUMBER,
          VULGAR_FRACTION,
          SYMBOL,
          CONSTANT,
          FUNCTION,
          OPEN_ROUND,
          OPEN_GROUP,
          OPEN_FLOOR,
          OPEN_CEIL,
          FRACTION,
          SQUARE_ROOT,
          CUBE_ROOT,
          BINOMIAL,
          BEGIN_MATRIX ->
          true;
      case BAR -> brackets.barOpens();
      default -> false;
    };
  }

  /** Whether the bracket that opens here ends an interval, as in [1, 6[. */
  private boolean closesOutward() {
    return switch (in.peek(1).kind()) {
      case END, UNION, INTERSECTION, DIFFERENCE, COMMA, OR, CLOSE_CURLY, CLOSE_ROUND -> true;
      default -> false;
    };
  }

  Expr signed() {
    Token token = in.peek();
    if (token.is(Kind.MINUS) || token.is(Kind.PLUS)) {
      in.enter();
      in.advance();
      Expr operand = signed();
      in.leave();
      return token.is(Kind.PLUS) ? operand : new Expr.Negation(operand);
    }
    return power();
  }

  Expr power() {
    in.enter();
    Expr power = raised(postfixed(primary()));
    in.leave();
    return power;
  }

  private Expr raised(Expr base) {
    if (!in.peek().is(Kind.CARET)) {
      return base;
    }
    in.advance();
    return postfixed(new Expr.Power(base, exponent()));
  }

  Expr exponent() {
    Token token = in.peek();
    if (token.is(Kind.MINUS) || token.is(Kind.PLUS)) {
      in.enter();
      in.advance();
      Expr operand = exponent();
      in.leave();
      return token.is(Kind.PLUS) ? operand : new Expr.Negation(operand);
    }
    return power();
  }

  private Expr postfixed(Expr operand) {
    Expr result = operand;
    for (int postfixes = 0; ; postfixes++) {
      TokenStream.bound(postfixes);
      Token token = in.peek();
      switch (token.kind()) {
        case BANG -> {
          in.advance();
          if (in.peek().is(Kind.BANG)) {
            throw in.unexpected("in a double factorial");
          }
          result = new Expr.Call(Function.FACTORIAL, List.of(result));
        }
        case PERCENT -> {
          in.advance();
          result = new Expr.Quantity(result, Unit.PERCENT);
        }
        case DEGREE -> {
          in.advance();
          result = measures.degrees(result);
        }
        case PRIME -> {
          in.advance();
          if (!(result instanceof Expr.Symbol symbol)) {
            throw in.unexpected("after a number");
          }
          result = new Expr.Symbol(symbol.name() + "'");
        }
        case UNDERSCORE -> result = bases.indexed(result);
        case WORD, OPEN_ROUND -> {
          Expr based = bases.inWords(result);
          if (based == null) {
            return result;
          }
          result = based;
        }
        default -> {
          return result;
        }
      }
    }
  }

  Expr primary() {
    Token token = in.advance();
    return switch (token.kind()) {
      case NUMBER, VULGAR_FRACTION -> token.number();
      case SYMBOL -> new Expr.Symbol(token.text());
      case CONSTANT -> Expr.Constant.valueOf(token.text());
      case NAMED_SET -> Expr.NamedSet.valueOf(token.text());
      case FUNCTION ->
          calls.call(
              Function.named(token.text()) == null
                  ? Function.valueOf(token.text().toUpperCase(Locale.ROOT))
                  : Function.named(token.text()));
      case FRACTION -> new Expr.Quotient(argument(), argument());
      case SQUARE_ROOT -> root(token);
      case CUBE_ROOT -> new Expr.Root(argument(), Expr.Number.of(3));
      case BINOMIAL -> new Expr.Call(Function.BINOMIAL, List.of(argument(), argument()));
      case OPEN_ROUND -> brackets.bracketed(Kind.CLOSE_ROUND, Bracket.ROUND);
      case OPEN_SQUARE -> brackets.bracketed(Kind.CLOSE_SQUARE, Bracket.SQUARE);
      case OPEN_ANGLE -> brackets.bracketed(Kind.CLOSE_ANGLE, Bracket.ROUND);
      case OPEN_CURLY -> brackets.set(Kind.CLOSE_CURLY);
      case OPEN_GROUP -> token.text().equals("set") ? brackets.set(Kind.CLOSE_GROUP) : group();
      case OPEN_FLOOR -> brackets.enclosed(Function.FLOOR, Kind.CLOSE_FLOOR);
      case OPEN_CEIL -> brackets.enclosed(Function.CEIL, Kind.CLOSE_CEIL);
      case BAR -> brackets.absolute();
      case BEGIN_MATRIX -> brackets.matrix(token.text());
      case CURRENCY -> measures.money(token.text());
      case WORD -> measures.words(token);
      case UNIT -> {
        // A unit where a value should be is a word.
        yield measures.words(token);
      }
      // ]1, 6[ is open at both ends.
      case CLOSE_SQUARE -> brackets.outward();
      default -> throw TokenStream.unexpected(token, "where a value should be");
    };
  }

  private Expr group() {
    Expr inner = list();
    in.expect(Kind.CLOSE_GROUP);
    return inner;
  }

  /** What a command of LaTeX takes: a group, or one piece of notation. */
  Expr argument() {
    return primary();
  }

  private Expr root(Token token) {
    Expr index = Expr.Number.of(2);
    if (in.peek().is(Kind.OPEN_SQUARE) && token.text().equals("sqrt")) {
      in.advance();
      index = sum();
      in.expect(Kind.CLOSE_SQUARE);
    }
    return new Expr.Root(argument(), index);
  }
}
