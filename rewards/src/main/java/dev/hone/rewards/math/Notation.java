package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What the commands of LaTeX and the characters of Unicode stand for: tables, and nothing else. */
final class Notation {

  /** A kind of token with its text. */
  record Sign(Kind kind, String text) {}

  /** Commands that change how their argument looks, not what it says. */
  static final Set<String> UPRIGHT =
      Set.of(
          "text",
          "textbf",
          "textit",
          "textrm",
          "textsf",
          "texttt",
          "textnormal",
          "mbox",
          "hbox",
          "mathrm",
          "operatorname",
          "emph",
          "textup",
          "textsc",
          "mathsf",
          "mathtt");

  static final Set<String> TRANSPARENT =
      Set.of(
          "boxed",
          "fbox",
          "mathbf",
          "mathit",
          "boldsymbol",
          "bm",
          "underline",
          "mathcal",
          "mathfrak",
          "mathnormal",
          "displaylines",
          "ensuremath",
          "framebox",
          "pmb");

  /** Commands without meaning. */
  static final Set<String> IGNORED =
      Set.of(
          "left",
          "right",
          "big",
          "Big",
          "bigg",
          "Bigg",
          "bigl",
          "bigr",
          "Bigl",
          "Bigr",
          "biggl",
          "biggr",
          "Biggl",
          "Biggr",
          "bigm",
          "middle",
          "displaystyle",
          "textstyle",
          "scriptstyle",
          "limits",
          "nolimits",
          "quad",
          "qquad",
          "thinspace",
          "enspace",
          "space",
          "hfill",
          "strut",
          "mathstrut",
          "bf",
          "rm",
          "it",
          "large",
          "Large",
          "small",
          "normalsize",
          "nobreak",
          "null",
          "relax",
          "allowbreak",
          "negthinspace",
          "medspace",
          "thickspace",
          "mathopen",
          "mathclose",
          "mathbin",
          "mathrel",
          "mathord");

  /** Commands whose first argument says nothing of the answer. */
  static final Set<String> WITH_ASIDE =
      Set.of("color", "textcolor", "colorbox", "hspace", "vspace", "tag", "label", "phantom");

  /** Commands over a letter, which make another letter of it. */
  static final Set<String> ACCENTS =
      Set.of(
          "vec",
          "hat",
          "bar",
          "tilde",
          "overline",
          "widehat",
          "widetilde",
          "overrightarrow",
          "overleftrightarrow",
          "dot",
          "ddot",
          "mathring",
          "breve",
          "check",
          "acute");

  static final Map<String, Sign> COMMANDS = new HashMap<>();
  static final Map<Character, Sign> CHARACTERS = new HashMap<>();
  static final Map<String, Sign> WORDS = new HashMap<>();

  /** Words that leave the answer open. */
  static final Set<String> HEDGES =
      Set.of(
          "maybe",
          "perhaps",
          "possibly",
          "either",
          "not",
          "probably",
          "unless",
          "except",
          "neither",
          "nor",
          "likely",
          "unsure",
          "guess",
          "any",
          "versus",
          "vs");

  /** Words that say nothing of the answer where they stand before it. */
  static final Set<String> FILLERS =
      Set.of("approximately", "about", "roughly", "exactly", "approx", "simply", "just");

  /** Words of a computation that nobody did. */
  static final Set<String> ARITHMETIC =
      Set.of(
          "plus",
          "minus",
          "times",
          "divided",
          "multiplied",
          "added",
          "subtracted",
          "inverse",
          "reciprocal",
          "root",
          "roots",
          "repeating",
          "recurring",
          "factorial");

  /** Ordinals that say what a number of parts divides by: three quarters, two fifths. */
  static final Map<String, Integer> DENOMINATORS =
      Map.ofEntries(
          Map.entry("half", 2),
          Map.entry("third", 3),
          Map.entry("quarter", 4),
          Map.entry("fourth", 4),
          Map.entry("fifth", 5),
          Map.entry("sixth", 6),
          Map.entry("seventh", 7),
          Map.entry("eighth", 8),
          Map.entry("ninth", 9),
          Map.entry("tenth", 10),
          Map.entry("hundredth", 100),
          Map.entry("thousandth", 1000));

