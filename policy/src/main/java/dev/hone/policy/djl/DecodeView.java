package dev.hone.policy.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How a decode step, one query a sequence, sees the cache. Usually the running sequences fill a
 * range of slots, and the products read the cache where it lies; sequences are put into slot order
 * and holes in the range repeat a query whose result nobody reads. Where the holes would outweigh
 * the sequences, their slots are copied out instead.
 */
final class DecodeView {

  private final PtNDManager manager;
  private final int[] slots;
  private final int[] past;
  private final int low;
  private final int range;
  private final int longest;
  private final boolean inPlace;
  private final boolean inOrder;
  private final PtNDArray mask;
  private final PtNDArray toRange;
  private final PtNDArray fromRange;
  private final Map<Integer, PtNDArray> slotRows = new HashMap<>();

  DecodeView(PtNDManager manager, int[] slots, int[] past) {
    this.manager = manager;
    this.slots = slots;
    this.past = past;
    int first = Arrays.stream(slots).min().orElseThrow();
    int span = Arrays.stream(slots).max().orElseThrow() - first + 1;
    inPlace = span <= 2 * slots.length;
    low = inPlace ? first : 0;
    range = inPlace ? span : slots.length;
    longest = Arrays.stream(past).max().orElseThrow() + 1;
    boolean ordered = true;
    for (int s = 0; s < slots.length; s++) {
      ordered &= slots[s] == first + s;
    }
    inOrder = ordered || !inPlace;
    mask = mask();
    if (inOrder) {
      toRange = null;
      fromRange = null;
    } else {
      long[] there = new long[range];
      long[] back = new long[slots.length];
      for (int s = 0; s < slots.length; s++) {
        there[slots[s] - low] = s;
        back[s] = slots[s] - low;
      }
      toRange = Torch.retain(Torch.longs(manager, there, range));
      fromRange = Torch.retain(Torch.longs(manager, back, back.length));
    }
  }

  /** {@code [range, 1, longest]}, or null where all sequences are of one length. */
  private PtNDArray mask() {
    float[] additive = new float[range * longest];
    boolean needed = false;
    for (int s = 0; s < slots.length; s++) {
      int row = inPlace ? slots[s] - low : s;
      Arrays.fill(
          additive, row * longest + past[s] + 1, (row + 1) * longest, Float.NEGATIVE_INFINITY);
      needed |= past[s] + 1 < longest;
    }
    return needed ? Torch.retain(Torch.floats(manager, additive, range, 1, longest)) : null;
  }

  /** Rows {@code [range, ...]} that are multiplied with the cache. */
  int range() {
    return range;
  }

  int longest() {
    return longest;
  }

  PtNDArray mask(PtNDArray scores) {
    if (mask != null) {
      JniUtils.addi(scores, mask);
    }
    return scores;
  }

  /** {@code [sequences, heads, width] -> [range, heads, width]}. */
  PtNDArray toRange(PtNDArray x, int heads, int width) {
    return inOrder ? x : gather(x, toRange, range, heads, width);
  }

  /** {@code [range, heads, width] -> [sequences, heads, width]}. */
  PtNDArray fromRange(PtNDArray x, int heads, int width) {
    return inOrder ? x : gather(x, fromRange, slots.length, heads, width);
  }

  private static PtNDArray gather(PtNDArray x, PtNDArray index, int rows, int heads, int width) {
    PtNDArray flat = JniUtils.reshape(x, new long[] {-1, (long) heads * width});
    return JniUtils.reshape(Torch.gather(flat, index), new long[] {rows, heads, width});
  }

  /** Of {@code plane [slots * heads, capacity, width]}: {@code [range * heads, longest, width]}. */
  PtNDArray keys(PtNDArray plane, int heads) {
    if (inPlace) {
      PtNDArray inRange = Torch.rows(plane, low * heads, (low + range) * heads);
      return JniUtils.slice(inRange, 1, 0, longest, 1);
    }
    PtNDArray index =
        slotRows.computeIfAbsent(
            heads,
            key -> {
              long[] rows = new long[slots.length * heads];
              for (int i = 0; i < rows.length; i++) {
                rows[i] = (long) slots[i / heads] * heads + i % heads;
              }
              return Torch.retain(Torch.longs(manager, rows, rows.length));
            });
    return Torch.select(JniUtils.slice(plane, 1, 0, longest, 1), index, manager);
  }

  void close() {
    if (mask != null) {
      mask.close();
    }
    if (!inOrder) {
      toRange.close();
      fromRange.close();
    }
    slotRows.values().forEach(PtNDArray::close);
    slotRows.clear();
  }
}
