package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.AdamWSettings;
import dev.hone.policy.tensor.DecodeGraph;
import dev.hone.policy.tensor.ExpertDispatch;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Projection;
import dev.hone.policy.tensor.RotaryTable;
import dev.hone.policy.tensor.RouterSettings;
import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.ShapeChecks;
import dev.hone.policy.tensor.Tensor;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.List;
import java.util.Optional;

/**
 * The operations over the kernels: each checks shapes, calls its kernel, and where gradients are
 * asked for records the closure that calls the kernel's backward.
 */
final class NativeOps extends NativeArrays {

  private final RotaryTables rotaryTables = new RotaryTables(memory());
  private final NativeAttention attention = new NativeAttention(this);
  private final NativeExperts experts = new NativeExperts(this);
  private final NativeHead head = new NativeHead(this);

  private final int weights;

  /**
   * @param weights what products round their operands to: {@link Kernels#FP32}, {@link
   *     Kernels#BF16} or {@link Kernels#BF16_AMX}; routers, norms, embeddings, attention and sums
   *     are fp32 in either case
   */
  NativeOps(int threads, int weights) {
    this(threads, weights, false);
  }

  private NativeOps(int threads, int weights, boolean outline) {
    super(threads, outline);
    this.weights = weights;
  }

  /** Operations that compute nothing, and whose memory is only counted. */
  static NativeOps outline(int weights) {
    return new NativeOps(1, weights, true);
  }

  /** What products round their operands to. */
  int weights() {
    return weights;
  }

  @Override
  public Parameter parameter(String name, float[] values, boolean trainable, int... shape) {
    Shape dims = new Shape(shape);
    ShapeChecks.size("parameter " + name, dims, values.length);
    return new NativeParameter(this, name, values, trainable, dims);
  }

  @Override
  public Parameter zeros(String name, boolean trainable, int... shape) {
    return new NativeParameter(this, name, trainable, new Shape(shape));
  }

  @Override
  public KvCache cache(KvCache.Spec spec) {
    return new NativeKvCache(this, spec);
  }

  @Override
  public Optional<DecodeGraph> capture(
      int[] tokens, KvCache cache, int[] slots, DecodeGraph.Step step) {
    return Optional.of(new NativeGraph(this, tokens, NativeKvCache.of(cache), slots, step));
  }

  /**
   * {@code weight} as products read it: a parameter keeps that layout, any other tensor is laid out
   * for the one call. The result is to be released.
   */
  Storage packed(NativeTensor weight, PackedForm form, long[] address) {
    if (weight.parameter() != null) {
      address[0] = weight.parameter().packed(form);
      return null;
    }
    Storage own = new Storage(memory(), form.bytes(), MemoryPart.ACTIVATIONS);
    Kernels.pack(
        context(),
        own.address(),
        weight.address() + form.offset() * Float.BYTES,
        form.matrices(),
        form.stride(),
        form.out(),
        form.in(),
        form.dtype());
    address[0] = own.address();
    return own;
  }

  // ---- layers

  @Override
  public Tensor embedding(Tensor table, int[] tokens) {
    ShapeChecks.rank("embedding", table, 2);
    return gather("embedding", NativeTensor.of(table), tokens);
  }

  @Override
  public Tensor rmsNorm(Tensor x, Tensor gain, double epsilon) {
    NativeTensor in = NativeTensor.of(x);
    NativeTensor factor = NativeTensor.of(gain);
    int width = x.shape().dim(-1);
    long rows = x.shape().rows();
    ShapeChecks.match("rmsNorm", gain.shape().equals(new Shape(width)), x, gain);
    boolean traced = traced(in, factor);
    NativeTensor out = result(x.shape(), traced);
    Storage scales = traced ? temporary(rows) : null;
    Kernels.rmsNorm(
        context(),
        out.address(),
        traced ? scales.address() : 0,
        in.address(),
        factor.address(),
        rows,
        width,
        (float) epsilon);
    if (traced) {
      long inAddress = in.address();
      record(
          out,
          () ->
              Kernels.rmsNormBackward(
                  context(),
                  target(in),
                  target(factor),
                  out.gradient().address(),
                  inAddress,
                  factor.heldAddress(),
                  scales.address(),
                  rows,
                  width,
                  accumulate(in),
                  accumulate(factor)),
          in.storage(),
          factor.storage(),
          scales);
      scales.release();
    }
    return out;
  }