  static final Map<String, Long> MULTIPLES =
      Map.of(
          "dozen",
          12L,
          "hundred",
          100L,
          "lakh",
          100_000L,
          "crore",
          10_000_000L,
          "thousand",
          1_000L,
          "million",
          1_000_000L,
          "billion",
          1_000_000_000L,
          "trillion",
          1_000_000_000_000L);

  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱˣ⁽⁾ᵏᵐ";
  private static final String SUPERSCRIPTED = "0123456789+-nix()km";
  private static final String SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉ₙᵢₓₖₘ";
  private static final String SUBSCRIPTED = "0123456789nixkm";

  private Notation() {}

  static {
    commands(Kind.TIMES, "*", "cdot", "times", "ast", "bullet", "cdotp");
    commands(Kind.DIVIDE, "/", "div", "slash");
    commands(Kind.OVER, "/", "over");
    commands(Kind.PLUS_MINUS, "±", "pm");
    commands(Kind.MINUS_PLUS, "∓", "mp");
    commands(Kind.FRACTION, "frac", "frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac");
    commands(Kind.SQUARE_ROOT, "sqrt", "sqrt");
    commands(Kind.BINOMIAL, "binom", "binom", "dbinom", "tbinom");
    commands(Kind.RELATION, "≈", "approx", "simeq", "doteq", "approxeq", "thickapprox");
    commands(Kind.RELATION, "=", "coloneqq", "cong", "eq");
    commands(Kind.RELATION, "<", "lt");
    commands(Kind.RELATION, ">", "gt");
    commands(Kind.RELATION, "<=", "le", "leq", "leqslant", "leqq");
    commands(Kind.RELATION, ">=", "ge", "geq", "geqslant", "geqq");
    commands(Kind.RELATION, "!=", "ne", "neq");
    commands(Kind.RELATION, "in", "in");
    commands(Kind.RELATION, "≡", "equiv");
    commands(Kind.UNION, "∪", "cup", "bigcup");
    commands(Kind.INTERSECTION, "∩", "cap", "bigcap");
    commands(Kind.DIFFERENCE, "∖", "setminus", "backslash", "smallsetminus");
    commands(Kind.SUCH_THAT, "|", "mid", "colon");
    commands(Kind.BAR, "|", "vert", "lvert", "rvert");
    commands(Kind.OPEN_CURLY, "{", "lbrace");
    commands(Kind.CLOSE_CURLY, "}", "rbrace");
    commands(Kind.OPEN_SQUARE, "[", "lbrack");
    commands(Kind.CLOSE_SQUARE, "]", "rbrack");
    commands(Kind.OPEN_ANGLE, "<", "langle");
    commands(Kind.CLOSE_ANGLE, ">", "rangle");
    commands(Kind.OPEN_FLOOR, "floor", "lfloor");
    commands(Kind.CLOSE_FLOOR, "floor", "rfloor");
    commands(Kind.OPEN_CEIL, "ceil", "lceil");
    commands(Kind.CLOSE_CEIL, "ceil", "rceil");
    commands(Kind.ELLIPSIS, "...", "ldots", "dots", "cdots", "dotsc", "dotsb", "vdots", "ddots");
    commands(Kind.CONSTANT, "INFINITY", "infty");
    commands(Kind.CONSTANT, "PI", "pi");
    commands(Kind.NAMED_SET, "EMPTY", "emptyset", "varnothing");
    commands(Kind.NAMED_SET, "REALS", "R", "reals", "Reals");
    commands(Kind.NAMED_SET, "INTEGERS", "Z");
    commands(Kind.NAMED_SET, "NATURALS", "N");
    commands(Kind.NAMED_SET, "RATIONALS", "Q");
    commands(Kind.CURRENCY, "euro", "euro", "texteuro");
    commands(Kind.CURRENCY, "sterling", "pounds", "textsterling");
    commands(Kind.CURRENCY, "dollar", "textdollar");
    commands(Kind.DEGREE, "°", "degree", "textdegree");
    commands(Kind.PRIME, "'", "prime");
    commands(Kind.AND, "and", "land", "wedge");
    commands(Kind.OR, "or", "lor", "vee");
    commands(Kind.SYMBOL, "ell", "ell");
    commands(Kind.SYMBOL, "angle", "angle", "measuredangle");
    commands(Kind.SYMBOL, "triangle", "triangle");
    for (Function function : Function.values()) {
      COMMANDS.put(function.plainName(), new Sign(Kind.FUNCTION, function.plainName()));
    }
    COMMANDS.put("lg", new Sign(Kind.FUNCTION, "log"));
    COMMANDS.put("det", new Sign(Kind.FUNCTION, "determinant"));
    COMMANDS.put("Re", new Sign(Kind.FUNCTION, "re"));
    COMMANDS.put("Im", new Sign(Kind.FUNCTION, "im"));
    COMMANDS.put("R", new Sign(Kind.NAMED_SET, "REALS"));
    String[] greek = {
      "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
      "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi",
      "chi", "psi", "omega"
    };
    for (int i = 0; i < greek.length; i++) {
      String capital = Character.toUpperCase(greek[i].charAt(0)) + greek[i].substring(1);
      if (!greek[i].equals("pi")) {
        symbol((char) ('α' + i), greek[i]);
      }
      if (i != 17) {
        symbol((char) ('Α' + i), capital);
      }
    }
    for (String variant : new String[] {"epsilon", "phi", "theta", "rho", "sigma", "kappa"}) {
      COMMANDS.put("var" + variant, new Sign(Kind.SYMBOL, variant));
    }
    symbol('ℓ', "ell");
    symbol('∠', "angle");
    CHARACTERS.put('ϕ', new Sign(Kind.SYMBOL, "phi"));
    characters(Kind.CONSTANT, "PI", "π");
    characters(Kind.CONSTANT, "INFINITY", "∞");
    characters(Kind.PLUS, "+", "+");
    characters(Kind.MINUS, "-", "-−–‐‑﹣");
    characters(Kind.PLUS_MINUS, "±", "±");
    characters(Kind.MINUS_PLUS, "∓", "∓");
    characters(Kind.TIMES, "*", "*×·⋅∗•∙");
    characters(Kind.DIVIDE, "/", "/÷∕⁄");
    characters(Kind.CARET, "^", "^");
    characters(Kind.UNDERSCORE, "_", "_");
    characters(Kind.BANG, "!", "!");
    characters(Kind.PERCENT, "%", "%");
    characters(Kind.DEGREE, "°", "°º");
    characters(Kind.PRIME, "'", "'′’");
    characters(Kind.CURRENCY, "dollar", "$");
    characters(Kind.CURRENCY, "euro", "€");
    characters(Kind.CURRENCY, "sterling", "£");
    characters(Kind.CURRENCY, "yen", "¥");
    characters(Kind.CURRENCY, "rupee", "₹");
    characters(Kind.OPEN_ROUND, "(", "(");
    characters(Kind.CLOSE_ROUND, ")", ")");
    characters(Kind.OPEN_SQUARE, "[", "[");
    characters(Kind.CLOSE_SQUARE, "]", "]");
    characters(Kind.OPEN_ANGLE, "<", "⟨〈");
    characters(Kind.CLOSE_ANGLE, ">", "⟩〉");
    characters(Kind.OPEN_FLOOR, "floor", "⌊");
    characters(Kind.CLOSE_FLOOR, "floor", "⌋");
    characters(Kind.OPEN_CEIL, "ceil", "⌈");
    characters(Kind.CLOSE_CEIL, "ceil", "⌉");
    characters(Kind.BAR, "|", "|∣");
    characters(Kind.COMMA, ",", ",、");
    characters(Kind.SEMICOLON, ";", ";");
    characters(Kind.COLON, ":", ":∶");
    characters(Kind.RELATION, "=", "=≅");
    characters(Kind.RELATION, "≈", "≈≃");
    characters(Kind.RELATION, "<", "<");
    characters(Kind.RELATION, ">", ">");
    characters(Kind.RELATION, "<=", "≤⩽≦");
    characters(Kind.RELATION, ">=", "≥⩾≧");
    characters(Kind.RELATION, "!=", "≠");
    characters(Kind.RELATION, "in", "∈");
    characters(Kind.RELATION, "≡", "≡");
    characters(Kind.UNION, "∪", "∪⋃");
    characters(Kind.INTERSECTION, "∩", "∩⋂");
    characters(Kind.DIFFERENCE, "∖", "∖");
    characters(Kind.NAMED_SET, "EMPTY", "∅⌀");
    characters(Kind.NAMED_SET, "REALS", "ℝ");
    characters(Kind.NAMED_SET, "INTEGERS", "ℤ");
    characters(Kind.NAMED_SET, "NATURALS", "ℕ");
    characters(Kind.NAMED_SET, "RATIONALS", "ℚ");
    characters(Kind.NAMED_SET, "COMPLEX", "ℂ");
    characters(Kind.AND, "and", "∧");
    characters(Kind.OR, "or", "∨");
    characters(Kind.ELLIPSIS, "...", "…⋯");
    characters(Kind.SQUARE_ROOT, "root", "√");
    characters(Kind.CUBE_ROOT, "cbrt", "∛");
    characters(Kind.AMPERSAND, "&", "&");
    words(Kind.CONSTANT, "PI", "pi", "Pi");
    words(Kind.CONSTANT, "INFINITY", "infinity", "Infinity", "inf", "oo", "infty");
    words(Kind.SQUARE_ROOT, "root", "sqrt");
    words(Kind.CUBE_ROOT, "cbrt", "cbrt");
    words(Kind.AND, "and", "and", "And", "AND");
    words(Kind.OR, "or", "or", "Or", "OR");
    words(Kind.RELATION, "=", "is", "are", "equals", "equal");
    words(Kind.UNION, "∪", "union");
    words(Kind.PLUS_MINUS, "±", "plusminus");
  }

