package dev.hone.policy.djl;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.RotaryTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A packing with the index tensors that all layers share, each made when first needed. */
final class DjlPacking implements Packing {

  /** Attention scores a bucket may hold at once: 64 MB. */
  private static final long SCORES = 16L << 20;

  private final PtNDManager manager;
  private final int[] starts;
  private final int[] past;
  private final int[] positions;
  private final DjlKvCache cache;
  private final int[] slots;
  private final Map<Integer, List<Bucket>> buckets = new HashMap<>();
  private final Map<Integer, PtNDArray> packedRows = new HashMap<>();
  private final Map<Integer, PtNDArray> cacheRows = new HashMap<>();
  private final Map<Integer, NDIndex> cacheIndices = new HashMap<>();
  private final Map<Long, PtNDArray> masks = new HashMap<>();
  private final Map<RotaryTable, Rotation> rotations = new IdentityHashMap<>();
  private DecodeView decodeView;

  DjlPacking(PtNDManager manager, int[] lengths, DjlKvCache cache, int[] slots) {
    this.manager = manager;
    this.cache = cache;
    this.slots = slots == null ? null : slots.clone();
    starts = new int[lengths.length + 1];
    past = new int[lengths.length];
    for (int s = 0; s < lengths.length; s++) {
      if (lengths[s] < 0) {
        throw new IllegalArgumentException("pack: a length must not be negative: " + lengths[s]);
      }
      starts[s + 1] = starts[s] + lengths[s];
      past[s] = cache == null ? 0 : cache.length(slots[s]);
    }
    positions = new int[starts[lengths.length]];
    for (int s = 0; s < lengths.length; s++) {
      for (int row = starts[s]; row < starts[s + 1]; row++) {
        positions[row] = past[s] + row - starts[s];
      }
    }
  }

  static DjlPacking of(Packing packing) {
    if (packing instanceof DjlPacking mine) {
      return mine;
    }
    throw new IllegalArgumentException("The packing belongs to another backend");
  }

  @Override
  public int sequences() {
    return past.length;
  }

  @Override
  public int tokens() {
    return positions.length;
  }

  @Override
  public int[] starts() {
    return starts.clone();
  }

  @Override
  public int[] positions() {
    return positions.clone();
  }

  PtNDManager manager() {
    return manager;
  }

  @Override
  public Optional<KvCache> cache() {
    return Optional.ofNullable(cache);
  }

  /** The cache, or null. */
  DjlKvCache heldIn() {
    return cache;
  }

  int slot(int sequence) {
    return slots[sequence];
  }

  int past(int sequence) {
    return past[sequence];
  }

  int start(int sequence) {
    return starts[sequence];
  }

  int length(int sequence) {
    return starts[sequence + 1] - starts[sequence];
  }

  /** Whether no sequence has anything cached: attention needs the new rows alone. */
  boolean fresh() {
    return Arrays.stream(past).allMatch(held -> held == 0);
  }

  /** Whether every sequence goes on by one token. */
  boolean decoding() {
    for (int s = 0; s < past.length; s++) {
      if (past[s] == 0 || length(s) != 1) {
        return false;
      }
    }
    return true;
  }

  List<Bucket> buckets(int heads) {
    return buckets.computeIfAbsent(heads, key -> Bucket.of(starts, heads, SCORES));
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
                  index[(starts[sequence] + token) * heads + head] =
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
          for (int s = 0; s < past.length; s++) {
            for (int token = 0; token < length(s); token++) {
              for (int head = 0; head < heads; head++) {
                index[next++] =
                    ((long) slots[s] * heads + head) * cache.capacity() + past[s] + token;
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
    return rotations.computeIfAbsent(table, key -> Rotation.of(manager, table, positions));
  }

  DecodeView decodeView() {
    if (decodeView == null) {
      decodeView = new DecodeView(manager, slots, past);
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
