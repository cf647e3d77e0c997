package dev.hone.policy.nativecpu;

import static dev.hone.policy.nativecpu.NativeArrays.accumulate;
import static dev.hone.policy.nativecpu.NativeArrays.target;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.RouterSettings;
import dev.hone.policy.tensor.RouterSettings.GroupScore;
import dev.hone.policy.tensor.RouterSettings.Scoring;
import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.ShapeChecks;

/** The router, and rows through their experts. */
final class NativeExperts {

  private final NativeOps ops;

  NativeExperts(NativeOps ops) {
    this.ops = ops;
  }

  Routing route(NativeTensor x, NativeTensor gate, NativeTensor bias, RouterSettings settings) {
    ShapeChecks.rank("route", x, 2);
    ShapeChecks.match("route", x.shape().dim(1) == gate.shape().dim(1), x, gate);
    int tokens = x.shape().dim(0);
    int width = x.shape().dim(1);
    int experts = gate.shape().dim(0);
    int k = settings.topK();
    if (k < 1 || k > experts || experts % settings.groups() != 0) {
      throw new IllegalArgumentException(
          "route: top-%d of %d experts in %d groups is impossible"
              .formatted(k, experts, settings.groups()));
    }
    if (bias != null) {
      ShapeChecks.match("route", bias.shape().equals(new Shape(experts)), gate, bias);
    }
    boolean sigmoid = settings.scoring() == Scoring.SIGMOID;
    boolean topTwo = settings.groupScore() == GroupScore.TOP_TWO_SUM;
    boolean traced = ops.traced(x, gate);
    NativeTensor chosen = ops.ints(new Shape(tokens, k));
    NativeTensor weights = ops.result(new Shape(tokens, k), traced);
    NativeTensor scores = ops.result(new Shape(tokens, experts), traced);
    long[] packed = new long[1];
    Storage own = ops.packed(gate, PackedForm.whole(1, experts, width, Kernels.FP32), packed);
    Kernels.route(
        ops.context(),
        chosen.address(),
        weights.address(),
        scores.address(),
        x.address(),
        packed[0],
        bias == null ? 0 : bias.address(),
        tokens,
        width,
        experts,
        sigmoid,
        settings.groups(),
        settings.keptGroups(),
        topTwo,
        k,
        settings.normalize(),
        settings.scale());
    if (own != null) {
      own.release();
    }
    if (traced) {
      ops.record(
          new Gradient[] {weights.gradient(), scores.gradient()},
          () -> {
            Storage dLogits = ops.temporary((long) tokens * experts);
            Kernels.routeBackward(
                ops.context(),
                dLogits.address(),
                weights.gradient().filled() ? weights.gradient().address() : 0,
                scores.gradient().filled() ? scores.gradient().address() : 0,
                chosen.heldAddress(),
                scores.heldAddress(),
                tokens,
                experts,
                sigmoid,
                settings.groups(),
                settings.keptGroups(),
                topTwo,
                k,
                settings.normalize(),
                settings.scale());
            ops.linearBackward(dLogits.address(), x, gate, tokens, width, experts, Kernels.FP32);
            dLogits.release();
          },
          x.storage(),
          gate.storage(),
          chosen.storage(),
          scores.storage());
    }
    return new Routing(chosen, weights, scores);
  }

  NativeDispatch dispatch(NativeTensor chosen, int experts) {
    int tokens = chosen.shape().dim(0);
    int topK = chosen.shape().dim(1);
    NativeTensor plan = ops.ints(new Shape(NativeDispatch.size(tokens, topK, experts)));
    NativeDispatch dispatch = new NativeDispatch(plan, tokens, topK, experts);
    Kernels.dispatch(
        ops.context(),
        dispatch.offsets(),
        dispatch.rowOfChoice(),
        dispatch.tokenOfRow(),
        chosen.address(),
        tokens,
        topK,
        experts);
    return dispatch;
  }