  /** What a superscript character is when it comes down to the line, or 0. */
  static char superscript(char c) {
    int at = SUPERSCRIPTS.indexOf(c);
    return at < 0 ? 0 : SUPERSCRIPTED.charAt(at);
  }

  /** What a subscript character is when it comes up to the line, or 0. */
  static char subscript(char c) {
    int at = SUBSCRIPTS.indexOf(c);
    return at < 0 ? 0 : SUBSCRIPTED.charAt(at);
  }

  /** The value of a fraction in one character, or null. */
  static Rational vulgarFraction(char c) {
    return switch (c) {
      case '½' -> Rational.HALF;
      case '⅓' -> Rational.of(1, 3);
      case '⅔' -> Rational.of(2, 3);
      case '¼' -> Rational.of(1, 4);
      case '¾' -> Rational.of(3, 4);
      case '⅕' -> Rational.of(1, 5);
      case '⅖' -> Rational.of(2, 5);
      case '⅗' -> Rational.of(3, 5);
      case '⅘' -> Rational.of(4, 5);
      case '⅙' -> Rational.of(1, 6);
      case '⅚' -> Rational.of(5, 6);
      case '⅐' -> Rational.of(1, 7);
      case '⅛' -> Rational.of(1, 8);
      case '⅜' -> Rational.of(3, 8);
      case '⅝' -> Rational.of(5, 8);
      case '⅞' -> Rational.of(7, 8);
      case '⅑' -> Rational.of(1, 9);
      case '⅒' -> Rational.of(1, 10);
      default -> null;
    };
  }

