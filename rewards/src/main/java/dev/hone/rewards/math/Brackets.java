package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.Bracket;
import dev.hone.rewards.math.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reads what brackets of all kinds enclose: tuples, intervals, sets, absolute values, matrices. */
final class Brackets {

  private final TokenStream in;
  private final Parser parser;

  /** How many absolute values are open, in which a bar closes. */
  private int bars;

  /** How many sets are open, in which a bar means "such that". */
  private int curly;

  Brackets(TokenStream in, Parser parser) {
    this.in = in;
    this.parser = parser;
  }

  /** Whether a bar that stands here begins an absolute value. */
  boolean barOpens() {
    return bars == 0 && curly == 0;
  }

  boolean insideSet() {
    return curly > 0;
  }

  Expr outward() {
    Expr inner = parser.list();
    boolean closed = in.peek().is(Kind.CLOSE_SQUARE);
    if (!closed) {
      in.expect(Kind.OPEN_SQUARE);
    } else {
      in.advance();
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

  Expr enclosed(Function function, Kind close) {
    Expr inner = parser.sum();
    in.expect(close);
    return new Expr.Call(function, List.of(inner));
  }

  Expr absolute() {
    bars++;
    int outer = curly;
    curly = 0;
    Expr inner = parser.sum();
    curly = outer;
    bars--;
    in.expect(Kind.BAR);
    return new Expr.Call(
        inner instanceof Expr.Matrix ? Function.DETERMINANT : Function.ABS, List.of(inner));
  }

  Expr bracketed(Kind close, Bracket bracket) {
    int outerCurly = curly;
    int outerBars = bars;
    curly = 0;
    bars = 0;
    if (in.peek().is(close)) {
      in.advance();
      throw in.unexpected("after an empty bracket");
    }
    Expr inner = parser.list();
    curly = outerCurly;
    bars = outerBars;
    Kind closed = in.peek().kind();
    if (close == Kind.CLOSE_SQUARE && closed == Kind.OPEN_SQUARE) {
      in.advance();
      return interval(inner, true, false);
    }
    boolean crossed =
        (close == Kind.CLOSE_ROUND && closed == Kind.CLOSE_SQUARE)
            || (close == Kind.CLOSE_SQUARE && closed == Kind.CLOSE_ROUND);
    if (!crossed) {
      in.expect(close);
    } else {
      in.advance();
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
      throw in.unexpected("closes another bracket");
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

  Expr set(Kind close) {
    if (in.peek().is(close)) {
      in.advance();
      return Expr.NamedSet.EMPTY;
    }
    boolean afterOperator = in.back(2) != null && isSetOperator(in.back(2));
    curly++;
    int outerBars = bars;
    bars = 0;
    Expr inner = parser.list();
    if (in.peek().is(Kind.BAR) || in.peek().is(Kind.SUCH_THAT) || in.peek().is(Kind.COLON)) {
      in.advance();
      Expr condition = parser.list();
      curly--;
      bars = outerBars;
      in.expect(close);
      return new Expr.Builder(inner, condition);
    }
    curly--;
    bars = outerBars;
    in.expect(close);
    List<Expr> items =
        inner instanceof Expr.Sequence sequence && sequence.bracket() == Bracket.NONE
            ? sequence.items()
            : List.of(inner);
    // A bare brace around one thing only groups it, unless it stands between sets.
    return close == Kind.CLOSE_GROUP
            && items.size() == 1
            && !(afterOperator || isSetOperator(in.peek()))
        ? inner
        : new Expr.Sequence(Bracket.CURLY, items);
  }

  private static boolean isSetOperator(Token token) {
    return token.is(Kind.UNION) || token.is(Kind.INTERSECTION) || token.is(Kind.DIFFERENCE);
  }

  Expr matrix(String name) {
    List<List<Expr>> rows = new ArrayList<>();
    List<Expr> row = new ArrayList<>();
    while (!in.peek().is(Kind.END_MATRIX)) {
      row.add(parser.list());
      if (in.peek().is(Kind.AMPERSAND)) {
        in.advance();
      } else if (in.peek().is(Kind.NEW_ROW)) {
        in.advance();
        rows.add(List.copyOf(row));
        row.clear();
      } else if (!in.peek().is(Kind.END_MATRIX)) {
        throw in.unexpected("in a matrix");
      }
    }
    in.advance();
    if (!row.isEmpty()) {
      rows.add(List.copyOf(row));
    }
    if (rows.isEmpty() || rows.stream().anyMatch(r -> r.size() != rows.get(0).size())) {
      throw new Unreadable("a matrix with rows of different length");
    }
    Expr matrix = new Expr.Matrix(List.copyOf(rows));
    return name.equals("vmatrix") ? new Expr.Call(Function.DETERMINANT, List.of(matrix)) : matrix;
  }
}
