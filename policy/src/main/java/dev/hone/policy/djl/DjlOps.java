package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.AdamWSettings;
import dev.hone.policy.tensor.AttentionShape;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.ExpertDispatch;
import dev.hone.policy.tensor.LatentAttentionShape;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.RotaryTable;
import dev.hone.policy.tensor.RouterSettings;
import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.ShapeChecks;
import dev.hone.policy.tensor.Tensor;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.Arrays;
import java.util.List;

/**
 * The operations over PyTorch arrays. A call to the engine costs some microseconds whatever it
 * does, so each operation makes as few as it can; what it makes on the way is released before it
 * returns.
 */
final class DjlOps extends DjlArrays {

  DjlOps(int threads) {
    super(threads);
  }

  // ---- layers

  @Override
  public Tensor embedding(Tensor table, int[] tokens) {
    ShapeChecks.rank("embedding", table, 2);
    ShapeChecks.indices("embedding", tokens, table.shape().dim(0));
    return compute(
        new Shape(tokens.length, table.shape().dim(1)),
        thread -> Torch.gather(array(table), Torch.ints(thread.manager(), tokens, tokens.length)));
  }

  @Override
  public Tensor rmsNorm(Tensor x, Tensor gain, double epsilon) {
    ShapeChecks.match("rmsNorm", gain.shape().equals(new Shape(x.shape().dim(-1))), x, gain);
    return compute(
        x.shape(),
        thread -> {
          PtNDArray root = JniUtils.mean(JniUtils.square(array(x)), -1, true);
          JniUtils.addi(root, Torch.scalar(epsilon));
          return JniUtils.mul(JniUtils.div(array(x), JniUtils.sqrt(root)), array(gain));
        });
  }