  /** Spaces that do not break a number: {@code 1 234} with a thin one. */
  static boolean isTightSpace(char c) {
    return c == '\u00a0' || c == '\u2009' || c == '\u202f' || c == '\u2007' || c == '\u2008';
  }

  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || isTightSpace(c) || c == '\u200a' || c == '\u3000';
  }

  /** Characters that show nothing. */
  static boolean isInvisible(char c) {
    return c == '\u200b'
        || c == '\u200c'
        || c == '\u200d'
        || c == '\ufeff'
        || c == '\u2060'
        || c == '\u2061'
        || c == '\u00ad';
  }

  private static void symbol(char c, String name) {
    COMMANDS.putIfAbsent(name, new Sign(Kind.SYMBOL, name));
    CHARACTERS.putIfAbsent(c, new Sign(Kind.SYMBOL, name));
  }

  private static void commands(Kind kind, String text, String... names) {
    for (String name : names) {
      COMMANDS.put(name, new Sign(kind, text));
    }
  }

  private static void characters(Kind kind, String text, String characters) {
    for (char c : characters.toCharArray()) {
      CHARACTERS.put(c, new Sign(kind, text));
    }
  }

  private static void words(Kind kind, String text, String... words) {
    for (String word : words) {
      WORDS.put(word, new Sign(kind, text));
    }
  }
}
