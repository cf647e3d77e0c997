package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.Bracket;
import dev.hone.rewards.math.Expr.RelationOperator;
import dev.hone.rewards.math.Expr.SetOperator;
import dev.hone.rewards.math.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Reads an answer into a tree, by precedence climbing: lists, then relations, set operations,
 * ratios, sums, products (juxtaposition among them), signs, powers. A product and a quotient bind
 * alike and from the left, so {@code 1/2x} is {@code (1/2)x}.
 *
 * <p>Brackets may nest {@value #MAX_DEPTH} deep; a text that nests deeper is refused, so nothing
 * that walks the tree needs to fear its depth.
 */
final class Parser {

  private static final int MAX_DEPTH = 40;

  /** Methods that each bracket enters on the way down: list, sum, power, and a sign. */
  private static final int FRAMES_A_BRACKET = 4;

  private final List<Token> tokens;
  private int at;
  private int depth;
  private int bars;
  private int curly;

  private Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * Reads a whole text.
   *
   * @param commas whether {@code 1,234} outside brackets is a number, and not a list
   * @throws Unreadable where it is not notation that is read, with the place and the reason
   */
  static Expr parse(String text, boolean commas) {
    Parser parser = new Parser(Lexer.tokens(text, commas));
    parser.skipPunctuation();
    Expr expression = parser.list();
    parser.skipPunctuation();
    if (!parser.peek().is(Kind.END)) {
      throw parser.unexpected("here");
    }
    return expression;
  }

  private Expr list() {
    enter();
    List<Expr> items = new ArrayList<>();
    boolean alternatives = false;
    boolean separated = false;
    items.add(item());
    while (peek().is(Kind.COMMA)
        || peek().is(Kind.SEMICOLON)
        || peek().is(Kind.AND)
        || peek().is(Kind.OR)) {
      alternatives |= peek().is(Kind.OR);
      at++;
      // "1, 2, and 3"; and a comma at the very end says nothing.
      while (peek().is(Kind.AND) || peek().is(Kind.OR)) {
        alternatives |= peek().is(Kind.OR);
        at++;
      }
      if (endsList()) {
        break;
      }
      items.add(item());
      separated = true;
    }
    depth--;
    if (!separated) {
      return items.get(0);
    }
    return alternatives ? new Expr.Alternatives(items) : new Expr.Sequence(Bracket.NONE, items);
  }

  private Expr item() {
    if (peek().is(Kind.ELLIPSIS)) {
      at++;
      return new Expr.Ellipsis();
    }
    return relation();
  }

  private Expr relation() {
    // "≈ 3.14" and "= 5": the left side went without saying.
    while (peek().is(Kind.RELATION) && (peek().text().equals("=") || peek().text().equals("≈"))) {
      at++;
    }
    Expr first = sets();
    if (!peek().is(Kind.RELATION)) {
      return first;
    }
    List<Expr> operands = new ArrayList<>(List.of(first));
    List<RelationOperator> operators = new ArrayList<>();
    while (peek().is(Kind.RELATION)) {
      String operator = advance().text();
      // "is = 5", "is approximately 5": one relation said twice.
      if (peek().is(Kind.RELATION) && operator.equals("=")) {
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
      bound(operations);
      SetOperator operator =
          switch (peek().kind()) {
            case UNION -> SetOperator.UNION;
            case INTERSECTION -> SetOperator.INTERSECTION;
            case DIFFERENCE -> SetOperator.DIFFERENCE;
            default -> null;
          };
      if (operator == null) {
        return left;
      }
      at++;
      left = new Expr.SetOperation(operator, left, ratio());
    }
  }

  private Expr ratio() {
    Expr first = sum();
    if (!peek().is(Kind.COLON) || curly > 0) {
      return first;
    }
    List<Expr> terms = new ArrayList<>(List.of(first));
    while (peek().is(Kind.COLON)) {
      at++;
      terms.add(sum());
    }
    // "Answer: 5" and "x: 5" name what follows.
    if (terms.size() == 2 && (first instanceof Expr.Words || first instanceof Expr.Symbol)) {
      return new Expr.Relation(terms, List.of(RelationOperator.EQUAL));
    }
    return new Expr.Ratio(terms);
  }

  private Expr sum() {
    enter();
    List<Expr> terms = new ArrayList<>();
    Expr first;
    if (peek().is(Kind.PLUS_MINUS) || peek().is(Kind.MINUS_PLUS)) {
      boolean plusFirst = advance().is(Kind.PLUS_MINUS);
      first = new Expr.PlusMinus(Expr.Number.of(0), signedBy(plusFirst, product()));
    } else {
      first = product();
    }
    terms.add(first);
    while (true) {
      Kind kind = peek().kind();
      if (kind == Kind.PLUS || kind == Kind.MINUS) {
        at++;
        if (peek().is(Kind.ELLIPSIS)) {
          throw unexpected("in a sum");
        }
        Expr term = product();
        terms.add(kind == Kind.PLUS ? term : new Expr.Negation(term));
      } else if (kind == Kind.PLUS_MINUS || kind == Kind.MINUS_PLUS) {
        at++;
        Expr offset = signedBy(kind == Kind.PLUS_MINUS, product());
        Expr center = sumOf(terms);
        terms = new ArrayList<>(List.of(new Expr.PlusMinus(center, offset)));
      } else {
        break;
      }
    }
    depth--;
    Expr sum = sumOf(terms);
    if (peek().is(Kind.OVER)) {
      at++;
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

  private Expr product() {
    int quotients = 0;
    Expr left = signed();
    while (true) {
      Token next = peek();
      if (next.is(Kind.TIMES)) {
        at++;
        left = times(left, signed());
      } else if (next.is(Kind.DIVIDE)) {
        at++;
        bound(++quotients);
        left = new Expr.Quotient(left, signed());
      } else if (next.is(Kind.UNIT) || next.is(Kind.WORD) || multipleFollows()) {
        left = measured(left);
      } else if (left instanceof Expr.Quantity quantity && next.is(Kind.NUMBER)) {
        // "2 hours 30 minutes"
        Expr rest = product();
        if (!(rest instanceof Expr.Quantity)) {
          throw unexpected("after a unit");
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
    Token next = peek();
    boolean wholeBefore =
        left instanceof Expr.Number number
                && number.value().isInteger()
                && number.stated().isEmpty()
            || left instanceof Expr.Negation negation
                && negation.operand() instanceof Expr.Number inner
                && inner.value().isInteger();
    if (next.is(Kind.VULGAR_FRACTION) && wholeBefore) {
      at++;
      return postfixed(mixed(left, next.number()));
    }
    if (next.is(Kind.FRACTION)) {
      Expr.Quotient fraction = (Expr.Quotient) primary();
      Unit unit = unitOf(fraction.numerator());
      Unit below = unitOf(fraction.denominator());
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
      if (wholeBefore && tokens.get(at + 1).is(Kind.DIVIDE) && tokens.get(at + 2).is(Kind.NUMBER)) {
        Expr numerator = advance().number();
        at++;
        return postfixed(mixed(left, new Expr.Quotient(numerator, advance().number())));
      }
      if (!(left instanceof Expr.Number)
          && !previous().is(Kind.NUMBER)
          && (previous().is(Kind.CLOSE_ROUND)
              || previous().is(Kind.CLOSE_GROUP)
              || previous().is(Kind.BANG))) {
        return times(left, power());
      }
      throw unexpected("after another number");
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

  private static Expr times(Expr left, Expr right) {
    if (left instanceof Expr.Product product) {
      List<Expr> factors = new ArrayList<>(product.factors());
      factors.add(right);
      return new Expr.Product(factors);
    }
    return new Expr.Product(List.of(left, right));
  }

  private boolean beginsFactor(Token token) {
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
      case BAR -> bars == 0 && curly == 0;
      default -> false;
    };
  }

  /** Whether the bracket that opens here ends an interval, as in [1, 6[. */
  private boolean closesOutward() {
    return switch (tokens.get(at + 1).kind()) {
      case END, UNION, INTERSECTION, DIFFERENCE, COMMA, OR, CLOSE_CURLY, CLOSE_ROUND -> true;
      default -> false;
    };
  }

  private Expr signed() {
    Token token = peek();
    if (token.is(Kind.MINUS) || token.is(Kind.PLUS)) {
      enter();
      at++;
      Expr operand = signed();
      depth--;
      return token.is(Kind.PLUS) ? operand : new Expr.Negation(operand);
    }
    return power();
  }

  private Expr power() {
    enter();
    Expr power = raised(postfixed(primary()));
    depth--;
    return power;
  }

  private Expr raised(Expr base) {
    if (!peek().is(Kind.CARET)) {
      return base;
    }
    at++;
    return postfixed(new Expr.Power(base, exponent()));
  }

  /** The unit that stands where a value does, as in \\frac{km}{h}; or null. */
  private static Unit unitOf(Expr expression) {
    if (expression instanceof Expr.Words words) {
      return Unit.named(words.text());
    }
    return expression instanceof Expr.Symbol symbol ? Unit.named(symbol.name()) : null;
  }

  private Expr exponent() {
    Token token = peek();
    if (token.is(Kind.MINUS) || token.is(Kind.PLUS)) {
      enter();
      at++;
      Expr operand = exponent();
      depth--;
      return token.is(Kind.PLUS) ? operand : new Expr.Negation(operand);
    }
    return power();
  }

  private Expr postfixed(Expr operand) {
    Expr result = operand;
    for (int postfixes = 0; ; postfixes++) {
      bound(postfixes);
      Token token = peek();
      switch (token.kind()) {
        case BANG -> {
          at++;
          result = new Expr.Call(Function.FACTORIAL, List.of(result));
        }
        case PERCENT -> {
          at++;
          result = new Expr.Quantity(result, Unit.PERCENT);
        }
        case DEGREE -> {
          at++;
          result = degrees(result);
        }
        case PRIME -> {
          at++;
          if (!(result instanceof Expr.Symbol symbol)) {
            throw unexpected("after a number");
          }
          result = new Expr.Symbol(symbol.name() + "'");
        }
        case UNDERSCORE -> result = indexed(result);
        default -> {
          return result;
        }
      }
    }
  }

  /** {@code 90°} is an angle, {@code 20°C} a temperature. */
  private Expr degrees(Expr value) {
    if (peek().is(Kind.SYMBOL) && Set.of("C", "F").contains(peek().text())) {
      String scale = advance().text();
      return new Expr.Quantity(value, Unit.named(scale.equals("C") ? "celsius" : "fahrenheit"));
    }
    return new Expr.Quantity(value, Unit.DEGREE);
  }

  private Expr indexed(Expr operand) {
    at++;
    if (tokens.get(at).is(Kind.OPEN_GROUP) && tokens.get(at + 1).text().equals("base")) {
      tokens.remove(at + 1);
    }
    Expr index = primary();
    if (operand instanceof Expr.Number number && number.value().signum() >= 0) {
      boolean whole = number.stated().isEmpty() && number.value().isInteger();
      if (!whole && number.stated().isEmpty()) {
        throw unexpected("after a fraction");
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
    throw unexpected("with an index");
  }

  private Expr based(String digits, Expr index) {
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

  private Expr primary() {
    Token token = advance();
    return switch (token.kind()) {
      case NUMBER, VULGAR_FRACTION -> token.number();
      case SYMBOL -> new Expr.Symbol(token.text());
      case CONSTANT -> Expr.Constant.valueOf(token.text());
      case NAMED_SET -> Expr.NamedSet.valueOf(token.text());
      case FUNCTION ->
          call(
              Function.named(token.text()) == null
                  ? Function.valueOf(token.text().toUpperCase(Locale.ROOT))
                  : Function.named(token.text()));
      case FRACTION -> new Expr.Quotient(argument(), argument());
      case SQUARE_ROOT -> root(token);
      case CUBE_ROOT -> new Expr.Root(argument(), Expr.Number.of(3));
      case BINOMIAL -> new Expr.Call(Function.BINOMIAL, List.of(argument(), argument()));
      case OPEN_ROUND -> bracketed(Kind.CLOSE_ROUND, Bracket.ROUND);
      case OPEN_SQUARE -> bracketed(Kind.CLOSE_SQUARE, Bracket.SQUARE);
      case OPEN_ANGLE -> bracketed(Kind.CLOSE_ANGLE, Bracket.ROUND);
      case OPEN_CURLY -> set(Kind.CLOSE_CURLY);
      case OPEN_GROUP -> token.text().equals("set") ? set(Kind.CLOSE_GROUP) : group();
      case OPEN_FLOOR -> enclosed(Function.FLOOR, Kind.CLOSE_FLOOR);
      case OPEN_CEIL -> enclosed(Function.CEIL, Kind.CLOSE_CEIL);
      case BAR -> absolute();
      case BEGIN_MATRIX -> matrix(token.text());
      case CURRENCY -> money(token.text());
      case WORD -> words(token);
      case UNIT -> {
        // A unit where a value should be is a word.
        yield words(token);
      }
      // ]1, 6[ is open at both ends.
      case CLOSE_SQUARE -> outward();
      default -> throw unexpected(token, "where a value should be");
    };
  }

  private Expr outward() {
    Expr inner = list();
    boolean closed = peek().is(Kind.CLOSE_SQUARE);
    if (!closed) {
      expect(Kind.OPEN_SQUARE);
    } else {
      at++;
    }
    return interval(inner, false, closed);
  }

  private static Expr interval(Expr inner, boolean lowClosed, boolean highClosed) {
    if (inner instanceof Expr.Sequence pair
        && pair.bracket() == Bracket.NONE
        && pair.items().size() == 2) {
      return new Expr.Interval(pair.items().get(0), lowClosed, pair.items().get(1), highClosed);
    }
    throw new Unreadable("an interval without two ends");
  }

  private Expr group() {
    Expr inner = list();
    expect(Kind.CLOSE_GROUP);
    return inner;
  }

  /** What a command of LaTeX takes: a group, or one piece of notation. */
  private Expr argument() {
    return primary();
  }

  private Expr root(Token token) {
    Expr index = Expr.Number.of(2);
    if (peek().is(Kind.OPEN_SQUARE) && token.text().equals("sqrt")) {
      at++;
      index = sum();
      expect(Kind.CLOSE_SQUARE);
    }
    return new Expr.Root(argument(), index);
  }

  private Expr enclosed(Function function, Kind close) {
    Expr inner = sum();
    expect(close);
    return new Expr.Call(function, List.of(inner));
  }

  private Expr absolute() {
    bars++;
    int outer = curly;
    curly = 0;
    Expr inner = sum();
    curly = outer;
    bars--;
    expect(Kind.BAR);
    return new Expr.Call(
        inner instanceof Expr.Matrix ? Function.DETERMINANT : Function.ABS, List.of(inner));
  }

  private Expr money(String currency) {
    boolean negative = peek().is(Kind.MINUS);
    if (negative) {
      at++;
    }
    Expr amount = signed();
    amount = multiplied(amount);
    Unit unit = currency.equals("sterling") ? Unit.named("gbp") : Unit.named(currency);
    Expr money = new Expr.Quantity(amount, unit);
    // "$5 dollars" says it twice.
    if (peek().is(Kind.UNIT) && unit.equals(Unit.named(peek().text()))) {
      at++;
    }
    return negative ? new Expr.Negation(money) : money;
  }

  private boolean multipleFollows() {
    return peek().is(Kind.WORD) && Notation.MULTIPLES.containsKey(peek().text());
  }

  /** {@code 5 million}. */
  private Expr multiplied(Expr amount) {
    if (!multipleFollows()) {
      return amount;
    }
    long multiple = Notation.MULTIPLES.get(advance().text());
    return amount instanceof Expr.Number number
        ? new Expr.Number(
            number.value().times(Rational.of(multiple)),
            number.stated().map(s -> s.multiply(java.math.BigDecimal.valueOf(multiple))))
        : times(amount, Expr.Number.of(multiple));
  }

  /** A value before a unit or a word. */
  private Expr measured(Expr value) {
    Expr amount = multiplied(value);
    Unit unit = null;
    boolean over = false;
    while (true) {
      Token token = peek();
      Unit next = null;
      if (token.is(Kind.UNIT)) {
        at++;
        next = Unit.named(token.text());
      } else if (token.is(Kind.WORD)) {
        String word = token.text().toLowerCase(Locale.ROOT);
        if (Notation.HEDGES.contains(word)) {
          throw new Unreadable("'" + word + "' leaves the answer open");
        }
        at++;
        if (word.equals("square")
            || word.equals("sq")
            || word.equals("cubic")
            || word.equals("cu")) {
          Unit measured = peek().is(Kind.UNIT) ? Unit.named(advance().text()) : null;
          next =
              measured == null ? Unit.counted(word) : measured.power(word.startsWith("sq") ? 2 : 3);
        } else if (word.equals("per")) {
          over = true;
          continue;
        } else if (Notation.FILLERS.contains(word) || word.equals("of") || word.equals("the")) {
          continue;
        } else if (word.equals("squared") || word.equals("cubed")) {
          unit = unit == null ? null : unit.power(word.equals("squared") ? 2 : 3);
          continue;
        } else {
          next = Unit.counted(word);
        }
      } else if (token.is(Kind.DIVIDE)
          && unit != null
          && (tokens.get(at + 1).is(Kind.UNIT) || tokens.get(at + 1).is(Kind.WORD))) {
        at++;
        over = true;
        continue;
      } else if (token.is(Kind.TIMES) && unit != null && tokens.get(at + 1).is(Kind.UNIT)) {
        at++;
        continue;
      } else {
        break;
      }
      if (peek().is(Kind.CARET)) {
        at++;
        Expr exponent = exponent();
        if (!(exponent instanceof Expr.Number power)
            || !power.value().isInt()
            || power.value().abs().intValue() > 9) {
          throw unexpected("as the power of a unit");
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

  private Expr words(Token first) {
    Unit currency = Unit.named(first.text());
    if (currency != null && peek().is(Kind.NUMBER)) {
      return new Expr.Quantity(multiplied(power()), currency);
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
      if (!peek().is(Kind.WORD) && !(peek().is(Kind.UNIT) && token.is(Kind.WORD))) {
        break;
      }
      token = advance();
    }
    if (filler && !peek().is(Kind.END)) {
      return signed();
    }
    return new Expr.Words(text.toString());
  }

  private Expr call(Function function) {
    Expr power = null;
    Expr base = null;
    while (peek().is(Kind.CARET) || peek().is(Kind.UNDERSCORE)) {
      if (advance().is(Kind.CARET)) {
        power = exponent();
      } else {
        base = primary();
      }
    }
    while (peek().is(Kind.PRIME)) {
      throw unexpected("after a function");
    }
    List<Expr> arguments = new ArrayList<>();
    if (peek().is(Kind.OPEN_ROUND)) {
      at++;
      Expr inner = list();
      expect(Kind.CLOSE_ROUND);
      if (inner instanceof Expr.Sequence sequence && sequence.bracket() == Bracket.NONE) {
        arguments.addAll(sequence.items());
      } else {
        arguments.add(inner);
      }
    } else if (function.isElementary() || function == Function.DETERMINANT) {
      arguments.add(bareArgument());
    } else {
      arguments.add(argument());
    }
    if (base != null) {
      if (function != Function.LOG || arguments.size() != 1) {
        throw unexpected("with an index");
      }
      arguments.add(base);
    }
    if (power instanceof Expr.Negation minus
        && minus.operand() instanceof Expr.Number one
        && one.value().isOne()
        && function.inverse() != null) {
      return new Expr.Call(function.inverse(), arguments);
    }
    Expr call = new Expr.Call(function, arguments);
    return power == null ? call : new Expr.Power(call, power);
  }

  /** The argument of {@code \sin 2x \cos x}: factors side by side, up to the next function. */
  private Expr bareArgument() {
    enter();
    Expr argument;
    if (peek().is(Kind.MINUS)) {
      at++;
      argument = new Expr.Negation(bareArgument());
    } else {
      argument = power();
      while (beginsFactor(peek()) && !peek().is(Kind.FUNCTION) && !peek().is(Kind.NUMBER)) {
        argument = times(argument, power());
      }
      // "\sin 2\pi/3": the quotient of π by a number is one angle.
      if (peek().is(Kind.DIVIDE) && tokens.get(at + 1).is(Kind.NUMBER) && mentionsPi(argument)) {
        at++;
        argument = new Expr.Quotient(argument, power());
      }
    }
    depth--;
    return argument;
  }

  private static boolean mentionsPi(Expr argument) {
    return argument == Expr.Constant.PI
        || argument instanceof Expr.Product product && product.factors().contains(Expr.Constant.PI);
  }

  private Expr bracketed(Kind close, Bracket bracket) {
    int outerCurly = curly;
    int outerBars = bars;
    curly = 0;
    bars = 0;
    if (peek().is(close)) {
      at++;
      throw unexpected("after an empty bracket");
    }
    Expr inner = list();
    curly = outerCurly;
    bars = outerBars;
    Kind closed = peek().kind();
    if (close == Kind.CLOSE_SQUARE && closed == Kind.OPEN_SQUARE) {
      at++;
      return interval(inner, true, false);
    }
    boolean crossed =
        (close == Kind.CLOSE_ROUND && closed == Kind.CLOSE_SQUARE)
            || (close == Kind.CLOSE_SQUARE && closed == Kind.CLOSE_ROUND);
    if (!crossed) {
      expect(close);
    } else {
      at++;
    }
    List<Expr> items =
        inner instanceof Expr.Sequence sequence && sequence.bracket() == Bracket.NONE
            ? sequence.items()
            : List.of(inner);
    boolean pair = items.size() == 2;
    boolean unbounded = pair && (isInfinite(items.get(0)) || isInfinite(items.get(1)));
    if (pair && (crossed || unbounded)) {
      return new Expr.Interval(
          items.get(0), close == Kind.CLOSE_SQUARE, items.get(1), closed == Kind.CLOSE_SQUARE);
    }
    if (crossed) {
      throw unexpected("closes another bracket");
    }
    if (items.size() == 1) {
      return bracket == Bracket.ROUND ? inner : new Expr.Sequence(bracket, items);
    }
    return new Expr.Sequence(bracket, items);
  }

  static boolean isInfinite(Expr expression) {
    return expression == Expr.Constant.INFINITY
        || expression instanceof Expr.Negation negation && isInfinite(negation.operand());
  }

  private Expr set(Kind close) {
    if (peek().is(close)) {
      at++;
      return Expr.NamedSet.EMPTY;
    }
    int begin = at - 1;
    curly++;
    int outerBars = bars;
    bars = 0;
    Expr inner = list();
    if (peek().is(Kind.BAR) || peek().is(Kind.SUCH_THAT) || peek().is(Kind.COLON)) {
      at++;
      Expr condition = list();
      curly--;
      bars = outerBars;
      expect(close);
      return new Expr.Builder(inner, condition);
    }
    curly--;
    bars = outerBars;
    expect(close);
    List<Expr> items =
        inner instanceof Expr.Sequence sequence && sequence.bracket() == Bracket.NONE
            ? sequence.items()
            : List.of(inner);
    // A bare brace around one thing only groups it, unless it stands between sets.
    return close == Kind.CLOSE_GROUP && items.size() == 1 && !besideSetOperator(begin)
        ? inner
        : new Expr.Sequence(Bracket.CURLY, items);
  }

  private boolean besideSetOperator(int begin) {
    return isSetOperator(peek()) || begin > 0 && isSetOperator(tokens.get(begin - 1));
  }

  private static boolean isSetOperator(Token token) {
    return token.is(Kind.UNION) || token.is(Kind.INTERSECTION) || token.is(Kind.DIFFERENCE);
  }

  private Expr matrix(String name) {
    List<List<Expr>> rows = new ArrayList<>();
    List<Expr> row = new ArrayList<>();
    while (!peek().is(Kind.END_MATRIX)) {
      row.add(list());
      if (peek().is(Kind.AMPERSAND)) {
        at++;
      } else if (peek().is(Kind.NEW_ROW)) {
        at++;
        rows.add(List.copyOf(row));
        row.clear();
      } else if (!peek().is(Kind.END_MATRIX)) {
        throw unexpected("in a matrix");
      }
    }
    at++;
    if (!row.isEmpty()) {
      rows.add(List.copyOf(row));
    }
    if (rows.isEmpty() || rows.stream().anyMatch(r -> r.size() != rows.get(0).size())) {
      throw new Unreadable("a matrix with rows of different length");
    }
    Expr matrix = new Expr.Matrix(List.copyOf(rows));
    return name.equals("vmatrix") ? new Expr.Call(Function.DETERMINANT, List.of(matrix)) : matrix;
  }

  private void skipPunctuation() {
    while (peek().is(Kind.COMMA)
        || peek().is(Kind.COLON)
        || peek().is(Kind.SEMICOLON)
        || peek().is(Kind.NEW_ROW)) {
      at++;
    }
  }

  private boolean endsList() {
    return switch (peek().kind()) {
      case END, CLOSE_ROUND, CLOSE_SQUARE, CLOSE_CURLY, CLOSE_GROUP, CLOSE_ANGLE -> true;
      default -> false;
    };
  }

  private void enter() {
    bound(++depth / FRAMES_A_BRACKET);
  }

  private static void bound(int nested) {
    if (nested > MAX_DEPTH) {
      throw new Unreadable("nested deeper than " + MAX_DEPTH);
    }
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token previous() {
    return tokens.get(at - 1);
  }

  private Token advance() {
    Token token = tokens.get(at);
    if (!token.is(Kind.END)) {
      at++;
    }
    return token;
  }

  private void expect(Kind kind) {
    if (!peek().is(kind)) {
      throw unexpected("where a bracket should close");
    }
    at++;
  }

  private Unreadable unexpected(String where) {
    return unexpected(peek(), where);
  }

  private static Unreadable unexpected(Token token, String where) {
    return new Unreadable(
        token.is(Kind.END) ? "the answer ends " + where : "'" + token.text() + "' " + where);
  }
}
