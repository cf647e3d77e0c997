package dev.hone.policy.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The fused operations the model is written over. Activations are packed, {@code [tokens, width]};
 * shapes are in each comment, outermost first. Unless said otherwise an operation is differentiable
 * with respect to its tensors, returns a new tensor that belongs to the innermost {@link Scope} of
 * the calling thread, and checks its shapes: a mismatch is an {@link IllegalArgumentException} that
 * holds both. Softmax, norms, routing and log-probabilities are computed in fp32 whatever the
 * activations are. Safe to use from several threads; a tape and its scopes belong to one.
 */
public interface Ops extends AutoCloseable {

  // ---- data and lifetimes

  /** A constant fp32 tensor, row-major. */
  Tensor floats(float[] values, int... shape);

  /** A constant int32 tensor, row-major. */
  Tensor ints(int[] values, int... shape);

  /** A weight, copied from {@code values}; lives until closed, independent of scopes. */
  Parameter parameter(String name, float[] values, boolean trainable, int... shape);

  /** A weight of zeros, such as an optimizer's moment; otherwise as {@link #parameter}. */
  default Parameter zeros(String name, boolean trainable, int... shape) {
    float[] values = new float[Math.toIntExact(new Shape(shape).size())];
    return parameter(name, values, trainable, shape);
  }

  Scope scope();

  /**
   * Opens the tape: from here on operations on trainable parameters are recorded. One tape at a
   * time.
   */
  GradientTape tape();

  /**
   * {@code layer} of {@code x}, for whose backward pass a backend may keep {@code x} alone and
   * compute the rest again (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016);
   * this one keeps everything. {@code layer} may run a second time, and uses {@code packing} and
   * parameters besides its argument, nothing else that is traced.
   */
  default Tensor checkpoint(Tensor x, Packing packing, UnaryOperator<Tensor> layer) {
    return layer.apply(x);
  }

  /** Sequences of these many tokens, each from position 0, nothing cached. */
  Packing pack(int[] lengths);

  /**
   * Sequences that go on: {@code lengths[s]} new tokens after those {@code cache} holds in {@code
   * slots[s]}.
   */
  Packing pack(int[] lengths, KvCache cache, int[] slots);

  KvCache cache(KvCache.Spec spec);

  /**
   * Runs a decode step, {@code tokens[s]} after what {@code cache} holds in {@code slots[s]}, and
   * captures its operations so that later steps can be replayed. Nothing in the step may depend on
   * the values of tensors, and it uploads nothing but its tokens. Empty, and nothing run, where the
   * backend captures nothing.
   */
  default Optional<DecodeGraph> capture(
      int[] tokens, KvCache cache, int[] slots, DecodeGraph.Step step) {
    return Optional.empty();
  }

  /** The memory that these operations hold; empty where the backend does not count it. */
  default Optional<MemoryUse> memoryUse() {
    return Optional.empty();
  }

  // ---- shape and sums

  Tensor reshape(Tensor x, int... shape);

  /** Columns {@code [from, to)} of the last dimension. */
  Tensor slice(Tensor x, int from, int to);

  /**
   * Two tensors side by side along the last dimension: {@code [..., a], [..., b] -> [..., a + b]}.
   */
  Tensor concat(Tensor a, Tensor b);

  /** Rows {@code rows[i]} of dimension 0: {@code [n, ...] -> [rows.length, ...]}. */
  Tensor gatherRows(Tensor x, int[] rows);

  /** Elementwise sum of two tensors of one shape. */
  Tensor add(Tensor x, Tensor y);

  // ---- layers

  /** Rows of {@code table [vocabulary, width]}: {@code -> [tokens.length, width]}. */
  Tensor embedding(Tensor table, int[] tokens);

  /**
   * {@code x * rsqrt(mean(x^2) + epsilon) * gain} over the last dimension; {@code gain [width]}.
   */
  Tensor rmsNorm(Tensor x, Tensor gain, double epsilon);

  /**
   * {@code x [n, in] -> x weight^T + bias [n, out]}; {@code weight [out, in]}, {@code bias [out]}
   * or null.
   */
  Tensor linear(Tensor x, Tensor weight, Tensor bias);

  /** {@link #linear} with each of these; a backend may compute them at once. */
  default List<Tensor> linears(Tensor x, List<Projection> projections) {
    return projections.stream()
        .map(projection -> linear(x, projection.weight(), projection.bias()))
        .toList();
  }

