package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Cuts LaTeX, plain text, Unicode and any mixture of them into tokens. One pass, no backtracking,
 * and at most {@value #MAX_TOKENS} of them.
 */
final class Lexer {

  static final int MAX_CHARACTERS = 4_000;
  private static final int MAX_TOKENS = 1_500;

  /** What a brace encloses. */
  enum Brace {
    GROUP,
    ARGUMENT,
    TRANSPARENT,
    UPRIGHT
  }

  static final Set<Kind> VALUE_ENDS =
      Set.of(
          Kind.NUMBER,
          Kind.VULGAR_FRACTION,
          Kind.SYMBOL,
          Kind.CONSTANT,
          Kind.CLOSE_ROUND,
          Kind.CLOSE_GROUP,
          Kind.UNIT,
          Kind.BANG,
          Kind.CLOSE_SQUARE,
          Kind.WORD);

  final String text;
  private final boolean commas;
  private final Commands commands = new Commands(this);
  private final LetterRuns letterRuns = new LetterRuns(this);
  final List<Token> tokens = new ArrayList<>();
  private final Deque<Brace> braces = new ArrayDeque<>();
  private final boolean dollarsAreMoney;
  int at;
  private int lists;
  boolean spaced;

  /** How many environments are open that only line formulas up. */
  int alignments;

  private Lexer(String text, boolean commas) {
    this.text = text;
    this.commas = commas;
    this.dollarsAreMoney = dollarsAreMoney(text);
  }

  /**
   * The tokens of a text, the last of them {@link Kind#END}.
   *
   * @param commas whether a comma before three digits separates thousands where no bracket is open
   * @throws Unreadable where the text is too long or has a character that no notation knows
   */
  static List<Token> tokens(String text, boolean commas) {
    if (text.length() > MAX_CHARACTERS) {
      throw new Unreadable("longer than " + MAX_CHARACTERS + " characters");
    }
    // A negative thin space only moves what follows it.
    String tight = text.contains("\\\\!") ? text : text.replace("\\!", "");
    return new Lexer(plainCharacters(tight), commas).tokens();
  }

  private List<Token> tokens() {
    while (at < text.length()) {
      next();
      if (tokens.size() > MAX_TOKENS) {
        throw new Unreadable("more than " + MAX_TOKENS + " symbols");
      }
    }
    add(Kind.END, "");
    return tokens;
  }

  private void next() {
    char c = text.charAt(at);
    if (Notation.isSpace(c) || c == '~') {
      at++;
      spaced = true;
    } else if (Numeral.beginsAt(text, at)) {
      number();
    } else if (isLetter(c)) {
      letterRuns.letters();
    } else if (c == '\\') {
      commands.command();
    } else if (c == '{') {
      brace(bracesAnArgument() ? Brace.ARGUMENT : Brace.GROUP);
    } else if (c == '}') {
      closeBrace();
    } else if (c == '$' && !dollarsAreMoney || c == '&' && alignments > 0) {
      at++;
      spaced = true;
    } else {
      character(c);
    }
  }

  private void number() {
    Numeral.Read read = Numeral.read(text, at, commas && lists == 0);
    Expr.Number number = read.number();
    int end = read.end();
    if (last() == Kind.UNDERSCORE && text.substring(at, end).indexOf(' ') > 0) {
      // In \log_5 625 the index is 5.
      end = text.indexOf(' ', at);
      number = Numeral.read(text.substring(at, end), 0, false).number();
    }
    // An index or an argument without braces is one digit in TeX.
    if (takesOneDigit()) {
      number = Expr.Number.of(text.charAt(at) - '0');
      end = at + 1;
    }
    add(new Token(Kind.NUMBER, text.substring(at, end), number, spaced, upright(), at));
    at = end;
    for (String ordinal : new String[] {"st", "nd", "rd", "th"}) {
      if (text.startsWith(ordinal, at)
          && (at + 2 == text.length() || !isLetter(text.charAt(at + 2)))) {
        at += 2;
      }
    }
  }

  private boolean takesOneDigit() {
    int size = tokens.size();
    boolean first =
        last() == Kind.FRACTION
            || (last() == Kind.SQUARE_ROOT && tokens.get(size - 1).text().equals("sqrt"));
    boolean second = size >= 2 && last() == Kind.NUMBER && tokens.get(size - 2).is(Kind.FRACTION);
    return (first || second) && Numeral.isDigit(text, at);
  }

  private void character(char c) {
    int start = at;
    Rational vulgar = Notation.vulgarFraction(c);
    if (vulgar != null) {
      at++;
      add(
          new Token(
              Kind.VULGAR_FRACTION,
              String.valueOf(c),
              Expr.Number.of(vulgar),
              spaced,
              upright(),
              start));
      return;
    }
    if (Notation.superscript(c) != 0) {
      script(Kind.CARET, true, start);
      return;
    }
    if (Notation.subscript(c) != 0) {
      script(Kind.UNDERSCORE, false, start);
      return;
    }
    if (c == '^') {
      int degree = degreeAt(at);
      if (degree > 0) {
        at = degree;
        add(Kind.DEGREE, "°", start);
        return;
      }
    }
    for (String pair :
        new String[] {"...", "**", "<=", ">=", "!=", "==", ":=", "=<", "=>", "+-", "+/-", "~="}) {
      if (text.startsWith(pair, at)) {
        at += pair.length();
        switch (pair) {
          case "..." -> add(Kind.ELLIPSIS, pair, start);
          case "**" -> add(Kind.CARET, "^", start);
          case "+-", "+/-" -> add(Kind.PLUS_MINUS, "±", start);
          case "~=" -> add(Kind.RELATION, "≈", start);
          case "==", ":=" -> add(Kind.RELATION, "=", start);
          case "=<" -> add(Kind.RELATION, "<=", start);
          case "=>" -> throw new Unreadable("'=>' is not read");
          default -> add(Kind.RELATION, pair, start);
        }
        return;
      }
    }
    Notation.Sign sign = Notation.CHARACTERS.get(c);
    if (sign == null) {
      if (c == '.' || c == '"' || c == '“' || c == '”' || c == '?') {
        // The end of a sentence, and quotation marks, say nothing.
        at++;
        spaced = true;
        return;
      }
      throw new Unreadable(String.format("the character '%s' (U+%04X) is no notation", c, (int) c));
    }
    at++;
    switch (sign.kind()) {
      case OPEN_ROUND, OPEN_SQUARE, OPEN_ANGLE -> open(sign.kind(), start);
      case CLOSE_ROUND, CLOSE_SQUARE, CLOSE_ANGLE -> close(sign.kind(), start);
      default -> add(sign.kind(), sign.text(), start);
    }
  }

  /** Characters above or below the line become an index in braces. */
  private void script(Kind kind, boolean above, int start) {
    StringBuilder down = new StringBuilder();
    while (at < text.length()) {
      char c = above ? Notation.superscript(text.charAt(at)) : Notation.subscript(text.charAt(at));
      if (c == 0) {
        break;
      }
      down.append(c);
      at++;
    }
    add(kind, above ? "^" : "_", start);
    add(Kind.OPEN_GROUP, "{", start);
    Lexer inner = new Lexer(down.toString(), false);
    List<Token> script = inner.tokens();
    tokens.addAll(script.subList(0, script.size() - 1));
    add(Kind.CLOSE_GROUP, "}", start);
  }

  /** Where {@code ^\circ} or {@code ^{\circ}} ends, or 0. */
  private int degreeAt(int caret) {
    int position = caret + 1;
    while (position < text.length()
        && (text.charAt(position) == '{' || text.charAt(position) == ' ')) {
      position++;
    }
    for (String circle : new String[] {"\\circ", "∘", "°", "\\degree"}) {
      if (text.startsWith(circle, position)) {
        position += circle.length();
        int end = position;
        while (end < text.length() && text.charAt(end) == ' ') {
          end++;
        }
        boolean braced = text.substring(caret, position).contains("{");
        return braced && text.startsWith("}", end) ? end + 1 : position;
      }
    }
    return 0;
  }

  private boolean bracesAnArgument() {
    return switch (last()) {
      case FRACTION, SQUARE_ROOT, CUBE_ROOT, CARET, UNDERSCORE, BINOMIAL, FUNCTION -> true;
      case CLOSE_GROUP -> text.lastIndexOf('}', at) == at - 1;
      case CLOSE_SQUARE -> tokens.size() > 3 && tokens.get(tokens.size() - 4).is(Kind.SQUARE_ROOT);
      default -> false;
    };
  }

  void brace(Brace kind) {
    braces.push(kind);
    int start = at++;
    if (kind == Brace.GROUP) {
      lists++;
    }
    if (kind == Brace.GROUP || kind == Brace.ARGUMENT) {
      add(Kind.OPEN_GROUP, kind == Brace.ARGUMENT ? "{" : "set", start);
    }
  }

  private void closeBrace() {
    int start = at++;
    if (braces.isEmpty()) {
      throw new Unreadable("a brace closes that never opened");
    }
    Brace kind = braces.pop();
    if (kind == Brace.GROUP) {
      lists--;
    }
    if (kind == Brace.GROUP || kind == Brace.ARGUMENT) {
      add(Kind.CLOSE_GROUP, "}", start);
    } else {
      spaced |= kind == Brace.UPRIGHT && isLetterAt(at);
    }
  }

  void open(Kind kind, int start) {
    open(kind, "(", start);
  }

  void open(Kind kind, String name, int start) {
    lists++;
    add(kind, name, start);
  }

  void close(Kind kind, int start) {
    lists = Math.max(0, lists - 1);
    add(kind, ")", start);
  }

  void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  boolean isLetterAt(int position) {
    return position < text.length() && isLetter(text.charAt(position));
  }

  boolean upright() {
    return braces.contains(Brace.UPRIGHT);
  }

  Kind last() {
    return tokens.isEmpty() ? Kind.END : tokens.get(tokens.size() - 1).kind();
  }

  void add(Kind kind, String name) {
    add(kind, name, at);
  }

  void add(Kind kind, String name, int start) {
    add(new Token(kind, name, null, spaced, upright(), start));
  }

  void add(Token token) {
    tokens.add(token);
    spaced = false;
  }

  static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Full-width forms come back to ASCII; what shows nothing goes. */
  private static String plainCharacters(String text) {
    StringBuilder plain = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean fullWidth = c >= '！' && c <= '～';
      if (plain == null && (fullWidth || Notation.isInvisible(c))) {
        plain = new StringBuilder(text.substring(0, i));
      }
      if (plain != null && !Notation.isInvisible(c)) {
        plain.append(fullWidth ? (char) (c - '！' + '!') : c);
      }
    }
    return plain == null ? text : plain.toString();
  }

  /**
   * Whether dollar signs are money here, and not the bounds of a formula: they are where their
   * number is odd, or where the last one stands before a digit.
   */
  private static boolean dollarsAreMoney(String text) {
    int count = 0;
    int last = -1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '$' && (i == 0 || text.charAt(i - 1) != '\\')) {
        count++;
        last = i;
      }
    }
    return count % 2 == 1 || (count > 0 && Numeral.isDigit(text, last + 1));
  }
}
