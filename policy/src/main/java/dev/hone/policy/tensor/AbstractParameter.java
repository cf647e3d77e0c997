package dev.hone.policy.tensor;

/** What the parameters of all backends share: a name, and the checks of their use. */
public abstract class AbstractParameter implements Parameter {

  private final String name;
  private final boolean trainable;

  protected AbstractParameter(String name, boolean trainable) {
    this.name = name;
    this.trainable = trainable;
  }

  /** The gradient of a trainable parameter; see {@link #gradient()}. */
  protected abstract Tensor accumulated();

  /** Replaces the value by as many {@code values} as it holds. */
  protected abstract void replace(float[] values);

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final boolean trainable() {
    return trainable;
  }

  @Override
  public final Tensor gradient() {
    if (!trainable) {
      throw new IllegalStateException("Parameter " + name + " is not trainable: no gradient");
    }
    return accumulated();
  }

  @Override
  public final void assign(float[] values) {
    if (values.length != value().shape().size()) {
      throw new IllegalArgumentException(
          "Parameter %s %s cannot take %d values".formatted(name, value().shape(), values.length));
    }
    replace(values);
  }

  @Override
  public final String toString() {
    return name + " " + value().shape();
  }
}
