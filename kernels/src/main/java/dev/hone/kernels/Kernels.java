package dev.hone.kernels;

/**
 * The native operations, as {@code hone_kernels.h} declares and documents them: outputs first, then
 * inputs, then sizes; addresses of fp32 arrays (of int32 ones where the header says so) as longs, 0
 * where the header allows none. Callers answer for shapes and lifetimes; what the library refuses
 * is a {@link KernelException}.
 */
public final class Kernels {

  private Kernels() {}

  static {
    NativeLibrary.load();
  }

  // ---- contexts

  /** A context whose operations do nothing and read no memory: for finding out what they take. */
  public static final long OUTLINE = 0;

  /** A context whose operations use this many threads; its handle. */
  public static native long open(int threads);

  public static native void close(long context);

  /** What the library was compiled for. */
  public static native String instructionSet();

  /** Whether products of {@link #BF16_AMX} run on the processor's matrix tiles. */
  public static native boolean hasAmx();

  /**
   * Checks the promise on the machine at hand.
   *
   * @throws KernelException where it does not hold
   */
  public static native void selfTest(long context);

  /** Products of fp32 numbers. */
  public static final int FP32 = 0;

  /** Products of numbers rounded to bf16, summed in fp32. */
  public static final int BF16 = 1;

  /** As {@link #BF16}, summed in the order of AMX's tiles, on any processor. */
  public static final int BF16_AMX = 2;

  /** Bytes that packed matrices {@code [out, in]} take. */
  public static native long packedBytes(long matrices, long out, long in, int dtype);

  /**
   * Reads so many bytes and does nothing with them, as fast as the context's threads can: what
   * operations that wait for memory are measured against.
   */
  public static native void read(long context, long address, long bytes);

  // ---- capture

  /**
   * From here on the calling thread's operations, of any context, are captured as they run. All but
   * {@link #pack}, {@link #unpack} and {@link #sumOfSquares}, which only run.
   */
  public static native void beginCapture();

  /** Ends it; the handle of what was captured, or 0 where memory did not suffice for it. */
  public static native long endCapture();

  /** Runs what was captured again: the same operations, on the same addresses. */
  public static native void replay(long graph);

  /** Forgets what was captured. */
  public static native void release(long graph);

  // ---- operations

  /** {@code y = 0}. */
  public static native void zero(long context, long y, long size);

  /** {@code y = (or +=) x}. */
  public static native void copy(long context, long y, long x, long size, boolean accumulate);

  /** {@code y = a + b}. */
  public static native void add(long context, long y, long a, long b, long size);

  /** {@code y[:, to .. to + width) = (or +=) x[:, from .. from + width)}. */
  public static native void copyColumns(
      long context,
      long y,
      long x,
      long rows,
      long yWidth,
      long to,
      long xWidth,
      long from,
      long width,
      boolean accumulate);

  /** {@code y[i] = table[rows[i]]}. */
  public static native void gatherRows(
      long context, long y, long table, long rows, long count, long tableRows, long width);

  /** {@code dTable[rows[i]] += dy[i]}. */
  public static native void gatherRowsBackward(
      long context,
      long dTable,
      long dy,
      long rows,
      long count,
      long tableRows,
      long width,
      boolean accumulate);

  /** Lays matrices {@code [out, in]} out for products. */
  public static native void pack(
      long context, long packed, long w, long matrices, long stride, long out, long in, int dtype);

  /** The matrices again. */
  public static native void unpack(
      long context, long w, long packed, long matrices, long out, long in, int dtype);

  /**
   * {@code y = x w^T + bias}, several of one {@code x} at once. {@code projections} holds four
   * numbers of each: the addresses of {@code y}, of the packed weight and of the bias or 0, and
   * {@code out}.
   */
  public static native void linears(
      long context, long[] projections, long x, long n, long in, int dtype);

  /** {@code dx = (or +=) dy w}. */
  public static native void linearBackwardInput(
      long context,
      long dx,
      long dy,
      long w,
      long n,
      long in,
      long out,
      int dtype,
      boolean accumulate);

  /** {@code dw = (or +=) dy^T x}. */
  public static native void linearBackwardWeight(
      long context,
      long dw,
      long dy,
      long x,
      long n,
      long in,
      long out,
      int dtype,
      boolean accumulate);

  /** {@code dBias = (or +=) the sum of dy's rows}. */
  public static native void linearBackwardBias(
      long context, long dBias, long dy, long n, long out, boolean accumulate);

  /** Rows {@code offsets[e] .. offsets[e + 1]} through matrix {@code e}. */
  public static native void groupedLinear(
      long context,
      long y,
      long x,
      long packed,
      long offsets,
      long experts,
      long in,
      long out,
      int dtype);

  public static native void groupedLinearBackwardInput(
      long context,
      long dx,
      long dy,
      long w,
      long offsets,
      long experts,
      long in,
      long out,
      int dtype,
      boolean accumulate);

  public static native void groupedLinearBackwardWeight(
      long context,
      long dw,
      long dy,
      long x,
      long offsets,
      long experts,
      long in,
      long out,
      int dtype,
      boolean accumulate);

  /** {@code y = x rsqrt(mean(x^2) + epsilon) gain}. */
  public static native void rmsNorm(
      long context, long y, long scales, long x, long gain, long rows, long width, float epsilon);

  public static native void rmsNormBackward(
      long context,
      long dx,
      long dGain,
      long dy,
      long x,
      long gain,
      long scales,
      long rows,
      long width,
      boolean accumulateX,
      boolean accumulateGain);

