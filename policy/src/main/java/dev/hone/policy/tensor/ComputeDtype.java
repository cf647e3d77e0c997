package dev.hone.policy.tensor;

import java.util.Optional;

/** The {@code dtype} that an experiment asks for. */
public enum ComputeDtype {
  /** The fastest of the backend on the machine at hand. */
  AUTO,
  FP32,
  BF16,

  /** Bf16 in the order of AMX's tiles. */
  BF16_AMX;

  /** The precision asked for; empty where the backend is to choose. */
  public Optional<Precision> precision() {
    return switch (this) {
      case AUTO -> Optional.empty();
      case FP32 -> Optional.of(Precision.FP32);
      case BF16 -> Optional.of(Precision.BF16);
      case BF16_AMX -> Optional.of(Precision.BF16_AMX);
    };
  }

  /** What asks for this precision. */
  public static ComputeDtype of(Precision precision) {
    return switch (precision) {
      case FP32 -> FP32;
      case BF16 -> BF16;
      case BF16_AMX -> BF16_AMX;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
