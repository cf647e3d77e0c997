package dev.hone.policy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackendsTest {

  private record Named(String name, int speed, Optional<String> unavailable) implements Backend {
    @Override
    public String describe() {
      return name;
    }

    @Override
    public Ops open(int threads) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Backend SLOW = new Named("slow", 1, Optional.empty());
  private static final Backend QUICK = new Named("quick", 5, Optional.empty());
  private static final Backend BROKEN = new Named("broken", 9, Optional.of("no such processor"));

  @Test
  void autoTakesTheFastestThatRunsAndSaysWhatKeptTheOthers() {
    Backends.Choice choice = Backends.choose("auto", List.of(BROKEN, QUICK, SLOW));
    assertThat(choice.backend()).isSameAs(QUICK);
    assertThat(choice.reason()).contains("broken: no such processor");
    assertThat(Backends.choose("auto", List.of(QUICK, SLOW)).reason()).contains("quick, slow");
  }

  @Test
  void aNameIsTakenAtItsWord() {
    assertThat(Backends.choose("slow", List.of(QUICK, SLOW)).backend()).isSameAs(SLOW);
  }

  @Test
  void anUnknownOrUnusableNameIsRefusedWithWhatThereIs() {
    assertThatThrownBy(() -> Backends.choose("cuda", List.of(QUICK, SLOW)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cuda")
        .hasMessageContaining("auto, quick, slow");
    assertThatThrownBy(() -> Backends.choose("broken", List.of(BROKEN, SLOW)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no such processor");
  }

  @Test
  void theServiceFileNamesTheBackendsOnTheClassPath() {
    assertThat(Backends.available()).extracting(Backend::name).contains("djl");
    assertThat(Backends.select("djl").describe()).contains("PyTorch").contains("DJL");
  }
}
