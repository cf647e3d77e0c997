package dev.hone.policy.jinja;

import dev.hone.policy.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tags: {@code if}, {@code for}, {@code set}, {@code macro}, {@code call} and so on. */
final class StatementParser {

  private final Tokens tokens;
  private final ExpressionParser expressions;

  StatementParser(List<Token> tokens) {
    this.tokens = new Tokens(tokens);
    this.expressions = new ExpressionParser(this.tokens);
  }

  Statement template() {
    Statement body = body(Set.of());
    tokens.expect(Kind.END, "the end of the template");
    return body;
  }

  /** Everything up to a block that begins with one of {@code ends}, whose name is then next. */
  private Statement body(Set<String> ends) {
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      if (token.kind() == Kind.DATA) {
        tokens.next();
        statements.add((scope, out) -> out.append(token.text()));
      } else if (token.kind() == Kind.OUTPUT_BEGIN) {
        tokens.next();
        Expression value = expressions.tuple();
        tokens.expect(Kind.OUTPUT_END, "'}}'");
        statements.add((scope, out) -> out.append(Values.string(value.evaluate(scope))));
      } else if (token.kind() == Kind.BLOCK_BEGIN && !ends.contains(tokens.peekAfter().text())) {
        tokens.next();
        statements.add(statement());
      } else {
        if (token.kind() == Kind.END && !ends.isEmpty()) {
          throw tokens.unexpected("one of " + String.join(", ", ends.stream().sorted().toList()));
        }
        if (token.kind() == Kind.BLOCK_BEGIN) {
          tokens.next();
        }
        return (scope, out) -> {
          for (Statement statement : statements) {
            statement.run(scope, out);
          }
        };
      }
    }
  }

  private void end() {
    tokens.expect(Kind.BLOCK_END, "'%}'");
  }

  /** The body up to {@code endName}, past that tag. */
  private Statement bodyUntil(String endName) {
    Statement body = body(Set.of(endName));
    tokens.expectName(endName);
    end();
    return body;
  }

  private Statement statement() {
    Token name = tokens.expect(Kind.NAME, "the name of a statement");
    return switch (name.text()) {
      case "if" -> condition();
      case "for" -> loop();
      case "set" -> assignment();
      case "macro" -> macro();
      case "call" -> callBlock();
      case "filter" -> filterBlock();
      case "with" -> with();
      case "generation" -> {
        end();
        yield bodyUntil("endgeneration");
      }
      case "break" -> control(LoopControl.BREAK);
      case "continue" -> control(LoopControl.CONTINUE);
      default ->
          throw new TemplateError(
              name.line(),
              "there is no statement '" + name.text() + "', or it does not stand here");
    };
  }

  private Statement control(LoopControl control) {
    end();
    return (scope, out) -> {
      throw control;
    };
  }

  private Statement condition() {
    Expression test = expressions.tuple();
    end();
    Statement then = body(Set.of("elif", "else", "endif"));
    Statement otherwise = (scope, out) -> {};
    if (tokens.skipName("elif")) {
      otherwise = condition();
    } else if (tokens.skipName("else")) {
      end();
      otherwise = bodyUntil("endif");
    } else {
      tokens.expectName("endif");
      end();
    }
    Statement rest = otherwise;
    return (scope, out) -> (Values.truth(test.evaluate(scope)) ? then : rest).run(scope, out);
  }

  private Statement loop() {
    Target target = targets();
    tokens.expectName("in");
    Expression elements = loopElements();
    Expression filter = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    end();
    Statement body = body(Set.of("else", "endfor"));
    Statement otherwise = (scope, out) -> {};
    if (tokens.skipName("else")) {
      end();
      otherwise = bodyUntil("endfor");
    } else {
      tokens.expectName("endfor");
      end();
    }
    ForLoop loop = new ForLoop(target, filter, recursive, body, otherwise);
    return (scope, out) -> loop.run(elements.evaluate(scope), 1, scope, out);
  }

  /** A tuple without the conditional, whose {@code if} is the loop's. */
  private Expression loopElements() {
    Expression first = expressions.or();
    if (!tokens.symbol(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (tokens.skipSymbol(",")) {
      elements.add(expressions.or());
    }
    return scope -> elements.stream().map(element -> element.evaluate(scope)).toList();
  }

  /** {@code a}, {@code a, b} or {@code namespace.attribute}. */
  private Target targets() {
    List<Target> targets = new ArrayList<>();
    boolean several = false;
    do {
      if (tokens.skipSymbol("(")) {
        targets.add(targets());
        tokens.expectSymbol(")");
      } else {
        targets.add(target());
      }
      several |= tokens.symbol(",");
    } while (tokens.skipSymbol(","));
    return several ? Target.unpacked(targets) : targets.get(0);
  }

  private Target target() {
    Token name = tokens.expect(Kind.NAME, "the name of a variable");
    if (!tokens.skipSymbol(".")) {
      return (scope, value) -> scope.set(name.text(), value);
    }
    Token attribute = tokens.expect(Kind.NAME, "the name of an attribute");
    return (scope, value) -> {
      if (!(scope.get(name.text()) instanceof Namespace namespace)) {
        throw new TemplateError(
            name.line(), "only a namespace's attributes can be set, not those of " + name);
      }
      namespace.set(attribute.text(), value);
    };
  }

  private Statement assignment() {
    Target target = targets();
    if (tokens.skipSymbol("=")) {
      Expression value = expressions.tuple();
      end();
      return (scope, out) -> target.assign(scope, value.evaluate(scope));
    }
    Expression value = scope -> scope.get(CAPTURED);
    while (tokens.symbol("|")) {
      value = expressions.operands().filter(value);
    }
    Expression filtered = value;
    end();
    Statement body = bodyUntil("endset");
    return (scope, out) -> target.assign(scope, filtered.evaluate(capture(body, scope)));
  }

  /** No template can write a name with a blank in it. */
  private static final String CAPTURED = "captured text";

  /** A scope in which the text that {@code body} writes is {@link #CAPTURED}. */
  private static Scope capture(Statement body, Scope scope) {
    StringBuilder text = new StringBuilder();
    Scope inner = new Scope(scope);
    body.run(inner, text);
    inner.set(CAPTURED, text.toString());
    return inner;
  }

  private Statement filterBlock() {
    Expression value = expressions.operands().namedFilter(scope -> scope.get(CAPTURED));
    while (tokens.symbol("|")) {
      value = expressions.operands().filter(value);
    }
    Expression filtered = value;
    end();
    Statement body = bodyUntil("endfilter");
    return (scope, out) -> out.append(Values.string(filtered.evaluate(capture(body, scope))));
  }

  private Statement with() {
    Map<Target, Expression> variables = new LinkedHashMap<>();
    while (tokens.peek().kind() != Kind.BLOCK_END) {
      Target target = target();
      tokens.expectSymbol("=");
      variables.put(target, expressions.expression());
      tokens.skipSymbol(",");
    }
    end();
    Statement body = bodyUntil("endwith");
    return (scope, out) -> {
      Scope inner = new Scope(scope);
      variables.forEach((target, value) -> target.assign(inner, value.evaluate(scope)));
      body.run(inner, out);
    };
  }

  private Statement macro() {
    Token name = tokens.expect(Kind.NAME, "the name of a macro");
    Map<String, Expression> parameters = parameters();
    end();
    Statement body = bodyUntil("endmacro");
    return (scope, out) ->
        scope.set(
            name.text(),
            (Callable)
                arguments ->
                    Macro.run(
                        name.text(),
                        parameters,
                        body,
                        scope,
                        arguments,
                        arguments.named().get("caller")));
  }

  /** {@code {% call(a) name(...) %}}: the body becomes the macro's {@code caller}. */
  private Statement callBlock() {
    Map<String, Expression> parameters = tokens.symbol("(") ? parameters() : Map.of();
    Token name = tokens.peek();
    Expression caller = scope -> scope.get(CALLER);
    Expression called = expressions.operands().callWith(caller);
    end();
    Statement body = bodyUntil("endcall");
    return (scope, out) -> {
      Scope inner = new Scope(scope);
      inner.set(
          CALLER,
          (Callable) arguments -> Macro.run(name.text(), parameters, body, scope, arguments, null));
      out.append(Values.string(called.evaluate(inner)));
    };
  }

  private static final String CALLER = "calling block";

  private Map<String, Expression> parameters() {
    Map<String, Expression> parameters = new LinkedHashMap<>();
    tokens.expectSymbol("(");
    while (!tokens.skipSymbol(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectSymbol(",");
      }
      Token name = tokens.expect(Kind.NAME, "the name of a parameter");
      parameters.put(
          name.text(),
          tokens.skipSymbol("=")
              ? expressions.expression()
              : scope -> new Undefined("the parameter '" + name.text() + "'"));
    }
    return parameters;
  }
}
