package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;
import java.util.List;

/** Tokens under a cursor, and a count of how deep they nest. */
final class TokenStream {

  /** How deep brackets, quotients and signs may nest. */
  static final int MAX_DEPTH = 40;

  /** Methods that each bracket enters on the way down: list, sum, power, and a sign. */
  private static final int FRAMES_A_BRACKET = 4;

  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  /** The token so far ahead; the end where there are not as many. */
  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  /** The token so far back, or null. */
  Token back(int behind) {
    return at < behind ? null : tokens.get(at - behind);
  }

  Token previous() {
    return tokens.get(at - 1);
  }

  Token advance() {
    Token token = tokens.get(at);
    if (!token.is(Kind.END)) {
      at++;
    }
    return token;
  }

  void expect(Kind kind) {
    if (!peek().is(kind)) {
      throw unexpected("where a bracket should close");
    }
    at++;
  }

  void skipPunctuation() {
    while (peek().is(Kind.COMMA)
        || peek().is(Kind.COLON)
        || peek().is(Kind.SEMICOLON)
        || peek().is(Kind.NEW_ROW)) {
      at++;
    }
  }

  boolean endsList() {
    return switch (peek().kind()) {
      case END, CLOSE_ROUND, CLOSE_SQUARE, CLOSE_CURLY, CLOSE_GROUP, CLOSE_ANGLE -> true;
      default -> false;
    };
  }

  /** Counts one more level of nesting, until {@link #leave()}. */
  void enter() {
    bound(++depth / FRAMES_A_BRACKET);
  }

  void leave() {
    depth--;
  }

  static void bound(int nested) {
    if (nested > MAX_DEPTH) {
      throw new Unreadable("nested deeper than " + MAX_DEPTH);
    }
  }

  Unreadable unexpected(String where) {
    return unexpected(peek(), where);
  }

  static Unreadable unexpected(Token token, String where) {
    return new Unreadable(
        token.is(Kind.END) ? "the answer ends " + where : "'" + token.text() + "' " + where);
  }
}
