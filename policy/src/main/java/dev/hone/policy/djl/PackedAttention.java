package dev.hone.policy.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * Causal attention with keys and values of their own: over the new rows alone in buckets, or over
 * the cache. Query heads {@code [g * kv, (g + 1) * kv)} share key/value head {@code kv}, so the
 * queries of a group are laid beneath each other as rows of one product.
 */
final class PackedAttention {

  private final DjlPacking packing;
  private final int heads;
  private final int kvHeads;
  private final int group;
  private final double scale;

  PackedAttention(DjlPacking packing, int heads, int kvHeads, double scale) {
    this.packing = packing;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.group = heads / kvHeads;
    this.scale = scale;
  }

  /** What a bucket's products need of the keys and values, as {@code [places, length, width]}. */
  interface KeysAndValues {
    PtNDArray keys(Bucket bucket);

    PtNDArray values(Bucket bucket, PtNDArray keys);
  }

  /** Attention among the new rows. {@code q [tokens, heads, d]} to {@code [tokens, heads, e]}. */
  PtNDArray fresh(PtNDArray q, int d, int e, KeysAndValues source) {
    List<Bucket> buckets = packing.buckets(heads);
    List<PtNDArray> outputs = new ArrayList<>(buckets.size());
    for (Bucket bucket : buckets) {
      int length = bucket.length();
      PtNDArray queries = Torch.scaled(squared(bucket, q, heads, d), scale);
      PtNDArray keys = source.keys(bucket);
      PtNDArray values = source.values(bucket, keys);
      PtNDArray grouped = queries;
      if (group > 1) {
        grouped =
            JniUtils.reshape(
                queries,
                new long[] {(long) bucket.sequences() * kvHeads, (long) group * length, d});
      }
      PtNDArray scores = JniUtils.bmm(grouped, JniUtils.transpose(keys, 1, 2));
      PtNDArray output = JniUtils.bmm(probabilities(scores, length, 0), values);
      outputs.add(JniUtils.reshape(output, new long[] {bucket.sequences(), heads, length, e}));
    }
    if (buckets.size() == 1 && buckets.get(0).isWhole()) {
      PtNDArray byToken = JniUtils.permute(outputs.get(0), new long[] {0, 2, 1, 3});
      return JniUtils.reshape(byToken, new long[] {packing.tokens(), heads, e});
    }
    PtNDArray[] rows =
        outputs.stream()
            .map(output -> JniUtils.reshape(output, new long[] {-1, e}))
            .toArray(PtNDArray[]::new);
    PtNDArray all = rows.length == 1 ? rows[0] : JniUtils.cat(rows, 0);
    return JniUtils.reshape(
        Torch.gather(all, packing.packedRows(heads)), new long[] {packing.tokens(), heads, e});
  }

  /** {@code scores [places, group * queries, keys]}, masked in place, as probabilities. */
  private PtNDArray probabilities(PtNDArray scores, int queries, int held) {
    if (queries == 1) {
      return JniUtils.softmax(scores, 2, DataType.FLOAT32);
    }
    PtNDArray perHead = scores;
    if (group > 1) {
      perHead = JniUtils.reshape(scores, new long[] {-1, queries, (long) held + queries});
    }
    JniUtils.addi(perHead, packing.causalMask(queries, held));
    PtNDArray result = JniUtils.softmax(perHead, 2, DataType.FLOAT32);
    if (group > 1) {
      result =
          JniUtils.reshape(result, new long[] {-1, (long) group * queries, (long) held + queries});
    }
    return result;
  }

  /** Packed {@code x [tokens, heads, width]} as {@code [sequences * heads, length, width]}. */
  PtNDArray squared(Bucket bucket, PtNDArray x, int xHeads, int width) {
    long[] shape = {(long) bucket.sequences() * xHeads, bucket.length(), width};
    if (bucket.isWhole()) {
      PtNDArray bySequence =
          JniUtils.reshape(x, new long[] {bucket.sequences(), bucket.length(), xHeads, width});
      return JniUtils.reshape(JniUtils.permute(bySequence, new long[] {0, 2, 1, 3}), shape);
    }
    PtNDArray index = bucket.rows(packing.manager(), xHeads, false);
    PtNDArray rows = JniUtils.reshape(x, new long[] {-1, width});
    return JniUtils.reshape(Torch.gather(rows, index), shape);
  }

