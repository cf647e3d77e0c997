package dev.hone.rewards.math;

/**
 * A piece of notation.
 *
 * @param text the name of a symbol, function or word; the operator of a relation
 * @param number the value of a {@link Kind#NUMBER}, else null
 * @param spaced whether white space stands before it
 * @param upright whether it stands in {@code \text} or the like
 * @param at where it begins in the text, for messages
 */
record Token(Kind kind, String text, Expr.Number number, boolean spaced, boolean upright, int at) {

  enum Kind {
    NUMBER,
    /** A fraction in one character, such as ½. */
    VULGAR_FRACTION,
    SYMBOL,
    CONSTANT,
    FUNCTION,
    WORD,
    UNIT,
    PLUS,
    MINUS,
    PLUS_MINUS,
    MINUS_PLUS,
    TIMES,
    DIVIDE,
    OVER,
    CARET,
    UNDERSCORE,
    PRIME,
    BANG,
    PERCENT,
    DEGREE,
    CURRENCY,
    OPEN_ROUND,
    CLOSE_ROUND,
    OPEN_SQUARE,
    CLOSE_SQUARE,
    OPEN_CURLY,
    CLOSE_CURLY,
    /** A bare brace: it groups, and in plain text it is a set. */
    OPEN_GROUP,
    CLOSE_GROUP,
    OPEN_ANGLE,
    CLOSE_ANGLE,
    OPEN_FLOOR,
    CLOSE_FLOOR,
    OPEN_CEIL,
    CLOSE_CEIL,
    BAR,
    SUCH_THAT,
    COMMA,
    SEMICOLON,
    COLON,
    AND,
    OR,
    RELATION,
    UNION,
    INTERSECTION,
    DIFFERENCE,
    NAMED_SET,
    FRACTION,
    SQUARE_ROOT,
    CUBE_ROOT,
    BINOMIAL,
    BEGIN_MATRIX,
    END_MATRIX,
    AMPERSAND,
    NEW_ROW,
    ELLIPSIS,
    END
  }

  boolean is(Kind other) {
    return kind == other;
  }
}
