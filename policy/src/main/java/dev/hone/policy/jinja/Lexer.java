package dev.hone.policy.jinja;

import dev.hone.policy.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens and settles its whitespace: a newline after a block or comment is
 * dropped (trim_blocks), blanks before one on its own line too (lstrip_blocks), {@code -} drops all
 * whitespace on its side and {@code +} keeps it, one newline at the very end is dropped.
 */
final class Lexer {

  private static final Pattern OPENING = Pattern.compile("\\{[{%#]");
  private static final Pattern RAW =
      Pattern.compile("\\{%([-+]?)\\s*raw\\s*(?:-%\\}\\s*|%\\}\\n?|\\+%\\})");
  private static final Pattern END_RAW =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:-%\\}\\s*|%\\}\\n?|\\+%\\})");
  private static final Pattern FLOAT =
      Pattern.compile("\\d(?:_?\\d)*(?:\\.\\d(?:_?\\d)*(?:[eE][+-]?\\d+)?|[eE][+-]?\\d+)");
  private static final Pattern INTEGER = Pattern.compile("\\d(?:_?\\d)*");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*");
  private static final Pattern STRING =
      Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"", Pattern.DOTALL);
  private static final Pattern SYMBOL =
      Pattern.compile("\\*\\*|//|==|!=|>=|<=|[-+*/%~\\[\\](){}<>=.:,|]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private boolean lineStarts = true;

  private Lexer(String source) {
    String text = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    Matcher opening = OPENING.matcher(source);
    while (at < source.length()) {
      if (!opening.find(at)) {
        data(source.substring(at));
        at = source.length();
        break;
      }
      int begin = opening.start();
      Matcher raw = RAW.matcher(source).region(begin, source.length());
      if (raw.lookingAt()) {
        data(trimmed(source.substring(at, begin), raw.group(1), true));
        raw(raw.end());
        continue;
      }
      char kind = source.charAt(begin + 1);
      String sign = sign(begin + 2);
      data(trimmed(source.substring(at, begin), sign, kind != '{'));
      at = begin + 2 + sign.length();
      if (kind == '#') {
        comment(begin);
      } else {
        tag(kind == '%');
      }
    }
    tokens.add(new Token(Kind.END, "", line(at)));
  }

  private String sign(int position) {
    boolean signed =
        position < source.length()
            && (source.charAt(position) == '-' || source.charAt(position) == '+');
    return signed ? source.substring(position, position + 1) : "";
  }

  private String trimmed(String text, String sign, boolean block) {
    if (sign.equals("-")) {
      return text.stripTrailing();
    }
    if (sign.isEmpty() && block) {
      int lineBegin = text.lastIndexOf('\n') + 1;
      if ((lineBegin > 0 || lineStarts) && text.substring(lineBegin).isBlank()) {
        return text.substring(0, lineBegin);
      }
    }
    return text;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      tokens.add(new Token(Kind.DATA, text, line(at)));
    }
  }

  private void raw(int begin) {
    Matcher end = END_RAW.matcher(source);
    if (!end.find(begin)) {
      throw new TemplateError(line(begin), "a raw block is not closed by endraw");
    }
    lineStarts = source.charAt(begin - 1) == '\n';
    data(trimmed(source.substring(begin, end.start()), end.group(1), true));
    close(end.end());
  }

  private void comment(int begin) {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new TemplateError(line(begin), "a comment is not closed by #}");
    }
    char sign = source.charAt(end - 1);
    closing(end + 2, end > at ? sign : ' ', true);
  }

  private void tag(boolean block) {
    tokens.add(new Token(block ? Kind.BLOCK_BEGIN : Kind.OUTPUT_BEGIN, "", line(at)));
    String end = block ? "%}" : "}}";
    int depth = 0;
    while (true) {
      while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
        at++;
      }
      if (at >= source.length()) {
        throw new TemplateError(line(at), "a tag is not closed by " + end);
      }
      char c = source.charAt(at);
      boolean signed = (c == '-' || (c == '+' && block)) && source.startsWith(end, at + 1);
      if (depth == 0 && (signed || source.startsWith(end, at))) {
        tokens.add(new Token(block ? Kind.BLOCK_END : Kind.OUTPUT_END, end, line(at)));
        closing(at + (signed ? 3 : 2), signed ? c : ' ', block);
        return;
      }
      Token token = token();
      tokens.add(token);
      if (token.kind() == Kind.SYMBOL) {
        depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
      }
    }
  }

  /** Goes on after a closing tag, past the whitespace that it takes with it. */
  private void closing(int end, char sign, boolean block) {
    int position = end;
    if (sign == '-') {
      while (position < source.length() && Character.isWhitespace(source.charAt(position))) {
        position++;
      }
    } else if (block && sign != '+' && position < source.length()) {
      position += source.charAt(position) == '\n' ? 1 : 0;
    }
    close(position);
  }

  private void close(int position) {
    lineStarts = source.charAt(position - 1) == '\n';
    at = position;
  }

  private Token token() {
    int line = line(at);
    String text;
    if ((text = match(FLOAT)) != null) {
      return new Token(Kind.FLOAT, text.replace("_", ""), line);
    } else if ((text = match(INTEGER)) != null) {
      return new Token(Kind.INTEGER, text.replace("_", ""), line);
    } else if ((text = match(NAME)) != null) {
      return new Token(Kind.NAME, text, line);
    } else if ((text = match(STRING)) != null) {
      return new Token(Kind.STRING, unescaped(text.substring(1, text.length() - 1)), line);
    } else if ((text = match(SYMBOL)) != null) {
      return new Token(Kind.SYMBOL, text, line);
    }
    throw new TemplateError(line, "unexpected character '" + source.charAt(at) + "'");
  }

  private String match(Pattern pattern) {
    Matcher matcher = pattern.matcher(source).region(at, source.length());
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    return matcher.group();
  }

  /** Python's escapes; an unknown one stays as written. */
  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        out.append(c);
        continue;
      }
      char escape = text.charAt(++i);
      int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
      int simple = "abfnrtv0\\'\"".indexOf(escape);
      if (digits > 0 && i + digits < text.length()) {
        out.appendCodePoint(Integer.parseInt(text.substring(i + 1, i + 1 + digits), 16));
        i += digits;
      } else if (simple >= 0) {
        out.append("\u0007\b\f\n\r\t\u000b\0\\'\"".charAt(simple));
      } else if (escape != '\n') {
        out.append(c).append(escape);
      }
    }
    return out.toString();
  }

  private int line(int position) {
    return 1 + (int) source.substring(0, position).chars().filter(c -> c == '\n').count();
  }
}
