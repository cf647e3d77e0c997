package dev.hone.policy.jinja;

import dev.hone.policy.jinja.Token.Kind;
import java.util.List;

/** A position in the tokens of a template. */
final class Tokens {

  private final List<Token> tokens;
  private int at;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peekAfter() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    return at < tokens.size() - 1 ? tokens.get(at++) : tokens.get(at);
  }

  boolean symbol(String text) {
    return peek().is(Kind.SYMBOL, text);
  }

  boolean name(String text) {
    return peek().is(Kind.NAME, text);
  }

  boolean skipSymbol(String text) {
    return symbol(text) && next() != null;
  }

  boolean skipName(String text) {
    return name(text) && next() != null;
  }

  void expectSymbol(String text) {
    if (!skipSymbol(text)) {
      throw unexpected("'" + text + "'");
    }
  }

  void expectName(String text) {
    if (!skipName(text)) {
      throw unexpected("'" + text + "'");
    }
  }

  Token expect(Kind kind, String what) {
    if (peek().kind() != kind) {
      throw unexpected(what);
    }
    return next();
  }

  TemplateError unexpected(String wanted) {
    return new TemplateError(peek().line(), "expected " + wanted + ", found " + peek());
  }
}