  /**
   * Rotates columns {@code [from, from + 2 * pairs)} of every head of {@code x [tokens, heads,
   * width]} by the row's position; the other columns pass through.
   */
  Tensor rope(Tensor x, int from, RotaryTable table, Packing packing);

  /**
   * Causal attention, each query over its own sequence, what is cached of it included: {@code q
   * [tokens, heads, d]}, {@code k [tokens, kvHeads, d]}, {@code v [tokens, kvHeads, e] -> [tokens,
   * heads, e]}. Where the packing has a cache, k and v are also stored in it as {@code layer}.
   */
  Tensor attention(Tensor q, Tensor k, Tensor v, double scale, Packing packing, int layer);

  /**
   * Multi-head latent attention (DeepSeek-V2, section 2.1): {@code q [tokens, heads, nope + rope]},
   * {@code latent [tokens, rank + rope]} = the normed latent beside the roped shared key, {@code
   * kvB [heads * (nope + v), rank] -> [tokens, heads, v]}. Expanded or absorbed is the backend's
   * choice. Where the packing has a cache, the latent is also stored in it as {@code layer}.
   */
  Tensor latentAttention(
      Tensor q, Tensor latent, Tensor kvB, int nope, double scale, Packing packing, int layer);

  /** {@code [n, 2 * width], gate beside up -> silu(gate) * up [n, width]}. */
  Tensor swiGlu(Tensor gateUp);

  // ---- experts

  /**
   * Scores {@code x [tokens, width]} against {@code gate [experts, width]} in fp32 and chooses.
   * {@code correctionBias [experts]}, or null, moves the choice and not the weights; nothing flows
   * through the choice.
   */
  Routing route(Tensor x, Tensor gate, Tensor correctionBias, RouterSettings settings);

  /** Plans the layout of the rows for the experts of {@code routing}. */
  ExpertDispatch dispatch(Routing routing, int experts);

  /**
   * {@code x [tokens, width] -> [dispatch.rows(), width]}: each token once an expert that it chose.
   */
  Tensor permute(Tensor x, ExpertDispatch dispatch);

  /**
   * Each row through its own expert's {@code weights[e]}: {@code [rows, in]}, {@code [experts, out,
   * in] -> [rows, out]}.
   */
  Tensor groupedLinear(Tensor rows, Tensor weights, ExpertDispatch dispatch);

  /**
   * Weighted sum of each token's expert rows, in ascending expert id: {@code -> [tokens, width]}.
   */
  Tensor unpermute(Tensor rows, Tensor weights, ExpertDispatch dispatch);

  // ---- head

  /**
   * The fused head: of softmax(hidden head^T / temperature), the log-probability of {@code
   * targets[i]} and the entropy; {@code hidden [rows, width]}, {@code head [vocabulary, width]}.
   * Never holds {@code [rows, vocabulary]}.
   */
  TokenLogProbs tokenLogProbs(Tensor hidden, Tensor head, int[] targets, double temperature);

  /**
   * The same of {@code logits [rows, vocabulary]} that are at hand; not differentiable. A backend
   * whose products do not depend on the number of rows gives the same bits as {@link
   * #tokenLogProbs}.
   */
  TokenLogProbs logProbs(Tensor logits, int[] targets, double temperature);

  /**
   * Draws a token from softmax(logits / temperature) of each of {@code rows} of {@code logits [n,
   * vocabulary]}: the first, ids ascending, at which the running sum passes {@code uniforms[i]} in
   * [0, 1). Empty where the backend leaves drawing to its caller.
   *
   * @throws ArithmeticException where logits are not finite
   */
  default Optional<int[]> sample(Tensor logits, int[] rows, double[] uniforms, double temperature) {
    return Optional.empty();
  }

  // ---- optimizer (not differentiable, in place)

  /** L2 norm of all gradients together; not finite where any of them is not. */
  double globalNorm(List<Parameter> parameters);

  /**
   * One step: {@code g = gradient * gradientScale; p *= 1 - lr * decay; m, v} updated in place;
   * {@code p -= lr / (1 - beta1^step) * m / (sqrt(v) / sqrt(1 - beta2^step) + epsilon)}. {@code
   * step} counts from 1.
   */
  void adamW(
      Parameter parameter,
      Tensor m,
      Tensor v,
      AdamWSettings settings,
      double learningRate,
      double weightDecay,
      double gradientScale,
      int step);

  @Override
  void close();
}
