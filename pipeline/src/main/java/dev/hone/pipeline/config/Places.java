package dev.hone.pipeline.config;

import dev.hone.pipeline.config.YamlNode.Mapping;
import dev.hone.pipeline.config.YamlNode.Sequence;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a key stands in what the user wrote; for one left out, the section it would stand in. */
final class Places {

  private static final Pattern STEP = Pattern.compile("\\[(\\d+)\\]|([^.\\[]+)");

  private final YamlNode root;

  Places(YamlNode root) {
    this.root = root;
  }

  String of(String path) {
    YamlNode node = root;
    String at = root.at();
    Matcher step = STEP.matcher(path);
    while (step.find()) {
      if (step.group(1) != null && node instanceof Sequence sequence) {
        int index = Integer.parseInt(step.group(1));
        if (index >= sequence.items().size()) {
          return at;
        }
        node = sequence.items().get(index);
        at = node.at();
      } else if (node instanceof Mapping mapping && mapping.values().containsKey(step.group())) {
        at = mapping.keyPlaces().get(step.group());
        node = mapping.values().get(step.group());
      } else {
        return at;
      }
    }
    return at;
  }
}
