package dev.hone.policy.jinja;

import dev.hone.policy.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Expressions, in Jinja's order of precedence: one method a level, loosest first. */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final Tokens tokens;
  private final OperandParser operands;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
    this.operands = new OperandParser(tokens, this);
  }

  OperandParser operands() {
    return operands;
  }

  /** {@code a, b}: a tuple where there is a comma, else a single expression. */
  Expression tuple() {
    Expression first = expression();
    if (!tokens.symbol(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (tokens.skipSymbol(",") && !tokens.symbol(")") && !atTagEnd()) {
      elements.add(expression());
    }
    return OperandParser.list(elements);
  }

  private boolean atTagEnd() {
    Kind kind = tokens.peek().kind();
    return kind == Kind.BLOCK_END || kind == Kind.OUTPUT_END || tokens.symbol("=");
  }

  /** {@code a if condition else b}. */
  Expression expression() {
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression chosen = value;
      Expression condition = or();
      Expression otherwise =
          tokens.skipName("else")
              ? expression()
              : scope -> new Undefined("the value of an if without else");
      value =
          scope ->
              Values.truth(condition.evaluate(scope))
                  ? chosen.evaluate(scope)
                  : otherwise.evaluate(scope);
    }
    return value;
  }

  Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      Expression a = left;
      Expression b = and();
      left =
          scope -> {
            Object value = a.evaluate(scope);
            return Values.truth(value) ? value : b.evaluate(scope);
          };
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      Expression a = left;
      Expression b = not();
      left =
          scope -> {
            Object value = a.evaluate(scope);
            return Values.truth(value) ? b.evaluate(scope) : value;
          };
    }
    return left;
  }

  private Expression not() {
    if (tokens.skipName("not")) {
      Expression negated = not();
      return scope -> !Values.truth(negated.evaluate(scope));
    }
    return comparison();
  }

  /** {@code a < b <= c}: each neighbour compared. */
  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> operands = new ArrayList<>(List.of(first));
    while (true) {
      if (tokens.peek().kind() == Kind.SYMBOL && COMPARISONS.contains(tokens.peek().text())) {
        operators.add(tokens.next().text());
      } else if (tokens.skipName("in")) {
        operators.add("in");
      } else if (tokens.name("not") && tokens.peekAfter().is(Kind.NAME, "in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        break;
      }
      operands.add(sum());
    }
    if (operators.isEmpty()) {
      return first;
    }
    return scope -> {
      Object left = first.evaluate(scope);
      for (int i = 0; i < operators.size(); i++) {
        Object right = operands.get(i + 1).evaluate(scope);
        if (!compared(operators.get(i), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    };
  }

  private static boolean compared(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Values.equal(a, b);
      case "!=" -> !Values.equal(a, b);
      case "<" -> Values.compare(a, b) < 0;
      case "<=" -> Values.compare(a, b) <= 0;
      case ">" -> Values.compare(a, b) > 0;
      case ">=" -> Values.compare(a, b) >= 0;
      case "in" -> Values.contains(b, a);
      default -> !Values.contains(b, a);
    };
  }

  private interface Level {
    Expression parse();
  }

  private Expression sum() {
    return binary(Set.of("+", "-"), this::concatenation);
  }

  private Expression concatenation() {
    return binary(Set.of("~"), this::product);
  }

  private Expression product() {
    return binary(Set.of("*", "/", "//", "%"), this::power);
  }

  private Expression power() {
    return binary(Set.of("**"), () -> unary(true));
  }

  private Expression binary(Set<String> operators, Level operand) {
    Expression left = operand.parse();
    while (tokens.peek().kind() == Kind.SYMBOL && operators.contains(tokens.peek().text())) {
      Token operator = tokens.next();
      Expression a = left;
      Expression b = operand.parse();
      left =
          scope ->
              TemplateError.in(
                  operator.line(),
                  () -> Arithmetic.apply(operator.text(), a.evaluate(scope), b.evaluate(scope)));
    }
    return left;
  }

  private Expression unary(boolean filtered) {
    Expression value;
    if (tokens.skipSymbol("-")) {
      Expression negated = unary(false);
      value = scope -> Arithmetic.negate(negated.evaluate(scope));
    } else if (tokens.skipSymbol("+")) {
      value = unary(false);
    } else {
      value = operands.operand();
    }
    return filtered ? operands.filters(value) : value;
  }
}