  /** Keys and values of {@code k [tokens, kvHeads, d]} and {@code v [tokens, kvHeads, e]}. */
  KeysAndValues separate(PtNDArray k, int d, PtNDArray v, int e) {
    return new KeysAndValues() {
      @Override
      public PtNDArray keys(Bucket bucket) {
        return squared(bucket, k, kvHeads, d);
      }

      @Override
      public PtNDArray values(Bucket bucket, PtNDArray keys) {
        return squared(bucket, v, kvHeads, e);
      }
    };
  }

  /**
   * One query a sequence over the cache: {@code q [sequences, heads, d]}, planes {@code [slots *
   * kvHeads, capacity, ...]}; of the value plane the first {@code e} columns count.
   */
  PtNDArray decode(PtNDArray q, int d, PtNDArray keyPlane, PtNDArray valuePlane, int e) {
    DecodeView view = packing.decodeView();
    long range = view.range();
    PtNDArray queries = view.toRange(Torch.scaled(q, scale), heads, d);
    if (kvHeads > 1) {
      queries = JniUtils.reshape(queries, new long[] {range * kvHeads, group, d});
    }
    PtNDArray keys = view.keys(keyPlane, kvHeads);
    PtNDArray values =
        Torch.columns(valuePlane == keyPlane ? keys : view.keys(valuePlane, kvHeads), 3, 0, e);
    PtNDArray scores = JniUtils.bmm(queries, JniUtils.transpose(keys, 1, 2));
    if (kvHeads > 1) {
      scores = JniUtils.reshape(scores, new long[] {range, heads, view.longest()});
    }
    PtNDArray probabilities = JniUtils.softmax(view.mask(scores), 2, DataType.FLOAT32);
    if (kvHeads > 1) {
      probabilities =
          JniUtils.reshape(probabilities, new long[] {range * kvHeads, group, view.longest()});
    }
    PtNDArray output = JniUtils.bmm(probabilities, values);
    if (kvHeads > 1) {
      output = JniUtils.reshape(output, new long[] {range, heads, e});
    }
    return view.fromRange(output, heads, e);
  }

  /**
   * Any number of new tokens after any number of cached ones, a sequence at a time: shapes as in
   * {@link #decode}, {@code q [tokens, heads, d]}.
   */
  PtNDArray goOn(PtNDArray q, int d, PtNDArray keyPlane, PtNDArray valuePlane, int e) {
    List<PtNDArray> outputs = new ArrayList<>();
    for (int s = 0; s < packing.sequences(); s++) {
      int length = packing.length(s);
      if (length == 0) {
        continue;
      }
      int held = packing.past(s);
      PtNDArray own = Torch.rows(q, packing.start(s), packing.start(s) + length);
      PtNDArray queries =
          JniUtils.reshape(
              JniUtils.transpose(Torch.scaled(own, scale), 0, 1),
              new long[] {kvHeads, (long) group * length, d});
      PtNDArray keys = held(keyPlane, s, held + length);
      PtNDArray values =
          Torch.columns(
              valuePlane == keyPlane ? keys : held(valuePlane, s, held + length), 3, 0, e);
      PtNDArray scores = JniUtils.bmm(queries, JniUtils.transpose(keys, 1, 2));
      PtNDArray output = JniUtils.bmm(probabilities(scores, length, held), values);
      outputs.add(
          JniUtils.transpose(JniUtils.reshape(output, new long[] {heads, length, e}), 0, 1));
    }
    return JniUtils.cat(outputs.toArray(PtNDArray[]::new), 0);
  }

  private PtNDArray held(PtNDArray plane, int sequence, int rows) {
    int slot = packing.slot(sequence);
    return JniUtils.slice(Torch.rows(plane, slot * kvHeads, (slot + 1) * kvHeads), 1, 0, rows, 1);
  }
}
