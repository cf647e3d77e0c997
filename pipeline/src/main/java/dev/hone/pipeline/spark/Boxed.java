package dev.hone.pipeline.spark;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import java.util.List;
import org.apache.spark.sql.Row;
import scala.collection.immutable.ArraySeq;

/**
 * Primitive arrays as the sequences that a Spark row holds: what {@code Row.getList} reads whether
 * the row has been through Spark's encoder or not.
 */
final class Boxed {

  private Boxed() {}

  static ArraySeq<Integer> box(int[] values) {
    return ArraySeq.unsafeWrapArray(Ints.asList(values).toArray(Integer[]::new));
  }

  static ArraySeq<Float> box(float[] values) {
    return ArraySeq.unsafeWrapArray(Floats.asList(values).toArray(Float[]::new));
  }

  static ArraySeq<Row> box(List<Row> rows) {
    return ArraySeq.unsafeWrapArray(rows.toArray(Row[]::new));
  }
}