  @Override
  public Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    ShapeChecks.rank("linear", x, 2);
    ShapeChecks.match("linear", x.shape().dim(1) == weight.shape().dim(-1), x, weight);
    int out = weight.shape().dim(0);
    if (bias != null) {
      ShapeChecks.match("linear", bias.shape().equals(new Shape(out)), weight, bias);
    }
    return compute(
        new Shape(x.shape().dim(0), out),
        thread -> JniUtils.linear(array(x), array(weight), bias == null ? null : array(bias)));
  }

  @Override
  public Tensor rope(Tensor x, int from, RotaryTable table, Packing packing) {
    ShapeChecks.rank("rope", x, 3);
    DjlPacking rows = DjlPacking.of(packing);
    int heads = x.shape().dim(1);
    int width = x.shape().dim(2);
    if (from < 0
        || from + 2 * table.inverseFrequencies().length > width
        || x.shape().dim(0) != rows.tokens()) {
      throw new IllegalArgumentException(
          "rope: %d pairs from column %d do not fit %s with %d rows packed"
              .formatted(table.inverseFrequencies().length, from, x.shape(), rows.tokens()));
    }
    return compute(
        x.shape(),
        thread -> rows.rotation(table).apply(array(x), rows.tokens(), heads, width, from, table));
  }

  @Override
  public Tensor attention(Tensor q, Tensor k, Tensor v, double scale, Packing packing, int layer) {
    DjlPacking rows = DjlPacking.of(packing);
    AttentionShape shape = AttentionShape.of(q, k, v, rows);
    int heads = shape.heads();
    int kvHeads = shape.kvHeads();
    int d = shape.d();
    int e = shape.e();
    return compute(
        shape.output(),
        thread -> {
          PackedAttention attention = new PackedAttention(rows, heads, kvHeads, scale);
          if (rows.heldIn() != null) {
            NDIndex places = rows.cacheRows(kvHeads);
            store(thread, rows.heldIn(), layer, 0, kvHeads, d, array(k), places);
            store(thread, rows.heldIn(), layer, 1, kvHeads, e, array(v), places);
          }
          if (rows.fresh()) {
            return attention.fresh(array(q), d, e, attention.separate(array(k), d, array(v), e));
          }
          PtNDArray keys = rows.heldIn().array(layer, 0);
          PtNDArray values = rows.heldIn().array(layer, 1);
          return rows.decoding()
              ? attention.decode(array(q), d, keys, values, e)
              : attention.goOn(array(q), d, keys, values, e);
        });
  }

  private static void store(
      TorchThread thread,
      DjlKvCache cache,
      int layer,
      int index,
      int heads,
      int width,
      PtNDArray x,
      NDIndex places) {
    PtNDArray untraced = thread.recording() ? JniUtils.detachGradient(x) : x;
    PtNDArray flat = JniUtils.reshape(untraced, new long[] {-1, width});
    cache.store(layer, index, heads, width, flat, places);
  }

  @Override
  public Tensor latentAttention(
      Tensor q, Tensor latent, Tensor kvB, int nope, double scale, Packing packing, int layer) {
    DjlPacking rows = DjlPacking.of(packing);
    LatentAttentionShape shape = LatentAttentionShape.of(q, latent, kvB, nope, rows);
    LatentAttention attention = new LatentAttention(rows, shape, scale);
    return compute(
        shape.output(),
        thread -> {
          if (rows.heldIn() != null) {
            NDIndex places = rows.cacheRows(1);
            store(thread, rows.heldIn(), layer, 0, 1, shape.latentWidth(), array(latent), places);
          }
          return rows.fresh()
              ? attention.expanded(array(q), array(latent), array(kvB))
              : attention.absorbed(array(q), rows.heldIn().array(layer, 0), array(kvB));
        });
  }

  @Override
  public Tensor swiGlu(Tensor gateUp) {
    Shape shape = gateUp.shape();
    int width = shape.dim(-1) / 2;
    if (shape.dim(-1) % 2 != 0) {
      throw new IllegalArgumentException("swiGlu: the last extent of " + shape + " is odd");
    }
    return compute(
        shape.withLast(width),
        thread -> {
          PtNDArray[] parts = Torch.split(array(gateUp), shape.rank() - 1, width, width);
          return JniUtils.mul(JniUtils.mul(JniUtils.sigmoid(parts[0]), parts[0]), parts[1]);
        });
  }

  // ---- experts

  @Override
  public Routing route(Tensor x, Tensor gate, Tensor correctionBias, RouterSettings settings) {
    ShapeChecks.rank("route", x, 2);
    ShapeChecks.match("route", x.shape().dim(1) == gate.shape().dim(1), x, gate);
    int tokens = x.shape().dim(0);
    int experts = gate.shape().dim(0);
    int k = settings.topK();
    if (correctionBias != null) {
      ShapeChecks.match(
          "route", correctionBias.shape().equals(new Shape(experts)), gate, correctionBias);
    }
    Tensor scores =
        compute(
            new Shape(tokens, experts),
            thread -> ExpertChoice.scores(array(x), array(gate), settings.scoring()));
    float[] bias = correctionBias == null ? null : correctionBias.toFloats();
    int[] chosen = new ExpertChoice(settings, experts, bias).choose(scores.toFloats());
    Tensor weights =
        compute(
            new Shape(tokens, k),
            thread -> ExpertChoice.weights(thread, array(scores), chosen, settings));
    return new Routing(ints(chosen, tokens, k), weights, scores);
  }

  @Override
  public ExpertDispatch dispatch(Routing routing, int experts) {
    Shape shape = routing.experts().shape();
    int[] chosen = routing.experts().toInts();
    ShapeChecks.indices("dispatch", chosen, experts);
    return new DjlDispatch(chosen, shape.dim(0), shape.dim(1), experts);
  }

  @Override
  public Tensor permute(Tensor x, ExpertDispatch dispatch) {
    DjlDispatch plan = DjlDispatch.of(dispatch);
    ShapeChecks.rank("permute", x, 2);
    if (x.shape().dim(0) != plan.tokens()) {
      throw new IllegalArgumentException(
          "permute: the dispatch is for %d tokens, found %s".formatted(plan.tokens(), x.shape()));
    }
    return compute(
        new Shape(plan.rows(), x.shape().dim(1)), thread -> plan.permute(thread, array(x)));
  }

  @Override
  public Tensor groupedLinear(Tensor rows, Tensor weights, ExpertDispatch dispatch) {
    DjlDispatch plan = DjlDispatch.of(dispatch);
    ShapeChecks.rank("groupedLinear", rows, 2);
    ShapeChecks.rank("groupedLinear", weights, 3);
    int in = weights.shape().dim(2);
    int out = weights.shape().dim(1);
    ShapeChecks.match(
        "groupedLinear",
        rows.shape().equals(new Shape(plan.rows(), in)) && weights.shape().dim(0) == plan.experts(),
        rows,
        weights);
    return compute(
        new Shape(plan.rows(), out),
        thread -> plan.multiply(thread, array(rows), array(weights), in, out));
  }

  @Override
  public Tensor unpermute(Tensor rows, Tensor weights, ExpertDispatch dispatch) {
    DjlDispatch plan = DjlDispatch.of(dispatch);
    ShapeChecks.rank("unpermute", rows, 2);
    ShapeChecks.match(
        "unpermute",
        rows.shape().dim(0) == plan.rows()
            && weights.shape().equals(new Shape(plan.tokens(), plan.topK())),
        rows,
        weights);
    int width = rows.shape().dim(1);
    return compute(
        new Shape(plan.tokens(), width),
        thread -> plan.unpermute(thread, array(rows), array(weights), width));
  }

  // ---- head

  @Override
  public TokenLogProbs tokenLogProbs(
      Tensor hidden, Tensor head, int[] targets, double temperature) {
    ShapeChecks.rank("tokenLogProbs", hidden, 2);
    ShapeChecks.match("tokenLogProbs", hidden.shape().dim(1) == head.shape().dim(1), hidden, head);
    ShapeChecks.size("tokenLogProbs targets", new Shape(hidden.shape().dim(0)), targets.length);
    ShapeChecks.indices("tokenLogProbs", targets, head.shape().dim(0));
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, found " + temperature);
    }
    TorchThread thread = TorchThread.enter(threads);
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      FusedHead fused =
          new FusedHead(thread, DjlTensor.of(hidden), DjlTensor.of(head), targets, temperature);
      fused.forward();
      if (thread.recording() && fused.differentiable()) {
        thread.tape().add(fused);
      } else {
        fused.close();
      }
      return new TokenLogProbs(
          thread.scopes().own(fused.logProbs()), thread.scopes().own(fused.entropies()));
    }
  }

  @Override
  public TokenLogProbs logProbs(Tensor logits, int[] targets, double temperature) {
    ShapeChecks.rank("logProbs", logits, 2);
    int rows = logits.shape().dim(0);
    ShapeChecks.size("logProbs targets", new Shape(rows), targets.length);
    ShapeChecks.indices("logProbs", targets, logits.shape().dim(1));
    TorchThread thread = TorchThread.enter(threads);
    boolean recording = thread.recording();
    JniUtils.setGradMode(false);
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      PtNDArray logSoftmax =
          JniUtils.logSoftmax(Torch.scaled(array(logits), 1 / temperature), 1, DataType.FLOAT32);
      PtNDArray columns =
          Torch.longs(thread.manager(), Arrays.stream(targets).asLongStream().toArray(), rows, 1);
      PtNDArray logProbs = JniUtils.gather(logSoftmax, columns, 1);
      PtNDArray products = JniUtils.exp(logSoftmax);
      JniUtils.muli(products, logSoftmax);
      PtNDArray entropies = JniUtils.sum(products, new long[] {1}, false);
      JniUtils.negi(entropies);
      return new TokenLogProbs(vector(thread, logProbs, rows), vector(thread, entropies, rows));
    } finally {
      JniUtils.setGradMode(recording);
    }
  }

  private static Tensor vector(TorchThread thread, PtNDArray array, int rows) {
    return thread.scopes().own(new DjlTensor(Torch.retain(array), new Shape(rows), DType.FLOAT32));
  }

  // ---- optimizer

  @Override
  public double globalNorm(List<Parameter> parameters) {
    TorchThread.enter(threads);
    return AdamW.norm(parameters);
  }

  @Override
  public void adamW(
      Parameter parameter,
      Tensor m,
      Tensor v,
      AdamWSettings settings,
      double learningRate,
      double weightDecay,
      double gradientScale,
      int step) {
    ShapeChecks.match("adamW", m.shape().size() == parameter.value().shape().size(), m, v);
    ShapeChecks.match("adamW", v.shape().size() == parameter.value().shape().size(), m, v);
    TorchThread.enter(threads);
    DjlParameter leaf = (DjlParameter) parameter;
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      new AdamW()
          .step(
              leaf.valueBuffer(),
              leaf.gradientBuffer(),
              Torch.bytes(array(m)).asFloatBuffer(),
              Torch.bytes(array(v)).asFloatBuffer(),
              settings,
              learningRate,
              weightDecay,
              gradientScale,
              step);
    }
  }
}
