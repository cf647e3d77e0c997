package dev.hone.policy.tensor;

import static dev.hone.policy.tensor.ComputeDtype.AUTO;
import static dev.hone.policy.tensor.ComputeDtype.BF16;
import static dev.hone.policy.tensor.ComputeDtype.FP32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackendsTest {

  private record Named(
      String name, int speed, List<Precision> precisions, Optional<String> unavailable)
      implements Backend {
    @Override
    public String describe() {
      return "lib" + name;
    }

    @Override
    public Ops open(int threads, Precision precision) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Backend SLOW =
      new Named("slow", 1, List.of(Precision.BF16, Precision.FP32), Optional.empty());
  private static final Backend QUICK =
      new Named("quick", 5, List.of(Precision.FP32), Optional.empty());
  private static final Backend BROKEN =
      new Named("broken", 9, List.of(Precision.FP32), Optional.of("no such processor"));

  @Test
  void autoTakesTheFastestThatRunsAndSaysWhatKeptTheOthers() {
    Backends.Choice choice = Backends.choose("auto", AUTO, List.of(BROKEN, QUICK, SLOW));
    assertThat(choice.backend()).isSameAs(QUICK);
    assertThat(choice.reason()).contains("broken: no such processor");
    assertThat(Backends.choose("auto", AUTO, List.of(QUICK, SLOW)).reason())
        .contains("quick, slow");
  }

  @Test
  void aNameIsTakenAtItsWord() {
    assertThat(Backends.choose("slow", AUTO, List.of(QUICK, SLOW)).backend()).isSameAs(SLOW);
  }

  @Test
  void autoComputesInTheBackendsFastestPrecisionAndADtypeIsTakenAtItsWord() {
    List<Backend> known = List.of(QUICK, SLOW);
    assertThat(Backends.choose("slow", AUTO, known).precision()).isEqualTo(Precision.BF16);
    assertThat(Backends.choose("slow", FP32, known).precision()).isEqualTo(Precision.FP32);
    assertThat(Backends.choose("auto", AUTO, known).precision()).isEqualTo(Precision.FP32);
    Backends.Choice half = Backends.choose("auto", BF16, known);
    assertThat(half.backend()).isSameAs(SLOW);
    assertThat(half.reason()).contains("quick: it does not compute in bf16");
    assertThat(half.describe(2)).isEqualTo("slow: bf16, libslow, 2 threads");
    assertThatThrownBy(() -> Backends.choose("quick", BF16, known))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("does not compute in bf16");
  }

  @Test
  void anUnknownOrUnusableNameIsRefusedWithWhatThereIs() {
    assertThatThrownBy(() -> Backends.choose("cuda", AUTO, List.of(QUICK, SLOW)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cuda")
        .hasMessageContaining("auto, quick, slow");
    assertThatThrownBy(() -> Backends.choose("broken", AUTO, List.of(BROKEN, SLOW)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no such processor");
  }

  @Test
  void theServiceFileNamesTheBackendsOnTheClassPath() {
    assertThat(Backends.available()).extracting(Backend::name).contains("djl");
    assertThat(Backends.select("djl").describe()).contains("PyTorch").contains("DJL");
  }
}
