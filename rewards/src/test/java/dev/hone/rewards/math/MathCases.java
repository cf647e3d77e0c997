package dev.hone.rewards.math;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The judged answers under {@code src/test/resources/math}, one file a category, one JSON object a
 * line: {@code response}, {@code reference}, {@code expected}, {@code why} and, where it is not
 * strict, {@code mode}. Those under {@code heldout/} were written and committed before any verifier
 * had seen them.
 */
final class MathCases {

  private static final int LONGEST_LINE_BYTES = 2048;
  private static final Set<String> REQUIRED = Set.of("response", "reference", "expected", "why");
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private MathCases() {}

  /** The cases of every category, by its name; those held out are {@code heldout/NAME}. */
  static Map<String, List<MathCase>> byCategory() {
    Map<String, List<MathCase>> categories = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        String name = folder().relativize(file).toString().replace('\\', '/');
        categories.put(name.substring(0, name.length() - ".jsonl".length()), read(name, file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return categories;
  }

  private static Path folder() {
    URL resource = MathCases.class.getResource("/math");
    if (resource == null) {
      throw new IllegalStateException("no folder math on the class path");
    }
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<MathCase> read(String name, Path file) throws IOException {
    List<MathCase> cases = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      cases.add(parse(name + ":" + (cases.size() + 1), line));
    }
    return cases;
  }

  private static MathCase parse(String where, String line) throws IOException {
    if (line.getBytes(StandardCharsets.UTF_8).length > LONGEST_LINE_BYTES) {
      throw new IOException(where + ": longer than " + LONGEST_LINE_BYTES + " bytes");
    }
    JsonNode row;
    try {
      row = JSON.readTree(line);
    } catch (IOException e) {
      throw new IOException(where + ": " + e.getMessage(), e);
    }
    if (row == null || !row.isObject()) {
      throw new IOException(where + ": not a JSON object");
    }
    for (String key : REQUIRED) {
      if (!row.has(key)) {
        throw new IOException(where + ": has no \"" + key + "\"");
      }
    }
    for (Iterator<String> keys = row.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      if (!REQUIRED.contains(key) && !key.equals("mode")) {
        throw new IOException(where + ": knows no \"" + key + "\"");
      }
    }
    if (!row.get("expected").isBoolean()) {
      throw new IOException(where + ": \"expected\" is neither true nor false");
    }
    return new MathCase(
        where,
        text(where, row, "response"),
        text(where, row, "reference"),
        row.get("expected").booleanValue(),
        text(where, row, "why"),
        row.has("mode") ? text(where, row, "mode") : "strict");
  }

  private static String text(String where, JsonNode row, String key) throws IOException {
    if (!row.get(key).isTextual()) {
      throw new IOException(where + ": \"" + key + "\" is no text");
    }
    return row.get(key).textValue();
  }
}
