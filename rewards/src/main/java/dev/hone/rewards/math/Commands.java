package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;

/** Reads the commands of LaTeX: what they stand for, and which of their arguments say anything. */
final class Commands {

  private final Lexer lexer;

  Commands(Lexer lexer) {
    this.lexer = lexer;
  }

  void command() {
    int start = lexer.at++;
    if (lexer.at >= lexer.text.length()) {
      return;
    }
    char c = lexer.text.charAt(lexer.at);
    if (!Lexer.isLetter(c)) {
      lexer.at++;
      switch (c) {
        case ',', ';', ':', '!', ' ', '>', '\n' -> lexer.spaced = true;
        case '{' -> lexer.open(Kind.OPEN_CURLY, start);
        case '}' -> lexer.close(Kind.CLOSE_CURLY, start);
        case '|' -> lexer.add(Kind.BAR, "|", start);
        case '%' -> lexer.add(Kind.PERCENT, "%", start);
        case '$' -> lexer.add(Kind.CURRENCY, "dollar", start);
        case '(', ')', '[', ']' -> lexer.spaced = true;
        case '\\' -> {
          lexer.at = skipOptional(lexer.at);
          newRow(start);
        }
        case '_', '&', '#' -> lexer.spaced = true;
        default -> throw new Unreadable("'\\" + c + "' is no notation");
      }
      return;
    }
    while (lexer.at < lexer.text.length() && Lexer.isLetter(lexer.text.charAt(lexer.at))) {
      lexer.at++;
    }
    String name = lexer.text.substring(start + 1, lexer.at);
    if (Notation.IGNORED.contains(name)) {
      // "\left." shows no bracket.
      if ((name.equals("left") || name.equals("right")) && lexer.text.startsWith(".", lexer.at)) {
        lexer.at++;
      }
      lexer.spaced = true;
    } else if (Notation.UPRIGHT.contains(name) || Notation.TRANSPARENT.contains(name)) {
      argumentInline(
          Notation.UPRIGHT.contains(name) ? Lexer.Brace.UPRIGHT : Lexer.Brace.TRANSPARENT);
    } else if (Notation.WITH_ASIDE.contains(name)) {
      skipArgument();
      if (name.equals("textcolor") || name.equals("colorbox")) {
        argumentInline(Lexer.Brace.TRANSPARENT);
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
        case OPEN_CURLY, OPEN_SQUARE, OPEN_ANGLE -> lexer.open(sign.kind(), start);
        case CLOSE_CURLY, CLOSE_SQUARE, CLOSE_ANGLE -> lexer.close(sign.kind(), start);
        default -> lexer.add(sign.kind(), sign.text(), start);
      }
    }
  }

  /** In a matrix a new row; in aligned formulas the next of them, or the same one going on. */
  private void newRow(int start) {
    if (lexer.alignments == 0) {
      lexer.add(Kind.NEW_ROW, "\\\\", start);
      return;
    }
    int next = lexer.at;
    while (next < lexer.text.length() && " &\n".indexOf(lexer.text.charAt(next)) >= 0) {
      next++;
    }
    boolean ends = next >= lexer.text.length() || lexer.text.startsWith("\\end", next);
    if (!ends && "=<>≤≥".indexOf(lexer.text.charAt(next)) < 0) {
      lexer.add(Kind.COMMA, ",", start);
    }
    lexer.at = next;
    lexer.spaced = true;
  }

  private void argumentInline(Lexer.Brace kind) {
    lexer.skipSpaces();
    if (lexer.at < lexer.text.length() && lexer.text.charAt(lexer.at) == '{') {
      lexer.spaced = true;
      lexer.brace(kind);
    }
  }

  private void accent(String name, int start) {
    lexer.skipSpaces();
    if (lexer.at >= lexer.text.length()) {
      throw new Unreadable("'\\" + name + "' stands over nothing");
    }
    int end = lexer.text.charAt(lexer.at) == '{' ? lexer.text.indexOf('}', lexer.at) : lexer.at;
    if (end < 0 || end - lexer.at > 12) {
      throw new Unreadable("'\\" + name + "' has no end");
    }
    String under = lexer.text.substring(lexer.at, end + 1).replaceAll("[{}\\s]", "");
    if (!under.chars().allMatch(c -> Lexer.isLetter((char) c) || c == '\\')) {
      throw new Unreadable("'\\" + name + "' stands over no letter");
    }
    lexer.at = end + 1;
    lexer.add(Kind.SYMBOL, name + " " + under, start);
  }

  private void environment(String begin, int start) {
    lexer.skipSpaces();
    int close = lexer.text.startsWith("{", lexer.at) ? lexer.text.indexOf('}', lexer.at) : -1;
    if (close < 0) {
      throw new Unreadable("'\\" + begin + "' names no environment");
    }
    String name = lexer.text.substring(lexer.at + 1, close);
    lexer.at = close + 1;
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
          lexer.skipSpaces();
          skipArgument();
        }
        if (opens) {
          lexer.open(Kind.BEGIN_MATRIX, name, start);
        } else {
          lexer.close(Kind.END_MATRIX, start);
        }
      }
      case "equation", "equation*", "displaymath", "math" -> lexer.spaced = true;
      case "align", "align*", "aligned", "gather", "gather*", "gathered", "split", "cases" -> {
        lexer.alignments += opens ? 1 : -1;
        lexer.spaced = true;
      }
      default -> throw new Unreadable("the environment '" + name + "' is not read");
    }
  }

  private void blackboard(int start) {
    lexer.skipSpaces();
    boolean braced = lexer.text.startsWith("{", lexer.at);
    int letter = braced ? lexer.at + 1 : lexer.at;
    if (letter >= lexer.text.length()) {
      throw new Unreadable("'\\mathbb' without a letter");
    }
    String set =
        switch (lexer.text.charAt(letter)) {
          case 'R' -> "REALS";
          case 'Z' -> "INTEGERS";
          case 'N' -> "NATURALS";
          case 'Q' -> "RATIONALS";
          case 'C' -> "COMPLEX";
          default -> throw new Unreadable("'\\mathbb' names no set that is read");
        };
    lexer.at = letter + 1;
    if (braced && lexer.text.startsWith("}", lexer.at)) {
      lexer.at++;
    }
    lexer.add(Kind.NAMED_SET, set, start);
  }

  private void negatedRelation(int start) {
    lexer.skipSpaces();
    if (lexer.text.startsWith("=", lexer.at)) {
      lexer.at++;
      lexer.add(Kind.RELATION, "!=", start);
      return;
    }
    throw new Unreadable("'\\not' is not read here");
  }

  private void skipArgument() {
    lexer.skipSpaces();
    if (lexer.text.startsWith("{", lexer.at)) {
      int end = lexer.text.indexOf('}', lexer.at);
      lexer.at = end < 0 ? lexer.text.length() : end + 1;
    }
    lexer.spaced = true;
  }

  private int skipOptional(int from) {
    if (from < lexer.text.length() && lexer.text.charAt(from) == '[') {
      int end = lexer.text.indexOf(']', from);
      if (end > 0
          && end - from < 10
          && lexer.text.substring(from, end).matches("\\[[\\d.]+[a-z]{2}")) {
        return end + 1;
      }
    }
    return from;
  }
}
