package dev.hone.policy.nativecpu;

import static dev.hone.policy.nativecpu.NativeArrays.accumulate;
import static dev.hone.policy.nativecpu.NativeArrays.target;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.AttentionShape;
import dev.hone.policy.tensor.LatentAttentionShape;

/** Attention in both its forms. */
final class NativeAttention {

  private final NativeOps ops;

  NativeAttention(NativeOps ops) {
    this.ops = ops;
  }

  /**
   * {@code q [tokens, heads, d]}, {@code k [tokens, kvHeads, d]}, {@code v [tokens, kvHeads, e]}.
   */
  NativeTensor attend(
      NativeTensor q,
      NativeTensor k,
      NativeTensor v,
      float scale,
      NativePacking packing,
      int layer) {
    AttentionShape shape = AttentionShape.of(q, k, v, packing);
    int tokens = shape.tokens();
    int heads = shape.heads();
    int kvHeads = shape.kvHeads();
    int d = shape.d();
    int e = shape.e();
    checkCache(packing, kvHeads * (d + e));
    boolean traced = ops.traced(q, k, v);
    NativeTensor out = ops.result(shape.output(), traced);
    Storage logSums = traced ? ops.temporary((long) tokens * heads) : null;
    Kernels.attention(
        ops.context(),
        out.address(),
        traced ? logSums.address() : 0,
        q.address(),
        k.address(),
        v.address(),
        packing.address(),
        packing.pageOffset(layer),
        heads,
        kvHeads,
        d,
        e,
        scale);
    if (traced) {
      refuseCache(packing);
      ops.record(
          out,
          () -> {
            Contribution dq = new Contribution(q, k, v);
            Contribution dk = new Contribution(k, q, v);
            Contribution dv = new Contribution(v, q, k);
            Kernels.attentionBackward(
                ops.context(),
                dq.address(),
                dk.address(),
                dv.address(),
                out.gradient().address(),
                out.heldAddress(),
                logSums.address(),
                q.heldAddress(),
                k.heldAddress(),
                v.heldAddress(),
                packing.address(),
                0,
                heads,
                kvHeads,
                d,
                e,
                scale);
            dq.deliver();
            dk.deliver();
            dv.deliver();
          },
          q.storage(),
          k.storage(),
          v.storage(),
          out.storage(),
          packing.storage(),
          logSums);
      logSums.release();
    }
    return out;
  }

  /**
   * {@code q [tokens, heads, nope + rope]}, {@code latent [tokens, rank + rope]}, {@code kvB [heads
   * * (nope + v), rank]}.
   */
  NativeTensor attendLatent(
      NativeTensor q,
      NativeTensor latent,
      NativeTensor kvB,
      int nope,
      float scale,
      NativePacking packing,
      int layer) {
    LatentAttentionShape shape = LatentAttentionShape.of(q, latent, kvB, nope, packing);
    int tokens = shape.tokens();
    int heads = shape.heads();
    int rope = shape.rope();
    int rank = shape.rank();
    int v = shape.v();
    int width = shape.latentWidth();
    checkCache(packing, width);
    boolean traced = ops.traced(q, latent, kvB);
    NativeTensor out = ops.result(shape.output(), traced);
    Storage logSums = traced ? ops.temporary((long) tokens * heads) : null;
    Storage absorbed = ops.temporary((long) tokens * heads * width);
    Storage mixed = ops.temporary((long) tokens * heads * rank);
    long perHead = (long) (nope + v) * rank;
    long[] values = new long[1];
    Storage own =
        ops.packed(
            kvB, new PackedForm(heads, (long) nope * rank, perHead, v, rank, Kernels.FP32), values);
    Kernels.latentAttention(
        ops.context(),
        out.address(),
        absorbed.address(),
        mixed.address(),
        traced ? logSums.address() : 0,
        q.address(),
        latent.address(),
        kvB.address(),
        values[0],
        packing.address(),
        packing.pageOffset(layer),
        heads,
        nope,
        rope,
        rank,
        v,
        scale);
    if (own != null) {
      own.release();
    }
    if (traced) {
      refuseCache(packing);
      ops.record(
          out,
          () -> {
            Contribution dq = new Contribution(q, latent);
            Contribution dLatent = new Contribution(latent, q);
            Storage dMixed = ops.temporary((long) tokens * heads * rank);
            Storage dAbsorbed = ops.temporary((long) tokens * heads * width);
            Kernels.latentAttentionBackward(
                ops.context(),
                dq.address(),
                dLatent.address(),
                target(kvB),
                dMixed.address(),
                dAbsorbed.address(),
                out.gradient().address(),
                absorbed.address(),
                mixed.address(),
                logSums.address(),
                q.heldAddress(),
                latent.heldAddress(),
                kvB.heldAddress(),
                packing.address(),
                0,
                heads,
                nope,
                rope,
                rank,
                v,
                scale,
                accumulate(kvB));
            dMixed.release();
            dAbsorbed.release();
            dq.deliver();
            dLatent.deliver();
          },
          q.storage(),
          latent.storage(),
          kvB.storage(),
          packing.storage(),
          logSums,
          absorbed,
          mixed);
      logSums.release();
    }
    absorbed.release();
    mixed.release();
    return out;
  }

  private static void checkCache(NativePacking packing, int width) {
    if (packing.heldIn() != null && packing.heldIn().spec().width() < width) {
      throw new IllegalArgumentException(
          "attention: the cache holds %d numbers a token and layer, these keys and values take %d"
              .formatted(packing.heldIn().spec().width(), width));
    }
  }

  private static void refuseCache(NativePacking packing) {
    if (packing.heldIn() != null) {
      throw new IllegalArgumentException("Gradients do not flow through a cache");
    }
  }

  /** A gradient that a kernel sets: in place where it is the first, else aside and then added. */
  private final class Contribution {
    private final NativeTensor input;
    private final Storage aside;

    /** One tensor may be several of an operation's inputs. */
    Contribution(NativeTensor input, NativeTensor... others) {
      this.input = input;
      Gradient gradient = input.gradient();
      boolean inPlace = gradient != null && !gradient.filled();
      for (NativeTensor other : others) {
        inPlace &= other.gradient() != gradient;
      }
      this.aside = inPlace ? null : ops.temporary(input.shape().size());
    }

    long address() {
      return aside == null ? input.gradient().address() : aside.address();
    }

    void deliver() {
      if (input.gradient() != null) {
        boolean before = accumulate(input);
        if (aside != null) {
          Kernels.copy(
              ops.context(),
              input.gradient().address(),
              aside.address(),
              input.shape().size(),
              before);
        }
      }
      if (aside != null) {
        aside.release();
      }
    }
  }
}
