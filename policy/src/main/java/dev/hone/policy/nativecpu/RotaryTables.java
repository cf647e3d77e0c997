package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.RotaryTable;
import java.util.HashMap;
import java.util.Map;

/**
 * Cosines and sines of positions, {@code [positions, 2, pairs]}, computed once. The angle is the
 * fp32 product of position and inverse frequency, as in transformers, so that both round alike far
 * out.
 */
final class RotaryTables {

  private static final int FIRST_POSITIONS = 512;

  private record Rows(long address, int positions) {}

  private final Memory memory;
  private final Map<RotaryTable, Rows> tables = new HashMap<>();

  RotaryTables(Memory memory) {
    this.memory = memory;
  }

  /** The address of a table that reaches beyond {@code position}. */
  synchronized long address(RotaryTable table, int position) {
    Rows rows = tables.get(table);
    if (rows == null || rows.positions() <= position) {
      int positions = rows == null ? FIRST_POSITIONS : 2 * rows.positions();
      while (positions <= position) {
        positions *= 2;
      }
      // A shorter one may still be read by another thread; it stays until the end.
      rows = new Rows(compute(table, positions), positions);
      tables.put(table, rows);
    }
    return rows.address();
  }

  private long compute(RotaryTable table, int positions) {
    float[] frequencies = table.inverseFrequencies();
    int pairs = frequencies.length;
    float[] values = new float[positions * 2 * pairs];
    for (int position = 0; position < positions; position++) {
      for (int pair = 0; pair < pairs; pair++) {
        double angle = position * frequencies[pair];
        int at = position * 2 * pairs + pair;
        values[at] = (float) Math.cos(angle) * table.magnitude();
        values[at + pairs] = (float) Math.sin(angle) * table.magnitude();
      }
    }
    long address = memory.allocate((long) values.length * Float.BYTES, MemoryPart.STAGING);
    memory.putFloats(address, values);
    return address;
  }
}
