package dev.hone.policy.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Sequences of like length, squared to {@code [sequences, length]} for one batched product. Places
 * past a sequence's end repeat its first row: finite, never seen by a real query (they lie in its
 * causal future), never read back.
 */
final class Bucket {

  /** Shorter sequences join a bucket down to this share of its length, ... */
  private static final double SHORTEST = 0.75;

  /** ... or if they miss no more than this many tokens. */
  private static final int SLACK = 8;

  private final int[] members;
  private final int length;
  private final int[] starts;
  private final Map<Integer, PtNDArray> rows = new HashMap<>();

  private Bucket(int[] members, int length, int[] starts) {
    this.members = members;
    this.length = length;
    this.starts = starts;
  }

  /**
   * Buckets for these sequences, from their lengths alone; an empty one is in none, for it has no
   * row to repeat.
   *
   * @param scoresALimit how many attention scores {@code sequences * heads * length^2} a bucket of
   *     more than one sequence may have
   */
  static List<Bucket> of(int[] starts, int heads, long scoresALimit) {
    Integer[] order =
        IntStream.range(0, starts.length - 1)
            .filter(s -> starts[s + 1] > starts[s])
            .boxed()
            .sorted(Comparator.comparingInt((Integer s) -> starts[s] - starts[s + 1])) // stable
            .toArray(Integer[]::new);
    int sequences = order.length;
    List<Bucket> buckets = new ArrayList<>();
    int from = 0;
    while (from < sequences) {
      int length = starts[order[from] + 1] - starts[order[from]];
      long most = Math.max(1, scoresALimit / Math.max(1L, (long) heads * length * length));
      int to = from + 1;
      while (to < sequences && to - from < most) {
        int next = starts[order[to] + 1] - starts[order[to]];
        if (next < SHORTEST * length && length - next > SLACK) {
          break;
        }
        to++;
      }
      int[] members = Arrays.stream(order, from, to).mapToInt(Integer::intValue).toArray();
      buckets.add(new Bucket(members, length, starts));
      from = to;
    }
    return buckets;
  }

  int sequences() {
    return members.length;
  }

  int length() {
    return length;
  }

  int sequence(int place) {
    return members[place];
  }

  /** Whether the packed rows, as they lie, are this bucket: no index is needed. */
  boolean isWhole() {
    for (int i = 0; i < members.length; i++) {
      if (members[i] != i || starts[i] != i * length) {
        return false;
      }
    }
    return starts[starts.length - 1] == members.length * length;
  }

  /**
   * For places {@code [sequence, head, token]} the row of {@code [tokens * heads, ...]}; with
   * {@code shared}, the row of {@code [tokens, ...]} that all heads share.
   */
  PtNDArray rows(PtNDManager manager, int heads, boolean shared) {
    return rows.computeIfAbsent(
        shared ? -heads : heads,
        key -> {
          long[] index = new long[members.length * heads * length];
          int place = 0;
          for (int member : members) {
            int start = starts[member];
            int own = starts[member + 1] - start;
            for (int head = 0; head < heads; head++) {
              for (int token = 0; token < length; token++) {
                int row = start + (token < own ? token : 0);
                index[place++] = shared ? row : (long) row * heads + head;
              }
            }
          }
          return Torch.retain(Torch.longs(manager, index, index.length));
        });
  }

  void close() {
    rows.values().forEach(PtNDArray::close);
    rows.clear();
  }
}
