package dev.hone.policy.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The known-answer vectors of Random123 1.14 (kat_vectors, philox4x32 10). */
class PhiloxTest {

  @Test
  void matchesTheKnownAnswersOfRandom123() {
    assertThat(words(new Philox(0).block(0, 0, 0, 0)))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(words(new Philox(-1L).block(-1, -1, -1, -1)))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(
            words(
                new Philox(0x299f31d0a4093822L)
                    .block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344)))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void uniformNumbersAreEvenlySpreadOverTheUnitInterval() {
    Philox philox = new RandomKey(7, 3).generator();
    int[] counts = new int[16];
    int draws = 16000;
    for (int i = 0; i < draws; i++) {
      counts[(int) (philox.uniform(5, i) * 16)]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += Math.pow(count - draws / 16.0, 2) / (draws / 16.0);
    }
    assertThat(chiSquare).isLessThan(37.7); // 0.1 % quantile at 15 degrees of freedom
  }

  private static int[] words(long[] block) {
    return new int[] {
      (int) block[0], (int) (block[0] >>> 32), (int) block[1], (int) (block[1] >>> 32)
    };
  }
}
