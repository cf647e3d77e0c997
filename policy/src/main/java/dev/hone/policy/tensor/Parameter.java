package dev.hone.policy.tensor;

/**
 * A weight of the model: a named tensor which, if trainable, has a gradient of the same shape into
 * which {@link GradientTape#backward} adds. Made by {@link Ops#parameter}.
 */
public interface Parameter extends AutoCloseable {

  String name();

  Tensor value();

  boolean trainable();

  /** The gradient accumulated since {@link #zeroGradient()}: zeros where nothing flowed. Fp32. */
  Tensor gradient();

  void zeroGradient();

  /** Replaces the value; {@code values} is row-major and of the same size. */
  void assign(float[] values);

  @Override
  void close();
}