  /** Rotates columns from .. from + 2 pairs of each head. */
  public static native void rope(
      long context,
      long y,
      long x,
      long table,
      long positions,
      long tokens,
      long heads,
      long width,
      long from,
      long pairs,
      boolean interleaved);

  public static native void ropeBackward(
      long context,
      long dx,
      long dy,
      long table,
      long positions,
      long tokens,
      long heads,
      long width,
      long from,
      long pairs,
      boolean interleaved,
      boolean accumulate);

  /** {@code y = silu(gate) up}. */
  public static native void swiGlu(long context, long y, long gateUp, long rows, long width);

  public static native void swiGluBackward(
      long context, long dGateUp, long dy, long gateUp, long rows, long width, boolean accumulate);

  /** Causal attention over a packing. */
  public static native void attention(
      long context,
      long out,
      long logSums,
      long q,
      long k,
      long v,
      long packing,
      long pageOffset,
      long heads,
      long kvHeads,
      long d,
      long e,
      float scale);

  public static native void attentionBackward(
      long context,
      long dq,
      long dk,
      long dv,
      long dOut,
      long out,
      long logSums,
      long q,
      long k,
      long v,
      long packing,
      long pageOffset,
      long heads,
      long kvHeads,
      long d,
      long e,
      float scale);

  /** Multi-head latent attention, absorbed. */
  public static native void latentAttention(
      long context,
      long out,
      long absorbed,
      long mixed,
      long logSums,
      long q,
      long latent,
      long kvB,
      long packedValues,
      long packing,
      long pageOffset,
      long heads,
      long nope,
      long rope,
      long rank,
      long v,
      float scale);

  public static native void latentAttentionBackward(
      long context,
      long dq,
      long dLatent,
      long dKvB,
      long dMixed,
      long dAbsorbed,
      long dOut,
      long absorbed,
      long mixed,
      long logSums,
      long q,
      long latent,
      long kvB,
      long packing,
      long pageOffset,
      long heads,
      long nope,
      long rope,
      long rank,
      long v,
      float scale,
      boolean accumulateKvB);

  /** Scores and chooses experts. */
  public static native void route(
      long context,
      long chosen,
      long weights,
      long scores,
      long x,
      long packedGate,
      long bias,
      long tokens,
      long width,
      long experts,
      boolean sigmoid,
      int groups,
      int keptGroups,
      boolean topTwoSum,
      int topK,
      boolean normalize,
      float scale);

  public static native void routeBackward(
      long context,
      long dLogits,
      long dWeights,
      long dScores,
      long chosen,
      long scores,
      long tokens,
      long experts,
      boolean sigmoid,
      int groups,
      int keptGroups,
      boolean topTwoSum,
      int topK,
      boolean normalize,
      float scale);

  /** Plans the rows in order of expert, then token. */
  public static native void dispatch(
      long context,
      long offsets,
      long rowOfChoice,
      long tokenOfRow,
      long chosen,
      long tokens,
      long topK,
      long experts);

  public static native void permuteBackward(
      long context,
      long dx,
      long dRows,
      long rowOfChoice,
      long tokens,
      long topK,
      long width,
      boolean accumulate);

  /** Each token's rows, weighted and summed. */
  public static native void unpermute(
      long context,
      long y,
      long rows,
      long weights,
      long rowOfChoice,
      long tokens,
      long topK,
      long width);

  public static native void unpermuteBackward(
      long context,
      long dRows,
      long dWeights,
      long dy,
      long rows,
      long weights,
      long rowOfChoice,
      long tokens,
      long topK,
      long width,
      boolean accumulateRows,
      boolean accumulateWeights);

  /** Log-probabilities and entropies of logits. */
  public static native void logProbs(
      long context,
      long logProbs,
      long entropies,
      long logits,
      long targets,
      long rows,
      long vocabulary,
      float temperature);

  /** Tokens drawn from softmax(logits / temperature); -1 where logits are not finite. */
  public static native void sample(
      long context,
      long tokens,
      long logits,
      long rows,
      long uniforms,
      long count,
      long vocabulary,
      float temperature);

  /** Log-probabilities and entropies, fused with the head. */
  public static native void tokenLogProbs(
      long context,
      long logProbs,
      long entropies,
      long logSums,
      long scratch,
      long hidden,
      long packedHead,
      long targets,
      long rows,
      long width,
      long vocabulary,
      float temperature,
      long chunk,
      int dtype);

  public static native void tokenLogProbsBackward(
      long context,
      long dHidden,
      long dHead,
      long scratch,
      long dLogProbs,
      long dEntropies,
      long logSums,
      long entropies,
      long hidden,
      long head,
      long packedHead,
      long targets,
      long rows,
      long width,
      long vocabulary,
      float temperature,
      long chunk,
      int dtype,
      boolean logitsKept,
      boolean accumulateHidden,
      boolean accumulateHead);

  // ---- optimizer

  /** {@code sum} and the squares of {@code x} together. */
  public static native double sumOfSquares(long context, double sum, long x, long size);

  /** One step, in place; {@code gradient} is 0 where nothing flowed. */
  public static native void adamW(
      long context,
      long p,
      long m,
      long v,
      long gradient,
      long size,
      double beta1,
      double beta2,
      double epsilon,
      double learningRate,
      double weightDecay,
      double gradientScale,
      int step);
}
