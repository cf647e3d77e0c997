package dev.hone.pipeline.spark;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;

/** Primitive arrays as the boxed ones that a Spark row holds. */
final class Boxed {

  private Boxed() {}

  static Integer[] box(int[] values) {
    return Ints.asList(values).toArray(Integer[]::new);
  }

  static Float[] box(float[] values) {
    return Floats.asList(values).toArray(Float[]::new);
  }
}
