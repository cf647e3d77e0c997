package dev.hone.rewards.math;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The functions that an answer may call, with the names LaTeX and plain text give them. */
enum Function {
  SIN,
  COS,
  TAN,
  COT,
  SEC,
  CSC,
  ARCSIN("asin"),
  ARCCOS("acos"),
  ARCTAN("atan"),
  SINH,
  COSH,
  TANH,
  LN,
  /** With one argument to base 10, with two to the base of the second. */
  LOG("lg"),
  EXP,
  ABS,
  FLOOR,
  CEIL("ceiling"),
  FACTORIAL,
  BINOMIAL("binom", "choose"),
  MAX,
  MIN,
  GCD,
  LCM,
  /** Real part, imaginary part and conjugate. */
  RE,
  IM,
  CONJUGATE("conj"),
  DETERMINANT("det");

  private static final Map<String, Function> BY_NAME = new HashMap<>();

  static {
    for (Function function : values()) {
      BY_NAME.put(function.plainName(), function);
      for (String alias : function.aliases) {
        BY_NAME.put(alias, function);
      }
    }
    BY_NAME.put("Re", RE);
    BY_NAME.put("Im", IM);
    BY_NAME.remove("re");
    BY_NAME.remove("im");
  }

  private final String[] aliases;

  Function(String... aliases) {
    this.aliases = aliases;
  }

  /** The function of this name, or null. */
  static Function named(String name) {
    return BY_NAME.get(name);
  }

  String plainName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether {@code f^2 x} means {@code (f x)^2}, and an argument needs no parentheses. */
  boolean isElementary() {
    return ordinal() <= EXP.ordinal();
  }

  /** What {@code f^{-1}} is. */
  Function inverse() {
    return switch (this) {
      case SIN -> ARCSIN;
      case COS -> ARCCOS;
      case TAN -> ARCTAN;
      default -> null;
    };
  }
}
