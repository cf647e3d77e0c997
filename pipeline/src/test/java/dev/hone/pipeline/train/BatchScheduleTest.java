package dev.hone.pipeline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchScheduleTest {

  /** Rows that say their position in their epoch, rotated by the epoch. */
  private static BatchSchedule<Long> schedule(int size, int batchSize) {
    BatchSchedule.Rows<Long> rows =
        (position, count) ->
            LongStream.range(position, position + count)
                .map(at -> (at % size + at / size) % size)
                .boxed()
                .toList();
    return new BatchSchedule<>(rows, size, batchSize, "prompts_per_step");
  }

  @Property
  void noBatchHoldsARowTwice(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 40) int batchSize,
      @ForAll @IntRange(max = 200) int number) {
    if (batchSize > size) {
      return;
    }
    List<Long> batch = schedule(size, batchSize).batch(number);
    assertThat(batch).hasSize(batchSize);
    assertThat(new HashSet<>(batch)).hasSize(batchSize);
  }

  @Test
  void whatIsLeftOfAnEpochIsSkipped() {
    BatchSchedule<Long> schedule = schedule(5, 2);
    assertThat(schedule.batch(0)).containsExactly(0L, 1L);
    assertThat(schedule.batch(1)).containsExactly(2L, 3L);
    assertThat(schedule.batch(2)).containsExactly(1L, 2L);
    assertThat(schedule.epochs(3)).isEqualTo(1.5);
  }

  @Test
  void tooFewRowsForABatchAreNamed() {
    assertThatThrownBy(() -> schedule(3, 4))
        .isInstanceOf(InvalidInput.class)
        .hasMessage(
            "prompts_per_step is 4, but the dataset has only 3 usable rows: lower it or give more"
                + " rows");
  }
}
