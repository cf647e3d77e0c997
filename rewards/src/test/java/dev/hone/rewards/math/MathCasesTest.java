package dev.hone.rewards.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes the judged answers a measure: they are many, readable, balanced and all different. */
class MathCasesTest {

  private final Map<String, List<MathCase>> categories = MathCases.byCategory();
  private final List<MathCase> all = categories.values().stream().flatMap(List::stream).toList();

  @Test
  void areMany() {
    assertThat(all).hasSizeGreaterThanOrEqualTo(600);
  }

  @Test
  void holdAboutAsMuchToRefuseAsToAccept() {
    assertThat(shareAccepted(all)).isBetween(0.4, 0.6);
  }

  /** Attacks are there to be refused; a few answers that only look like one keep them honest. */
  @Test
  void areBalancedInEveryCategory() {
    categories.forEach(
        (category, cases) ->
            assertThat(shareAccepted(cases))
                .as("%s: the share to accept of %d", category, cases.size())
                .isBetween(category.endsWith("attacks") ? 0.2 : 0.4, 0.6));
  }

  private static double shareAccepted(List<MathCase> cases) {
    return (double) cases.stream().filter(MathCase::expected).count() / cases.size();
  }

  @Test
  void sayWhyInAReadableClause() {
    assertThat(all)
        .allSatisfy(c -> assertThat(c.why()).as(c.where()).hasSizeBetween(10, 120).contains(" "));
  }

  @Test
  void areStrictOrLenient() {
    assertThat(all).allSatisfy(c -> assertThat(c.mode()).as(c.where()).isIn("strict", "lenient"));
  }

  @Test
  void differInMoreThanTheirNumbers() {
    Map<String, String> seen = new HashMap<>();
    for (MathCase c : all) {
      assertThat(seen.put(c.shape(), c.where())).as("%s repeats", c.where()).isNull();
    }
  }
}