  @Override
  public Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return linears(x, List.of(new Projection(weight, bias))).get(0);
  }

  @Override
  public List<Tensor> linears(Tensor x, List<Projection> projections) {
    NativeTensor in = NativeTensor.of(x);
    ShapeChecks.rank("linear", x, 2);
    int n = x.shape().dim(0);
    int inner = x.shape().dim(1);
    for (Projection projection : projections) {
      check(x, projection);
    }
    int count = projections.size();
    Tensor[] outs = new Tensor[count];
    Storage[] laidOut = new Storage[count];
    long[] packed = new long[1];
    long[] call = new long[4 * count];
    for (int i = 0; i < count; i++) {
      Projection projection = projections.get(i);
      NativeTensor w = NativeTensor.of(projection.weight());
      NativeTensor b = projection.bias() == null ? null : NativeTensor.of(projection.bias());
      int outer = w.shape().dim(0);
      NativeTensor out = result(new Shape(n, outer), traced(in, w, b));
      outs[i] = out;
      laidOut[i] = packed(w, PackedForm.whole(1, outer, inner, weights), packed);
      call[4 * i] = out.address();
      call[4 * i + 1] = packed[0];
      call[4 * i + 2] = b == null ? 0 : b.address();
      call[4 * i + 3] = outer;
      if (out.gradient() != null) {
        record(out, () -> linearBackward(out, in, w, b), in.storage(), w.storage());
      }
    }
    Kernels.linears(context(), call, in.address(), n, inner, weights);
    for (Storage own : laidOut) {
      if (own != null) {
        own.release();
      }
    }
    return List.of(outs);
  }

  private static void check(Tensor x, Projection projection) {
    Tensor weight = projection.weight();
    ShapeChecks.rank("linear", weight, 2);
    ShapeChecks.match("linear", x.shape().dim(1) == weight.shape().dim(1), x, weight);
    if (projection.bias() != null) {
      Shape outer = new Shape(weight.shape().dim(0));
      ShapeChecks.match(
          "linear", projection.bias().shape().equals(outer), weight, projection.bias());
    }
  }

  private void linearBackward(NativeTensor out, NativeTensor x, NativeTensor w, NativeTensor bias) {
    long n = out.shape().dim(0);
    long outer = w.shape().dim(0);
    long inner = w.shape().dim(1);
    long dy = out.gradient().address();
    linearBackward(dy, x, w, n, inner, outer, weights);
    if (target(bias) != 0) {
      Kernels.linearBackwardBias(context(), target(bias), dy, n, outer, accumulate(bias));
    }
  }

  /** From the gradient {@code dy [n, outer]} of {@code x w^T} to those of x and w. */
  void linearBackward(
      long dy, NativeTensor x, NativeTensor w, long n, long inner, long outer, int dtype) {
    if (target(x) != 0) {
      Kernels.linearBackwardInput(
          context(), target(x), dy, w.heldAddress(), n, inner, outer, dtype, accumulate(x));
    }
    if (target(w) != 0) {
      Kernels.linearBackwardWeight(
          context(), target(w), dy, x.heldAddress(), n, inner, outer, dtype, accumulate(w));
    }
  }

  @Override
  public Tensor rope(Tensor x, int from, RotaryTable table, Packing packing) {
    NativeTensor in = NativeTensor.of(x);
    NativePacking rows = NativePacking.of(packing);
    ShapeChecks.rank("rope", x, 3);
    int tokens = rows.tokens();
    int heads = x.shape().dim(1);
    int width = x.shape().dim(2);
    int pairs = table.inverseFrequencies().length;
    if (from < 0 || from + 2 * pairs > width || x.shape().dim(0) != tokens) {
      throw new IllegalArgumentException(
          "rope: %d pairs from column %d do not fit %s with %d rows packed"
              .formatted(pairs, from, x.shape(), tokens));
    }
    boolean traced = traced(in);
    NativeTensor out = result(x.shape(), traced);
    long angles = rotaryTables.address(table, rows.furthest());
    boolean neighbours = table.interleaved();
    Kernels.rope(
        context(),
        out.address(),
        in.address(),
        angles,
        rows.positionsAddress(),
        tokens,
        heads,
        width,
        from,
        pairs,
        neighbours);
    if (traced) {
      record(
          out,
          () ->
              Kernels.ropeBackward(
                  context(),
                  target(in),
                  out.gradient().address(),
                  angles,
                  rows.positionsAddress(),
                  tokens,
                  heads,
                  width,
                  from,
                  pairs,
                  neighbours,
                  accumulate(in)),
          rows.storage());
    }
    return out;
  }

  @Override
  public Tensor attention(Tensor q, Tensor k, Tensor v, double scale, Packing packing, int layer) {
    return attention.attend(
        NativeTensor.of(q),
        NativeTensor.of(k),
        NativeTensor.of(v),
        (float) scale,
        NativePacking.of(packing),
        layer);
  }

  @Override
  public Tensor latentAttention(
      Tensor q, Tensor latent, Tensor kvB, int nope, double scale, Packing packing, int layer) {
    return attention.attendLatent(
        NativeTensor.of(q),
        NativeTensor.of(latent),
        NativeTensor.of(kvB),
        nope,
        (float) scale,
        NativePacking.of(packing),
        layer);
  }

  @Override
  public Tensor swiGlu(Tensor gateUp) {
    NativeTensor in = NativeTensor.of(gateUp);
    Shape shape = gateUp.shape();
    if (shape.dim(-1) % 2 != 0) {
      throw new IllegalArgumentException("swiGlu: the last extent of " + shape + " is odd");
    }
    int width = shape.dim(-1) / 2;
    long rows = shape.rows();
    boolean traced = traced(in);
    NativeTensor out = result(shape.withLast(width), traced);
    Kernels.swiGlu(context(), out.address(), in.address(), rows, width);
    if (traced) {
      record(
          out,
          () ->
              Kernels.swiGluBackward(
                  context(),
                  target(in),
                  out.gradient().address(),
                  in.heldAddress(),
                  rows,
                  width,
                  accumulate(in)),
          in.storage());
    }
    return out;
  }

  // ---- experts

  @Override
  public Routing route(Tensor x, Tensor gate, Tensor correctionBias, RouterSettings settings) {
    return experts.route(
        NativeTensor.of(x),
        NativeTensor.of(gate),
        correctionBias == null ? null : NativeTensor.of(correctionBias),
        settings);
  }

  @Override
  public ExpertDispatch dispatch(Routing routing, int count) {
    return experts.dispatch(NativeTensor.of(routing.experts()), count);
  }

  @Override
  public Tensor permute(Tensor x, ExpertDispatch dispatch) {
    return experts.permute(NativeTensor.of(x), NativeDispatch.of(dispatch));
  }

  @Override
  public Tensor groupedLinear(Tensor rows, Tensor weights, ExpertDispatch dispatch) {
    return experts.linear(
        NativeTensor.of(rows), NativeTensor.of(weights), NativeDispatch.of(dispatch));
  }

  @Override
  public Tensor unpermute(Tensor rows, Tensor weights, ExpertDispatch dispatch) {
    return experts.unpermute(
        NativeTensor.of(rows), NativeTensor.of(weights), NativeDispatch.of(dispatch));
  }

  // ---- head

  @Override
  public TokenLogProbs tokenLogProbs(
      Tensor hidden, Tensor head, int[] targets, double temperature) {
    return this.head.tokenLogProbs(
        NativeTensor.of(hidden), NativeTensor.of(head), targets, temperature);
  }

  @Override
  public TokenLogProbs logProbs(Tensor logits, int[] targets, double temperature) {
    return head.logProbs(NativeTensor.of(logits), targets, temperature);
  }

  @Override
  public Optional<int[]> sample(Tensor logits, int[] rows, double[] uniforms, double temperature) {
    return Optional.of(head.sample(NativeTensor.of(logits), rows, uniforms, temperature));
  }

  // ---- optimizer

  @Override
  public double globalNorm(List<Parameter> parameters) {
    double sum = 0;
    for (Parameter parameter : parameters) {
      Gradient gradient = NativeParameter.of(parameter).wholeGradient();
      if (gradient != null && gradient.filled()) {
        sum = Kernels.sumOfSquares(context(), sum, gradient.address(), gradient.numbers());
      }
    }
    return Math.sqrt(sum);
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
    long size = parameter.value().shape().size();
    ShapeChecks.match("adamW", m.shape().size() == size && v.shape().size() == size, m, v);
    NativeTensor value = NativeTensor.of(parameter.value());
    Gradient gradient = NativeParameter.of(parameter).wholeGradient();
    Kernels.adamW(
        context(),
        value.address(),
        NativeTensor.of(m).address(),
        NativeTensor.of(v).address(),
        gradient != null && gradient.filled() ? gradient.address() : 0,
        size,
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        learningRate,
        weightDecay,
        gradientScale,
        step);
    NativeParameter.of(parameter).changed();
  }
}
