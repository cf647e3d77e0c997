package dev.hone.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Lists;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AheadIteratorTest {

  @Test
  void resultsComeInTheOrderOfTheRows() {
    List<Integer> rows = IntStream.range(0, 100).boxed().toList();
    AheadIterator<Integer, Integer> squares =
        new AheadIterator<>(
            rows.iterator(),
            row -> {
              Thread.yield();
              return row * row;
            },
            4);
    assertThat(Lists.newArrayList(squares)).isEqualTo(rows.stream().map(row -> row * row).toList());
  }

  @Test
  @Timeout(20)
  void severalRunAtOnce() {
    CountDownLatch both = new CountDownLatch(2);
    AheadIterator<Integer, Integer> meeting =
        new AheadIterator<>(
            List.of(1, 2).iterator(),
            row -> {
              both.countDown();
              try {
                both.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return row;
            },
            2);
    assertThat(Lists.newArrayList(meeting)).containsExactly(1, 2);
  }

  @Test
  void aFailureReachesTheReader() {
    AheadIterator<Integer, Integer> failing =
        new AheadIterator<>(
            List.of(1).iterator(),
            row -> {
              throw new IllegalStateException("row " + row);
            },
            2);
    assertThatThrownBy(failing::next).hasRootCauseMessage("row 1");
  }
}
