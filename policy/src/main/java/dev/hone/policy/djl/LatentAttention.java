package dev.hone.policy.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.LatentAttentionShape;

/**
 * Multi-head latent attention (DeepSeek-V2, section 2.1). Where nothing is cached, keys and values
 * are expanded from the latent: the cheaper form for many queries. Over the cache the
 * up-projections are absorbed into query and output instead (section 2.1.2), so that all heads
 * attend to the one latent as it lies in the cache.
 */
record LatentAttention(DjlPacking packing, LatentAttentionShape shape, double scale) {

  /** {@code latent [tokens, rank + rope]}, {@code kvB [heads * (nope + v), rank]}. */
  PtNDArray expanded(PtNDArray q, PtNDArray latent, PtNDArray kvB) {
    int heads = shape.heads();
    int nope = shape.nope();
    int rope = shape.rope();
    int v = shape.v();
    PackedAttention attention = new PackedAttention(packing, heads, heads, scale);
    PtNDArray[] parts = Torch.split(latent, 1, shape.rank(), rope);
    PtNDArray expanded = JniUtils.linear(parts[0], kvB, null);
    PtNDArray rotated = parts[1];
    return attention.fresh(
        q,
        nope + rope,
        v,
        new PackedAttention.KeysAndValues() {
          private PtNDArray[] both;

          @Override
          public PtNDArray keys(Bucket bucket) {
            both = Torch.split(attention.squared(bucket, expanded, heads, nope + v), 2, nope, v);
            PtNDArray index = bucket.rows(packing.manager(), heads, true);
            PtNDArray shared =
                JniUtils.reshape(
                    Torch.gather(rotated, index),
                    new long[] {(long) bucket.sequences() * heads, bucket.length(), rope});
            return JniUtils.cat(new PtNDArray[] {both[0], shared}, 2);
          }

          @Override
          public PtNDArray values(Bucket bucket, PtNDArray keys) {
            return both[1];
          }
        });
  }

  /** Over {@code plane [slots, capacity, rank + rope]} of the cache. */
  PtNDArray absorbed(PtNDArray q, PtNDArray plane, PtNDArray kvB) {
    int heads = shape.heads();
    int nope = shape.nope();
    int rank = shape.rank();
    int width = shape.latentWidth();
    int v = shape.v();
    PackedAttention attention = new PackedAttention(packing, heads, 1, scale);
    PtNDArray perHead = JniUtils.reshape(kvB, new long[] {heads, nope + v, rank});
    PtNDArray keyUp = JniUtils.slice(perHead, 1, 0, nope, 1);
    PtNDArray valueUp = JniUtils.slice(perHead, 1, nope, nope + v, 1);
    PtNDArray[] parts = Torch.split(q, 2, nope, shape.rope());
    PtNDArray byHead = JniUtils.transpose(parts[0], 0, 1);
    PtNDArray onLatent = JniUtils.transpose(JniUtils.bmm(byHead, keyUp), 0, 1);
    PtNDArray queries = JniUtils.cat(new PtNDArray[] {onLatent, parts[1]}, 2);
    PtNDArray mixed =
        packing.decoding()
            ? attention.decode(queries, width, plane, plane, rank)
            : attention.goOn(queries, width, plane, plane, rank);
    PtNDArray values =
        JniUtils.bmm(JniUtils.transpose(mixed, 0, 1), JniUtils.transpose(valueUp, 1, 2));
    return JniUtils.reshape(
        JniUtils.transpose(values, 0, 1), new long[] {packing.tokens(), heads, v});
  }
}
