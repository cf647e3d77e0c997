package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Cuts LaTeX, plain text, Unicode and any mixture of them into tokens. One pass, no backtracking,
 * and at most {@value #MAX_TOKENS} of them.
 */
final class Lexer {

  static final int MAX_CHARACTERS = 4_000;
  private static final int MAX_TOKENS = 1_500;

  /** What a brace encloses. */
  private enum Brace {
    GROUP,
    ARGUMENT,
    TRANSPARENT,
    UPRIGHT
  }

  private static final Set<Kind> VALUE_ENDS =
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

  /** Two letters that are a word, and not a product. */
  private static final Set<String> SHORT_WORDS =
      Set.of(
          "no", "on", "so", "is", "to", "of", "it", "at", "up", "us", "we", "me", "my", "he", "be",
          "by", "do", "go", "an", "as", "am", "if", "ok", "hi", "No", "AM", "PM", "pm");

  private final String text;
  private final boolean commas;
  private final List<Token> tokens = new ArrayList<>();
  private final Deque<Brace> braces = new ArrayDeque<>();
  private final boolean dollarsAreMoney;
  private int at;
  private int lists;
  private boolean spaced;

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
      letters();
    } else if (c == '\\') {
      command();
    } else if (c == '{') {
      brace(bracesAnArgument() ? Brace.ARGUMENT : Brace.GROUP);
    } else if (c == '}') {
      closeBrace();
    } else if (c == '$' && !dollarsAreMoney) {
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

  private void letters() {
    int start = at;
    while (at < text.length() && (isLetter(text.charAt(at)) || isApostrophe(start))) {
      at++;
    }
    String run = text.substring(start, at);
    Kind before = last();
    boolean afterValue = VALUE_ENDS.contains(before) || unitGoesOn();
    if (based(run, start)) {
      return;
    }
    if (run.equals("in")) {
      add(afterValue && !aSetFollows() ? Kind.UNIT : Kind.RELATION, "in", start);
      return;
    }
    if (run.equals("U") && (before == Kind.CLOSE_ROUND || before == Kind.CLOSE_SQUARE)) {
      add(Kind.UNION, "∪", start);
      return;
    }
    if (isTimes(run, start)) {
      add(Kind.TIMES, "*", start);
      return;
    }
    if (run.length() == 1 && "IAa".contains(run) && aWordFollows()) {
      add(Kind.WORD, run, start);
      return;
    }
    if (run.length() == 1 && !(upright() && afterValue && Unit.named(run) != null)) {
      single(run, start);
      return;
    }
    if (afterValue && before != Kind.WORD && Unit.named(run) != null) {
      add(Kind.UNIT, run, start);
      return;
    }
    Notation.Sign sign = Notation.WORDS.get(run);
    if (sign != null) {
      add(sign.kind(), sign.text(), start);
      return;
    }
    if (Function.named(run) != null) {
      add(Kind.FUNCTION, Function.named(run).plainName(), start);
      return;
    }
    Long numeral = Notation.NUMERALS.get(run.toLowerCase(Locale.ROOT));
    if (numeral != null) {
      add(new Token(Kind.NUMBER, run, Expr.Number.of(numeral), spaced, upright(), start));
      return;
    }
    if (!upright() && splits(run, start)) {
      product(run, start);
    } else {
      add(Kind.WORD, run, start);
    }
  }

  /** {@code 2.5 x 10^8}. */
  private boolean isTimes(String run, int start) {
    if (!run.equalsIgnoreCase("x") || last() != Kind.NUMBER || !spaced) {
      return false;
    }
    int next = at;
    while (next < text.length() && Notation.isSpace(text.charAt(next))) {
      next++;
    }
    return next > at && Numeral.isDigit(text, next);
  }

  /** An article or a pronoun, and not a variable: "A man", "I think". */
  private boolean aWordFollows() {
    if (upright() || at >= text.length() || text.charAt(at) != ' ') {
      return false;
    }
    int end = at + 1;
    while (end < text.length() && text.charAt(end) >= 'a' && text.charAt(end) <= 'z') {
      end++;
    }
    String word = text.substring(at + 1, end);
    return word.length() >= 2
        && !Notation.WORDS.containsKey(word)
        && Function.named(word) == null
        && Unit.named(word) == null;
  }

  /** {@code 1A_{16}}: digits that are letters, with the base after them. */
  private boolean based(String run, int start) {
    int base = baseAfter(at);
    boolean digitsBefore = last() == Kind.NUMBER && !spaced;
    if (base <= 10 || !(digitsBefore || run.length() > 1)) {
      return false;
    }
    StringBuilder digits = new StringBuilder();
    if (digitsBefore) {
      digits.append(tokens.get(tokens.size() - 1).text());
    }
    digits.append(run);
    for (int i = 0; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), base) < 0) {
        return false;
      }
    }
    if (digitsBefore) {
      tokens.remove(tokens.size() - 1);
    }
    add(Kind.WORD, digits.toString().toUpperCase(Locale.ROOT), start);
    return true;
  }

  /** The number of an index {@code _{16}} or {@code _16} that follows here, or 0. */
  private int baseAfter(int from) {
    int position = from;
    while (position < text.length() && text.charAt(position) == '}') {
      position++;
    }
    if (position >= text.length() || text.charAt(position) != '_') {
      return 0;
    }
    position++;
    while (position < text.length()
        && (text.charAt(position) == '{' || text.charAt(position) == ' ')) {
      position++;
    }
    int value = 0;
    for (int digits = 0; digits < 2 && Numeral.isDigit(text, position); digits++, position++) {
      value = 10 * value + text.charAt(position) - '0';
    }
    return Numeral.isDigit(text, position) || value > 36 ? 0 : value;
  }

  private void single(String letter, int start) {
    switch (letter) {
      case "i" -> add(Kind.CONSTANT, "I", start);
      case "e" -> add(Kind.CONSTANT, "E", start);
      default -> add(Kind.SYMBOL, letter, start);
    }
  }

  /** Whether a run of letters is a product of variables, or a function with its argument. */
  private boolean splits(String run, int start) {
    if (functionPrefix(run) > 0) {
      return true;
    }
    boolean touches = start > 0 && "0123456789^_*/+-=)}(".indexOf(text.charAt(start - 1)) >= 0;
    touches |= at < text.length() && "^_*/+-=('".indexOf(text.charAt(at)) >= 0;
    if (run.length() == 2) {
      return touches || !SHORT_WORDS.contains(run);
    }
    return touches && run.length() <= 4 && run.chars().noneMatch(c -> "eiouEIOU".indexOf(c) >= 0);
  }

  private static int functionPrefix(String run) {
    for (int length = Math.min(run.length() - 1, 6); length >= 2; length--) {
      Function function = Function.named(run.substring(0, length));
      if (function != null && function.isElementary() && run.length() - length <= 2) {
        return length;
      }
    }
    return 0;
  }

  private void product(String run, int start) {
    int prefix = functionPrefix(run);
    if (prefix > 0) {
      add(Kind.FUNCTION, Function.named(run.substring(0, prefix)).plainName(), start);
    }
    for (int i = prefix; i < run.length(); i++) {
      single(run.substring(i, i + 1), start + i);
    }
  }

  private void command() {
    int start = at++;
    if (at >= text.length()) {
      return;
    }
    char c = text.charAt(at);
    if (!isLetter(c)) {
      at++;
      switch (c) {
        case ',', ';', ':', '!', ' ', '>', '\n' -> spaced = true;
        case '{' -> open(Kind.OPEN_CURLY, start);
        case '}' -> close(Kind.CLOSE_CURLY, start);
        case '|' -> add(Kind.BAR, "|", start);
        case '%' -> add(Kind.PERCENT, "%", start);
        case '$' -> add(Kind.CURRENCY, "dollar", start);
        case '(', ')', '[', ']' -> spaced = true;
        case '\\' -> {
          at = skipOptional(at);
          add(Kind.NEW_ROW, "\\\\", start);
        }
        case '_', '&', '#' -> spaced = true;
        default -> throw new Unreadable("'\\" + c + "' is no notation");
      }
      return;
    }
    while (at < text.length() && isLetter(text.charAt(at))) {
      at++;
    }
    String name = text.substring(start + 1, at);
    if (Notation.IGNORED.contains(name)) {
      // "\left." shows no bracket.
      if ((name.equals("left") || name.equals("right")) && text.startsWith(".", at)) {
        at++;
      }
      spaced = true;
    } else if (Notation.UPRIGHT.contains(name) || Notation.TRANSPARENT.contains(name)) {
      argumentInline(Notation.UPRIGHT.contains(name) ? Brace.UPRIGHT : Brace.TRANSPARENT);
    } else if (Notation.WITH_ASIDE.contains(name)) {
      skipArgument();
      if (name.equals("textcolor") || name.equals("colorbox")) {
        argumentInline(Brace.TRANSPARENT);
      }
    } else if (Notation.ACCENTS.contains(name)) {
      accent(name, start);
    } else if (name.equals("begin") || name.equals("end")) {
      environment(name, start);
    } else if (name.equals("mathbb") || name.equals("Bbb")) {
      blackboard(start);
    } else if (name.equals("not")) {
      negatedRelation(start);
    } else {
      Notation.Sign sign = Notation.COMMANDS.get(name);
      if (sign == null) {
        throw new Unreadable("'\\" + name + "' is not read");
      }
      switch (sign.kind()) {
        case OPEN_CURLY, OPEN_SQUARE, OPEN_ANGLE -> open(sign.kind(), start);
        case CLOSE_CURLY, CLOSE_SQUARE, CLOSE_ANGLE -> close(sign.kind(), start);
        default -> add(sign.kind(), sign.text(), start);
      }
    }
  }

  private void argumentInline(Brace kind) {
    skipSpaces();
    if (at < text.length() && text.charAt(at) == '{') {
      spaced = true;
      brace(kind);
    }
  }

  private void accent(String name, int start) {
    skipSpaces();
    if (at >= text.length()) {
      throw new Unreadable("'\\" + name + "' stands over nothing");
    }
    int end = text.charAt(at) == '{' ? text.indexOf('}', at) : at;
    if (end < 0 || end - at > 12) {
      throw new Unreadable("'\\" + name + "' has no end");
    }
    String under = text.substring(at, end + 1).replaceAll("[{}\\s]", "");
    if (!under.chars().allMatch(c -> isLetter((char) c) || c == '\\')) {
      throw new Unreadable("'\\" + name + "' stands over no letter");
    }
    at = end + 1;
    add(Kind.SYMBOL, name + " " + under, start);
  }

  private void environment(String begin, int start) {
    skipSpaces();
    int close = text.startsWith("{", at) ? text.indexOf('}', at) : -1;
    if (close < 0) {
      throw new Unreadable("'\\" + begin + "' names no environment");
    }
    String name = text.substring(at + 1, close);
    at = close + 1;
    boolean opens = begin.equals("begin");
    switch (name) {
      case "matrix",
          "pmatrix",
          "bmatrix",
          "Bmatrix",
          "smallmatrix",
          "psmallmatrix",
          "bsmallmatrix",
          "vmatrix",
          "array" -> {
        if (name.equals("array") && opens) {
          skipSpaces();
          skipArgument();
        }
        if (opens) {
          open(Kind.BEGIN_MATRIX, name, start);
        } else {
          close(Kind.END_MATRIX, start);
        }
      }
      case "equation", "equation*", "displaymath", "math" -> spaced = true;
      default -> throw new Unreadable("the environment '" + name + "' is not read");
    }
  }

  private void blackboard(int start) {
    skipSpaces();
    boolean braced = text.startsWith("{", at);
    int letter = braced ? at + 1 : at;
    if (letter >= text.length()) {
      throw new Unreadable("'\\mathbb' without a letter");
    }
    String set =
        switch (text.charAt(letter)) {
          case 'R' -> "REALS";
          case 'Z' -> "INTEGERS";
          case 'N' -> "NATURALS";
          case 'Q' -> "RATIONALS";
          case 'C' -> "COMPLEX";
          default -> throw new Unreadable("'\\mathbb' names no set that is read");
        };
    at = letter + 1;
    if (braced && text.startsWith("}", at)) {
      at++;
    }
    add(Kind.NAMED_SET, set, start);
  }

  private void negatedRelation(int start) {
    skipSpaces();
    if (text.startsWith("=", at)) {
      at++;
      add(Kind.RELATION, "!=", start);
      return;
    }
    throw new Unreadable("'\\not' is not read here");
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

  private void brace(Brace kind) {
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

  private void open(Kind kind, int start) {
    open(kind, "(", start);
  }

  private void open(Kind kind, String name, int start) {
    lists++;
    add(kind, name, start);
  }

  private void close(Kind kind, int start) {
    lists = Math.max(0, lists - 1);
    add(kind, ")", start);
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private void skipArgument() {
    skipSpaces();
    if (text.startsWith("{", at)) {
      int end = text.indexOf('}', at);
      at = end < 0 ? text.length() : end + 1;
    }
    spaced = true;
  }

  private int skipOptional(int from) {
    if (from < text.length() && text.charAt(from) == '[') {
      int end = text.indexOf(']', from);
      if (end > 0 && end - from < 10 && text.substring(from, end).matches("\\[[\\d.]+[a-z]{2}")) {
        return end + 1;
      }
    }
    return from;
  }

  /** Whether the unit goes on: {@code m/s}, {@code square cm}. */
  private boolean unitGoesOn() {
    int size = tokens.size();
    return size >= 2 && tokens.get(size - 1).is(Kind.DIVIDE) && tokens.get(size - 2).is(Kind.UNIT)
        || (size >= 1
            && tokens.get(size - 1).is(Kind.WORD)
            && Set.of("square", "cubic", "sq", "per", "cu")
                .contains(tokens.get(size - 1).text().toLowerCase(Locale.ROOT)));
  }

  private boolean aSetFollows() {
    int position = at;
    while (position < text.length() && (Notation.isSpace(text.charAt(position)))) {
      position++;
    }
    return position < text.length() && "([{\\ℝℤℕ∅".indexOf(text.charAt(position)) >= 0;
  }

  private boolean isApostrophe(int start) {
    char c = text.charAt(at);
    return (c == '\'' || c == '’') && at - start >= 2 && isLetterAt(at + 1);
  }

  private boolean isLetterAt(int position) {
    return position < text.length() && isLetter(text.charAt(position));
  }

  private boolean upright() {
    return braces.contains(Brace.UPRIGHT);
  }

  private Kind last() {
    return tokens.isEmpty() ? Kind.END : tokens.get(tokens.size() - 1).kind();
  }

  private void add(Kind kind, String name) {
    add(kind, name, at);
  }

  private void add(Kind kind, String name, int start) {
    add(new Token(kind, name, null, spaced, upright(), start));
  }

  private void add(Token token) {
    tokens.add(token);
    spaced = false;
  }

  private static boolean isLetter(char c) {
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
