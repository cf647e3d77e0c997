package dev.hone.policy.djl;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.hone.policy.tensor.AbstractPacking;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.RotaryTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A packing with the index tensors that all layers share, each made when first needed. */
final class DjlPacking extends AbstractPacking<DjlKvCache> {

  /** Attention scores a bucket may hold at once: 64 MB. */
  private static final long SCORES = 16L << 20;

  private final PtNDManager manager;
  private final Map<Integer, List<Bucket>> buckets = new HashMap<>();
  private final Map<Integer, PtNDArray> packedRows = new HashMap<>();
  private final Map<Integer, PtNDArray> cacheRows = new HashMap<>();
  private final Map<Integer, NDIndex> cacheIndices = new HashMap<>();
  private final Map<Long, PtNDArray> masks = new HashMap<>();
  private final Map<RotaryTable, Rotation> rotations = new IdentityHashMap<>();
  private DecodeView decodeView;

  DjlPacking(PtNDManager manager, int[] lengths, DjlKvCache cache, int[] slots) {
    super(lengths, cache, slots);
    this.manager = manager;
  }

  static DjlPacking of(Packing packing) {
    if (packing instanceof DjlPacking mine) {
      return mine;
    }
    throw new IllegalArgumentException("The packing belongs to another backend");
  }

  PtNDManager manager() {
    return manager;
  }

  /** Whether no sequence has anything cached: attention needs the new rows alone. */
  boolean fresh() {
    return IntStream.range(0, sequences()).allMatch(s -> past(s) == 0);
  }

  /** Whether every sequence goes on by one token. */
  boolean decoding() {
    return IntStream.range(0, sequences()).allMatch(s -> past(s) > 0 && length(s) == 1);
  }

  List<Bucket> buckets(int heads) {
    return buckets.computeIfAbsent(heads, key -> Bucket.of(starts(), heads, SCORES));
  }

  /**
   * For rows {@code [tokens * heads]} their places in the buckets' outputs, laid one after another
   * as {@code [sequence, head, token]}.
   */
  PtNDArray packedRows(int heads) {
    return packedRows.computeIfAbsent(
        heads,
        key -> {
          long[] index = new long[tokens() * heads];
          long base = 0;
          for (Bucket bucket : buckets(heads)) {
            for (int place = 0; place < bucket.sequences(); place++) {
              int sequence = bucket.sequence(place);
              for (int token = 0; token < length(sequence); token++) {
                for (int head = 0; head < heads; head++) {
                  index[(start(sequence) + token) * heads + head] =
                      base + ((long) place * heads + head) * bucket.length() + token;
                }
              }
            }
            base += (long) bucket.sequences() * heads * bucket.length();
          }
          return Torch.retain(Torch.longs(manager, index, index.length));
        });
  }

  /** For the new rows {@code [tokens * heads]} their places in a plane of the cache. */
  NDIndex cacheRows(int heads) {
    return cacheIndices.computeIfAbsent(
        heads,
        key -> {
          long[] index = new long[tokens() * heads];
          int next = 0;
          for (int s = 0; s < sequences(); s++) {
            for (int token = 0; token < length(s); token++) {
              for (int head = 0; head < heads; head++) {
                index[next++] =
                    ((long) slot(s) * heads + head) * heldIn().capacity() + past(s) + token;
              }
            }
          }
          PtNDArray rows = Torch.retain(Torch.longs(manager, index, index.length));
          cacheRows.put(heads, rows);
          return new NDIndex("{}", rows);
        });
  }

  /**
   * {@code [queries, queries + held]}: 0 where query {@code i} may see, that is up to {@code held +
   * i}, and minus infinity beyond.
   */
  PtNDArray causalMask(int queries, int held) {
    return masks.computeIfAbsent(
        ((long) queries << 32) | held,
        key -> {
          int keys = held + queries;
          float[] mask = new float[queries * keys];
          for (int i = 0; i < queries; i++) {
            Arrays.fill(mask, i * keys + held + i + 1, (i + 1) * keys, Float.NEGATIVE_INFINITY);
          }
          return Torch.retain(Torch.floats(manager, mask, queries, keys));
        });
  }

  Rotation rotation(RotaryTable table) {
    return rotations.computeIfAbsent(table, key -> Rotation.of(manager, table, positions()));
  }

  DecodeView decodeView() {
    if (decodeView == null) {
      decodeView =
          new DecodeView(
              manager,
              IntStream.range(0, sequences()).map(this::slot).toArray(),
              IntStream.range(0, sequences()).map(this::past).toArray());
    }
    return decodeView;
  }

  @Override
  public void close() {
    buckets.values().forEach(list -> list.forEach(Bucket::close));
    buckets.clear();
    for (Map<?, PtNDArray> arrays : List.of(packedRows, cacheRows, masks)) {
      arrays.values().forEach(PtNDArray::close);
      arrays.clear();
    }
    cacheIndices.clear();
    rotations.values().forEach(Rotation::close);
    rotations.clear();
    if (decodeView != null) {
      decodeView.close();
      decodeView = null;
    }
  }
}
