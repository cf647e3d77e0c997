package dev.hone.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A program as somebody wrote it.
 *
 * @param language what it is written in
 * @param files its files by relative path; nobody changes the arrays afterwards
 * @param main the file that is run (the first that is compiled, where the language is compiled; in
 *     Java it may be a class file of those given, to be started instead of the source's own)
 */
public record Program(Language language, Map<String, byte[]> files, String main) {

  private static final Pattern SAFE_PATH =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.$+-]*(/[A-Za-z0-9_][A-Za-z0-9_.$+-]*)*");

  public Program {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    for (String path : files.keySet()) {
      if (!SAFE_PATH.matcher(path).matches()) {
        throw new IllegalArgumentException(
            "The file '" + path + "' of a program must be a relative path of letters and digits.");
      }
    }
    if (!files.containsKey(main)) {
      throw new IllegalArgumentException(
          "The program has no file '" + main + "'; it has " + files.keySet() + ".");
    }
  }

  /** A program of one file. */
  public static Program of(Language language, String source) {
    return new Program(
        language,
        Map.of(language.mainFile(), source.getBytes(StandardCharsets.UTF_8)),
        language.mainFile());
  }

  /** The same program with one more file beside it. */
  public Program with(String path, byte[] content) {
    Map<String, byte[]> more = new LinkedHashMap<>(files);
    more.put(path, content);
    return new Program(language, more, main);
  }
}
