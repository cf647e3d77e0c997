package dev.hone.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchemaTest {

  /** Every record reachable from the experiment. */
  private static Set<Class<?>> sections() {
    Set<Class<?>> sections = new LinkedHashSet<>();
    List<Class<?>> todo = new ArrayList<>(List.of(Experiment.class));
    while (!todo.isEmpty()) {
      Class<?> section = todo.remove(0);
      if (sections.add(section)) {
        Schema.keys(section).forEach(key -> todo.addAll(under(key.type())));
      }
    }
    return sections;
  }

  private static List<Class<?>> under(Type type) {
    Class<?> raw = Schema.raw(type);
    if (raw == List.class) {
      return under(Schema.argument(type, 0));
    }
    if (raw.isSealed() && !raw.isEnum()) {
      return List.copyOf(Schema.kinds(raw).values());
    }
    return raw.isRecord() ? List.of(raw) : List.of();
  }

  @Test
  void everySettingHasADescriptionOfOneLine() {
    assertThat(sections()).hasSizeGreaterThan(10);
    for (Class<?> section : sections()) {
      for (Schema.Key key : Schema.keys(section)) {
        assertThat(key.setting().doc())
            .as(section.getSimpleName() + "." + key.name())
            .isNotBlank()
            .hasSizeLessThan(100)
            .doesNotContain("\n");
      }
    }
  }

  @Test
  void keysOfASectionAreUnique() {
    for (Class<?> section : sections()) {
      assertThat(Schema.names(section)).as(section.getSimpleName()).doesNotHaveDuplicates();
    }
  }

  @Test
  void everyDefaultIsItselfAllowed() {
    for (Class<?> section : sections()) {
      Problems problems = new Problems();
      if (section != Experiment.class) {
        new Binder(problems)
            .section(section.asSubclass(Record.class), YamlNode.Mapping.empty("default"), "");
      }
      assertThat(problems.lines()).as(section.getSimpleName()).isEmpty();
    }
  }

  @Test
  void theNearestNameIsASlipOfTheKeyboardAway() {
    assertThat(Nearest.to("epsilon_hi", List.of("epsilon", "epsilon_high")))
        .contains("epsilon_high");
    assertThat(Nearest.to("numGenerations", List.of("num_generations", "name")))
        .contains("num_generations");
    assertThat(Nearest.to("zebra", List.of("num_generations", "name"))).isEmpty();
    assertThat(Nearest.distance("gpro", "grpo")).isEqualTo(1);
  }
}
