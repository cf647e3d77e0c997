package dev.hone.pipeline.config;

import dev.hone.pipeline.config.YamlNode.Mapping;
import dev.hone.pipeline.config.YamlNode.Scalar;
import dev.hone.pipeline.config.YamlNode.ScalarKind;
import dev.hone.pipeline.config.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code --set stages.grpo.max_steps=20}: changes a value before the experiment is read. An item of
 * a list is named by its position from 0 ({@code stages.1} or {@code stages[1]}), or by its {@code
 * name} or {@code type}.
 */
final class Overrides {

  private final String place;
  private final Problems problems;

  private Overrides(String place, Problems problems) {
    this.place = place;
    this.problems = problems;
  }

  static void apply(String override, Mapping root, Problems problems) {
    int equals = override.indexOf('=');
    if (equals <= 0) {
      problems.add("--set " + override, "", "must be key.path=value");
      return;
    }
    String path = override.substring(0, equals).strip();
    String place = "--set " + path;
    YamlNode value = YamlReader.readAt(place, override.substring(equals + 1), problems);
    new Overrides(place, problems).set(root, steps(path), 0, value);
  }

  private static List<String> steps(String path) {
    return List.of(path.replaceAll("\\[(\\w+)\\]", ".$1").split("\\.", -1));
  }

  private void set(YamlNode node, List<String> steps, int depth, YamlNode value) {
    String step = steps.get(depth);
    boolean last = depth == steps.size() - 1;
    if (step.isEmpty()) {
      problems.add(place, "", "an empty name in the path; write key.path=value");
    } else if (node instanceof Mapping mapping) {
      if (last) {
        mapping.put(step, place, value);
        return;
      }
      YamlNode child = mapping.values().get(step);
      if (child == null || (child instanceof Scalar scalar && scalar.kind() == ScalarKind.NULL)) {
        child = Mapping.empty(place);
        mapping.put(step, place, child);
      }
      set(child, steps, depth + 1, value);
    } else if (node instanceof Sequence sequence) {
      int index = index(sequence, step);
      if (index < 0) {
        problems.add(place, "", noSuchItem(sequence, steps, depth));
      } else if (last) {
        sequence.items().set(index, value);
      } else {
        set(sequence.items().get(index), steps, depth + 1, value);
      }
    } else {
      problems.add(
          place,
          "",
          String.join(".", steps.subList(0, depth)) + " holds " + node.found() + ", not keys");
    }
  }

  private static int index(Sequence sequence, String step) {
    if (step.matches("\\d{1,9}")) {
      int index = Integer.parseInt(step);
      return index < sequence.items().size() ? index : -1;
    }
    List<String> labels = labels(sequence);
    return labels.indexOf(step);
  }

  private static List<String> labels(Sequence sequence) {
    List<String> labels = new ArrayList<>();
    for (YamlNode item : sequence.items()) {
      Object name = item instanceof Mapping mapping ? label(mapping) : null;
      labels.add(String.valueOf(name));
    }
    return labels;
  }

  private static Object label(Mapping mapping) {
    YamlNode name = mapping.values().get("name");
    YamlNode label = name == null ? mapping.values().get("type") : name;
    return label == null ? null : label.plain();
  }

  private static String noSuchItem(Sequence sequence, List<String> steps, int depth) {
    String list = String.join(".", steps.subList(0, depth));
    int size = sequence.items().size();
    List<String> named = labels(sequence).stream().filter(name -> !name.equals("null")).toList();
    return list
        + " has no item "
        + steps.get(depth)
        + "; allowed: "
        + (size == 0 ? "none, it is empty" : size == 1 ? "0" : "0 to " + (size - 1))
        + (named.isEmpty() ? "" : ", " + String.join(", ", named));
  }
}
