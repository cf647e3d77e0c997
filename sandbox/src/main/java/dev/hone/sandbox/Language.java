package dev.hone.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A language that programs may be written in. */
public enum Language {
  PYTHON("main.py", "python", "python3", "py"),
  C("main.c", "c"),
  CPP("main.cpp", "cpp", "c++", "cxx", "cc"),
  JAVA("Main.java", "java"),
  JAVASCRIPT("main.js", "javascript", "js", "node", "nodejs");

  private final String mainFile;
  private final List<String> names;

  Language(String mainFile, String... names) {
    this.mainFile = mainFile;
    this.names = List.of(names);
  }

  /** What the one file of a program is called where nobody says. */
  public String mainFile() {
    return mainFile;
  }

  /** What a user may call it: in settings, and after the backquotes of a code block. */
  public List<String> names() {
    return names;
  }

  /** Threads that its virtual machine starts for itself, which are not the program's. */
  int ownThreads() {
    return switch (this) {
      case JAVA -> 32;
      case JAVASCRIPT -> 16;
      case PYTHON, C, CPP -> 0;
    };
  }

  /** The language of that name, upper or lower case. */
  public static Optional<Language> named(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(language -> language.names.contains(lower)).findFirst();
  }

  /** The name to show and to write. */
  @Override
  public String toString() {
    return names.get(0);
  }
}
