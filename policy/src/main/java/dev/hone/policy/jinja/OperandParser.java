package dev.hone.policy.jinja;

import dev.hone.policy.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What operators join: constants, names, literals, and what follows them: access, calls, filters.
 */
final class OperandParser {

  private static final Set<String> NO_TEST_ARGUMENT = Set.of("else", "or", "and", "is", "if");

  private final Tokens tokens;
  private final ExpressionParser expressions;

  OperandParser(Tokens tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** An operand without its filters and tests. */
  Expression operand() {
    return postfix(primary());
  }

  private Expression primary() {
    Token token = tokens.next();
    switch (token.kind()) {
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Kind.STRING) {
          text.append(tokens.next().text());
        }
        return constant(text.toString());
      }
      case INTEGER -> {
        return constant(Long.parseLong(token.text()));
      }
      case FLOAT -> {
        return constant(Double.parseDouble(token.text()));
      }
      case NAME -> {
        return switch (token.text()) {
          case "true", "True" -> constant(true);
          case "false", "False" -> constant(false);
          case "none", "None" -> constant(null);
          default -> scope -> scope.get(token.text());
        };
      }
      default -> {
        return switch (token.text()) {
          case "(" -> parenthesised();
          case "[" -> list(elements("]"));
          case "{" -> mapping();
          default ->
              throw new TemplateError(token.line(), "expected an expression, found " + token);
        };
      }
    }
  }

  private static Expression constant(Object value) {
    return scope -> value;
  }

  private Expression parenthesised() {
    if (tokens.skipSymbol(")")) {
      return constant(List.of());
    }
    Expression inner = expressions.tuple();
    tokens.expectSymbol(")");
    return inner;
  }

  private List<Expression> elements(String close) {
    List<Expression> elements = new ArrayList<>();
    while (!tokens.skipSymbol(close)) {
      if (!elements.isEmpty()) {
        tokens.expectSymbol(",");
        if (tokens.skipSymbol(close)) {
          break;
        }
      }
      elements.add(expressions.expression());
    }
    return elements;
  }

  static Expression list(List<Expression> elements) {
    return scope -> {
      List<Object> values = new ArrayList<>();
      elements.forEach(element -> values.add(element.evaluate(scope)));
      return values;
    };
  }

  private Expression mapping() {
    Map<Expression, Expression> entries = new LinkedHashMap<>();
    while (!tokens.skipSymbol("}")) {
      if (!entries.isEmpty()) {
        tokens.expectSymbol(",");
        if (tokens.skipSymbol("}")) {
          break;
        }
      }
      Expression key = expressions.expression();
      tokens.expectSymbol(":");
      entries.put(key, expressions.expression());
    }
    return scope -> {
      Map<Object, Object> values = new LinkedHashMap<>();
      entries.forEach((key, value) -> values.put(key.evaluate(scope), value.evaluate(scope)));
      return values;
    };
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Expression of = value;
      int line = tokens.peek().line();
      if (tokens.skipSymbol(".")) {
        Token name = tokens.next();
        value =
            name.kind() == Kind.INTEGER
                ? scope -> Access.item(of.evaluate(scope), Long.parseLong(name.text()))
                : scope ->
                    TemplateError.in(line, () -> Access.attribute(of.evaluate(scope), name.text()));
      } else if (tokens.skipSymbol("[")) {
        value = subscript(of, line);
      } else if (tokens.symbol("(")) {
        value = call(of, line);
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression of, int line) {
    Expression[] bounds = new Expression[3];
    int part = 0;
    while (!tokens.symbol("]")) {
      if (tokens.skipSymbol(":")) {
        part++;
      } else {
        bounds[part] = expressions.expression();
      }
      if (part > 2) {
        throw tokens.unexpected("']'");
      }
    }
    tokens.next();
    if (part == 0) {
      Expression key = bounds[0];
      return scope ->
          TemplateError.in(line, () -> Access.item(of.evaluate(scope), key.evaluate(scope)));
    }
    return scope ->
        TemplateError.in(
            line,
            () ->
                Access.slice(
                    of.evaluate(scope),
                    bounds[0] == null ? null : bounds[0].evaluate(scope),
                    bounds[1] == null ? null : bounds[1].evaluate(scope),
                    bounds[2] == null ? null : bounds[2].evaluate(scope)));
  }

  /** A call whose function is also given {@code caller} by that name. */
  Expression callWith(Expression caller) {
    Token name = tokens.expect(Kind.NAME, "the name of a macro");
    ArgumentList list = arguments();
    return scope -> {
      Arguments given = list.evaluate(scope);
      Map<String, Object> named = new HashMap<>(given.named());
      named.put("caller", caller.evaluate(scope));
      if (scope.get(name.text()) instanceof Callable macro) {
        return TemplateError.in(
            name.line(), () -> macro.call(new Arguments(given.positional(), named)));
      }
      throw new TemplateError(name.line(), name + " is not a macro");
    };
  }

  private interface ArgumentList {
    Arguments evaluate(Scope scope);
  }

  private Expression call(Expression of, int line) {
    ArgumentList list = arguments();
    return scope -> {
      Object function = of.evaluate(scope);
      Arguments arguments = list.evaluate(scope);
      if (function instanceof Callable callable) {
        return TemplateError.in(line, () -> callable.call(arguments));
      } else if (function instanceof Loop loop) {
        return loop.call(arguments);
      } else if (function instanceof Undefined undefined) {
        throw new TemplateError(line, undefined.error().getMessage());
      }
      throw new TemplateError(line, Values.described(function) + " cannot be called");
    };
  }

  private ArgumentList arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    tokens.expectSymbol("(");
    while (!tokens.skipSymbol(")")) {
      if (!positional.isEmpty() || !named.isEmpty()) {
        tokens.expectSymbol(",");
        if (tokens.skipSymbol(")")) {
          break;
        }
      }
      if (tokens.peek().kind() == Kind.NAME && tokens.peekAfter().is(Kind.SYMBOL, "=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expressions.expression());
      } else {
        positional.add(expressions.expression());
      }
    }
    return scope -> {
      List<Object> values = new ArrayList<>();
      positional.forEach(argument -> values.add(argument.evaluate(scope)));
      Map<String, Object> byName = new HashMap<>();
      named.forEach((name, argument) -> byName.put(name, argument.evaluate(scope)));
      return new Arguments(values, byName);
    };
  }

  Expression filters(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.symbol("|")) {
        value = filter(value);
      } else if (tokens.name("is")) {
        value = test(value);
      } else if (tokens.symbol("(")) {
        value = call(value, tokens.peek().line());
      } else {
        return value;
      }
    }
  }

  /** {@code | name(arguments)}, the bar not yet read. */
  Expression filter(Expression of) {
    tokens.expectSymbol("|");
    return namedFilter(of);
  }

  Expression namedFilter(Expression of) {
    Token name = tokens.expect(Kind.NAME, "the name of a filter");
    if (!Filters.known(name.text())) {
      throw new TemplateError(name.line(), "there is no filter '" + name.text() + "'");
    }
    ArgumentList list = tokens.symbol("(") ? arguments() : scope -> Arguments.NONE;
    return scope ->
        TemplateError.in(
            name.line(),
            () -> Filters.apply(name.text(), of.evaluate(scope), list.evaluate(scope)));
  }

  private Expression test(Expression of) {
    tokens.expectName("is");
    boolean negated = tokens.skipName("not");
    Token name = tokens.expect(Kind.NAME, "the name of a test");
    ArgumentList list = scope -> Arguments.NONE;
    if (tokens.symbol("(")) {
      list = arguments();
    } else if (startsTestArgument(tokens.peek())) {
      Expression argument = postfix(primary());
      list =
          scope -> {
            List<Object> values = new ArrayList<>();
            values.add(argument.evaluate(scope));
            return new Arguments(values, Map.of());
          };
    }
    ArgumentList arguments = list;
    return scope ->
        TemplateError.in(
            name.line(),
            () ->
                negated
                    != Tests.holds(
                        name.text(), of.evaluate(scope), arguments.evaluate(scope).positional()));
  }

  private static boolean startsTestArgument(Token token) {
    return switch (token.kind()) {
      case NAME -> !NO_TEST_ARGUMENT.contains(token.text());
      case STRING, INTEGER, FLOAT -> true;
      case SYMBOL -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
