package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.Bracket;
import dev.hone.rewards.math.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reads a function with its index, its power and its arguments, in parentheses or without. */
final class Calls {

  private final TokenStream in;
  private final Parser parser;

  Calls(TokenStream in, Parser parser) {
    this.in = in;
    this.parser = parser;
  }

  Expr call(Function function) {
    Expr power = null;
    Expr base = null;
    while (in.peek().is(Kind.CARET) || in.peek().is(Kind.UNDERSCORE)) {
      if (in.advance().is(Kind.CARET)) {
        power = parser.exponent();
      } else {
        base = parser.primary();
      }
    }
    while (in.peek().is(Kind.PRIME)) {
      throw in.unexpected("after a function");
    }
    List<Expr> arguments = new ArrayList<>();
    if (in.peek().is(Kind.OPEN_ROUND)) {
      in.advance();
      Expr inner = parser.list();
      in.expect(Kind.CLOSE_ROUND);
      if (inner instanceof Expr.Sequence sequence && sequence.bracket() == Bracket.NONE) {
        arguments.addAll(sequence.items());
      } else {
        arguments.add(inner);
      }
    } else if (function.isElementary() || function == Function.DETERMINANT) {
      arguments.add(bareArgument());
    } else {
      arguments.add(parser.argument());
    }
    if (base != null) {
      if (function != Function.LOG || arguments.size() != 1) {
        throw in.unexpected("with an index");
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
    in.enter();
    Expr argument;
    if (in.peek().is(Kind.MINUS)) {
      in.advance();
      argument = new Expr.Negation(bareArgument());
    } else {
      argument = parser.power();
      while (parser.beginsFactor(in.peek())
          && !in.peek().is(Kind.FUNCTION)
          && !in.peek().is(Kind.NUMBER)) {
        argument = Parser.times(argument, parser.power());
      }
      // "\sin 2\pi/3": the quotient of π by a number is one angle.
      if (in.peek().is(Kind.DIVIDE) && in.peek(1).is(Kind.NUMBER) && mentionsPi(argument)) {
        in.advance();
        argument = new Expr.Quotient(argument, parser.power());
      }
    }
    in.leave();
    return argument;
  }

  private static boolean mentionsPi(Expr argument) {
    return argument == Expr.Constant.PI
        || argument instanceof Expr.Product product && product.factors().contains(Expr.Constant.PI);
  }
}
