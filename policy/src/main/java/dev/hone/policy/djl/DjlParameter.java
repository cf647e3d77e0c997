package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.AbstractParameter;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;
import java.nio.FloatBuffer;

/** A leaf of the engine's trace. */
final class DjlParameter extends AbstractParameter {

  private final DjlTensor value;
  private final int threads;

  DjlParameter(
      PtNDManager manager,
      int threads,
      String name,
      float[] values,
      boolean trainable,
      Shape shape) {
    super(name, trainable);
    this.threads = threads;
    PtNDArray array = Torch.floats(manager, values, Torch.extents(shape));
    if (trainable) {
      JniUtils.attachGradient(array, true);
    }
    this.value = new Value(array, shape, trainable);
  }

  /** The leaf itself, as operations see it. */
  private static final class Value extends DjlTensor {
    private final boolean trainable;

    Value(PtNDArray array, Shape shape, boolean trainable) {
      super(array, shape, DType.FLOAT32);
      this.trainable = trainable;
    }

    @Override
    boolean mayBeTraced() {
      return trainable;
    }

    @Override
    boolean isLeaf() {
      return trainable;
    }
  }

  @Override
  public Tensor value() {
    return value;
  }

  @Override
  protected Tensor accumulated() {
    TorchThread thread = TorchThread.enter(threads);
    PtNDArray gradient = JniUtils.getGradient(value.array());
    if (gradient == null) {
      gradient = Torch.zeros(thread.manager(), Torch.extents(value.shape()));
    }
    return thread.scopes().own(new DjlTensor(gradient, value.shape(), DType.FLOAT32));
  }

  /** The gradient's memory, or null where nothing ever flowed; closed with the temporary scope. */
  FloatBuffer gradientBuffer() {
    PtNDArray gradient = JniUtils.getGradient(value.array());
    return gradient == null ? null : Torch.bytes(gradient).asFloatBuffer();
  }

  FloatBuffer valueBuffer() {
    return Torch.bytes(value.array()).asFloatBuffer();
  }

  @Override
  public void zeroGradient() {
    if (!trainable()) {
      return;
    }
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      FloatBuffer gradient = gradientBuffer();
      if (gradient != null) {
        float[] zeros = new float[Math.min(gradient.capacity(), 1 << 14)];
        while (gradient.hasRemaining()) {
          gradient.put(zeros, 0, Math.min(zeros.length, gradient.remaining()));
        }
      }
    }
  }

  @Override
  protected void replace(float[] values) {
    valueBuffer().put(values);
  }

  @Override
  public void close() {
    value.close();
  }
}