  NativeTensor permute(NativeTensor x, NativeDispatch plan) {
    ShapeChecks.rank("permute", x, 2);
    if (x.shape().dim(0) != plan.tokens()) {
      throw new IllegalArgumentException(
          "permute: the dispatch is for %d tokens, found %s".formatted(plan.tokens(), x.shape()));
    }
    int width = x.shape().dim(1);
    boolean traced = ops.traced(x);
    NativeTensor out = ops.result(new Shape(plan.rows(), width), traced);
    Kernels.gatherRows(
        ops.context(),
        out.address(),
        x.address(),
        plan.tokenOfRow(),
        plan.rows(),
        plan.tokens(),
        width);
    if (traced) {
      long rowOfChoice = plan.rowOfChoice();
      ops.record(
          out,
          () ->
              Kernels.permuteBackward(
                  ops.context(),
                  target(x),
                  out.gradient().address(),
                  rowOfChoice,
                  plan.tokens(),
                  plan.topK(),
                  width,
                  accumulate(x)),
          plan.plan().storage());
    }
    return out;
  }

  NativeTensor linear(NativeTensor rows, NativeTensor weights, NativeDispatch plan) {
    ShapeChecks.rank("groupedLinear", rows, 2);
    ShapeChecks.rank("groupedLinear", weights, 3);
    int in = weights.shape().dim(2);
    int out = weights.shape().dim(1);
    ShapeChecks.match(
        "groupedLinear",
        rows.shape().equals(new Shape(plan.rows(), in)) && weights.shape().dim(0) == plan.experts(),
        rows,
        weights);
    boolean traced = ops.traced(rows, weights);
    NativeTensor result = ops.result(new Shape(plan.rows(), out), traced);
    long[] packed = new long[1];
    Storage own =
        ops.packed(weights, PackedForm.whole(plan.experts(), out, in, ops.weights()), packed);
    Kernels.groupedLinear(
        ops.context(),
        result.address(),
        rows.address(),
        packed[0],
        plan.offsets(),
        plan.experts(),
        in,
        out,
        ops.weights());
    if (own != null) {
      own.release();
    }
    if (traced) {
      long offsets = plan.offsets();
      ops.record(
          result,
          () -> {
            long dy = result.gradient().address();
            if (target(rows) != 0) {
              Kernels.groupedLinearBackwardInput(
                  ops.context(),
                  target(rows),
                  dy,
                  weights.heldAddress(),
                  offsets,
                  plan.experts(),
                  in,
                  out,
                  ops.weights(),
                  accumulate(rows));
            }
            if (target(weights) != 0) {
              Kernels.groupedLinearBackwardWeight(
                  ops.context(),
                  target(weights),
                  dy,
                  rows.heldAddress(),
                  offsets,
                  plan.experts(),
                  in,
                  out,
                  ops.weights(),
                  accumulate(weights));
            }
          },
          rows.storage(),
          weights.storage(),
          plan.plan().storage());
    }
    return result;
  }

  NativeTensor unpermute(NativeTensor rows, NativeTensor weights, NativeDispatch plan) {
    ShapeChecks.rank("unpermute", rows, 2);
    ShapeChecks.match(
        "unpermute",
        rows.shape().dim(0) == plan.rows()
            && weights.shape().equals(new Shape(plan.tokens(), plan.topK())),
        rows,
        weights);
    int width = rows.shape().dim(1);
    boolean traced = ops.traced(rows, weights);
    NativeTensor out = ops.result(new Shape(plan.tokens(), width), traced);
    long rowOfChoice = plan.rowOfChoice();
    Kernels.unpermute(
        ops.context(),
        out.address(),
        rows.address(),
        weights.address(),
        rowOfChoice,
        plan.tokens(),
        plan.topK(),
        width);
    if (traced) {
      ops.record(
          out,
          () ->
              Kernels.unpermuteBackward(
                  ops.context(),
                  target(rows),
                  target(weights),
                  out.gradient().address(),
                  rows.heldAddress(),
                  weights.heldAddress(),
                  rowOfChoice,
                  plan.tokens(),
                  plan.topK(),
                  width,
                  accumulate(rows),
                  accumulate(weights)),
          rows.storage(),
          weights.storage(),
          plan.plan().storage());
    }
    return out;
  }
}
