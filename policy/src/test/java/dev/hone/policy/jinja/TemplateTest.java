package dev.hone.policy.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * {@code cases.json}: what Jinja2 3.1 renders as transformers 5.18 sets it up (its {@code
   * _compile_jinja_template}), or that it fails.
   */
  @Test
  void rendersWhatJinja2RendersAndFailsWhereItFails() throws IOException {
    try (InputStream cases = TemplateTest.class.getResourceAsStream("cases.json")) {
      for (JsonNode one : JSON.readTree(cases)) {
        String source = one.get("template").asText();
        Map<String, ?> variables = JSON.convertValue(one.get("variables"), LinkedHashMap.class);
        if (one.has("fails")) {
          assertThatThrownBy(() -> Template.parse(source).render(variables))
              .as(source)
              .isInstanceOf(TemplateError.class);
        } else {
          assertThat(Template.parse(source).render(variables))
              .as(source)
              .isEqualTo(one.get("expected").asText());
        }
      }
    }
  }

  @Test
  void anErrorNamesItsLine() {
    assertThatThrownBy(() -> Template.parse("a\nb {{ c | nothing }}"))
        .hasMessage("line 2: there is no filter 'nothing'");
    assertThatThrownBy(
            () ->
                Template.parse("{% if true %}\n\n{{ raise_exception('Only users') }}{% endif %}")
                    .render(Map.of()))
        .hasMessage("line 3: Only users");
  }

  @Test
  void whatCannotBeEvaluatedIsAnErrorOfTheTemplate() {
    for (String source : new String[] {"{{ [] | min }}", "{% break %}", "{{ 'a' | indent(-1) }}"}) {
      assertThatThrownBy(() -> Template.parse(source).render(Map.of()))
          .as(source)
          .isInstanceOf(TemplateError.class);
    }
  }

  @Test
  void theTimeIsWrittenAsStrftimeWritesIt() {
    Clock clock = Clock.fixed(Instant.parse("2024-07-06T05:04:03Z"), ZoneOffset.UTC);
    Template template =
        Template.parse("{{ strftime_now('%d %b %Y|%B %-d|%A|%H:%M:%S|%Y-%m-%d|%%') }}");
    assertThat(template.render(Map.of(), clock))
        .isEqualTo("06 Jul 2024|July 6|Saturday|05:04:03|2024-07-06|%");
  }

  @Test
  void nothingOfJavaCanBeReached() {
    for (String source :
        new String[] {
          "{{ ''.getClass() }}",
          "{{ ''.class.forName('java.lang.Runtime') }}",
          "{{ [].getClass() }}",
          "{{ range.getClass() }}",
          "{{ loop.class.x }}",
        }) {
      assertThatThrownBy(() -> Template.parse(source).render(Map.of()))
          .as(source)
          .isInstanceOf(TemplateError.class);
    }
    assertThat(Template.parse("{{ ''.class }}").render(Map.of())).isEmpty();
  }
}
