package dev.hone.policy.jinja;

/**
 * A piece of a template's source.
 *
 * @param text of a string its value, of a symbol the symbol
 */
record Token(Kind kind, String text, int line) {

  enum Kind {
    /** Text outside of all tags. */
    DATA,
    /** {@code {%} and {@code %}}. */
    BLOCK_BEGIN,
    BLOCK_END,
    /** {@code {{} and {@code }}}. */
    OUTPUT_BEGIN,
    OUTPUT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    SYMBOL,
    END
  }

  boolean is(Kind wanted, String wantedText) {
    return kind == wanted && text.equals(wantedText);
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "the end of the template" : "'" + text + "'";
  }
}
