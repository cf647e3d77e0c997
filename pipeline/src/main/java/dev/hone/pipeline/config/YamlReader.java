package dev.hone.pipeline.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.hone.pipeline.config.YamlNode.Mapping;
import dev.hone.pipeline.config.YamlNode.Scalar;
import dev.hone.pipeline.config.YamlNode.ScalarKind;
import dev.hone.pipeline.config.YamlNode.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads YAML into nodes that know their line. Jackson's tree forgets lines and keeps only the last
 * of two equal keys, so its token stream is read here.
 */
final class YamlReader {

  private static final YAMLFactory YAML = new YAMLFactory();

  /** YAML 1.1 takes {@code 1e-6} and {@code 1.5e3} for text; nobody who writes them does. */
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

  private static final Pattern PLACE = Pattern.compile("in 'reader', line (\\d+), column");

  private static final Pattern INTEGER = Pattern.compile("[-+]?\\d+");

  private final YAMLParser parser;
  private final Function<Integer, String> placeOfLine;
  private final Problems problems;
  private final Map<String, YamlNode> anchors = new HashMap<>();

  private YamlReader(YAMLParser parser, Function<Integer, String> placeOfLine, Problems problems) {
    this.parser = parser;
    this.placeOfLine = placeOfLine;
    this.problems = problems;
  }

  /** Reads one document of a file; what is broken goes to the problems. */
  static YamlNode read(String file, String text, Problems problems) {
    return read(text, line -> file + ":" + line, problems);
  }

  /** Reads a value given elsewhere than in a file, such as after {@code --set}. */
  static YamlNode readAt(String place, String text, Problems problems) {
    return read(text, line -> place, problems);
  }

  private static YamlNode read(
      String text, Function<Integer, String> placeOfLine, Problems problems) {
    YamlNode nothing = new Scalar(placeOfLine.apply(1), ScalarKind.NULL, "");
    try (YAMLParser parser = YAML.createParser(text)) {
      YamlReader reader = new YamlReader(parser, placeOfLine, problems);
      if (parser.nextToken() == null) {
        return nothing;
      }
      YamlNode root = reader.node("");
      if (parser.nextToken() != null) {
        problems.add(reader.place(), "", "a second document (after ---); only one is read");
      }
      return root;
    } catch (JacksonException broken) {
      broken(broken, placeOfLine, problems);
      return nothing;
    } catch (IOException impossible) {
      throw new AssertionError("a string cannot fail to be read", impossible);
    }
  }

  /**
   * SnakeYAML says over several lines what it was reading, then what is wrong; each may be followed
   * by its place and an excerpt. The last of these is the mistake.
   */
  private static void broken(
      JacksonException broken, Function<Integer, String> placeOfLine, Problems problems) {
    JsonLocation location = broken.getLocation();
    int line = location == null ? 1 : Math.max(1, location.getLineNr());
    String what = "";
    for (String part : broken.getOriginalMessage().split("\\R")) {
      Matcher place = PLACE.matcher(part);
      if (place.find()) {
        line = Integer.parseInt(place.group(1));
      } else if (!part.isBlank() && !part.startsWith(" ")) {
        what = part.strip();
      }
    }
    problems.add(placeOfLine.apply(line), "", "not YAML: " + what);
  }

  private String place() {
    return placeOfLine.apply(Math.max(1, parser.currentTokenLocation().getLineNr()));
  }

  /** The node that begins at the current token. */
  private YamlNode node(String path) throws IOException {
    String at = place();
    if (parser.isCurrentAlias()) {
      YamlNode anchored = anchors.get(parser.getText());
      if (anchored == null) {
        problems.add(at, path, "*" + parser.getText() + " names no &anchor above it");
        return new Scalar(at, ScalarKind.NULL, "");
      }
      return anchored;
    }
    String anchor = (String) parser.getObjectId();
    YamlNode node =
        switch (parser.currentToken()) {
          case START_OBJECT -> mapping(at, path);
          case START_ARRAY -> sequence(at, path);
          default -> scalar(at);
        };
    if (anchor != null) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private Mapping mapping(String at, String path) throws IOException {
    Mapping mapping = Mapping.empty(at);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      String keyAt = place();
      String keyPath = Problems.child(path, key);
      String first = mapping.keyPlaces().get(key);
      if (first != null) {
        problems.add(keyAt, keyPath, "given twice (first at " + first + "); keep one");
      }
      parser.nextToken();
      mapping.put(key, keyAt, node(keyPath));
    }
    return mapping;
  }

  private Sequence sequence(String at, String path) throws IOException {
    List<YamlNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(Problems.item(path, items.size())));
    }
    return new Sequence(at, items);
  }

  private Scalar scalar(String at) throws IOException {
    String text = parser.getText();
    return switch (parser.currentToken()) {
      case VALUE_NULL -> new Scalar(at, ScalarKind.NULL, "");
      case VALUE_TRUE -> new Scalar(at, ScalarKind.BOOLEAN, "true");
      case VALUE_FALSE -> new Scalar(at, ScalarKind.BOOLEAN, "false");
      case VALUE_NUMBER_INT ->
          new Scalar(at, ScalarKind.INTEGER, parser.getNumberValue().toString());
      case VALUE_NUMBER_FLOAT -> new Scalar(at, ScalarKind.DECIMAL, text.replace("_", ""));
      default -> new Scalar(at, kindOfText(text), text);
    };
  }

  private static ScalarKind kindOfText(String text) {
    boolean exponent = text.indexOf('e') > 0 || text.indexOf('E') > 0;
    return exponent && DECIMAL.matcher(text).matches() && !INTEGER.matcher(text).matches()
        ? ScalarKind.DECIMAL
        : ScalarKind.TEXT;
  }
}
