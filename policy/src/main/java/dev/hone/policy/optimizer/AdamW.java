package dev.hone.policy.optimizer;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.checkpoint.Safetensors;
import dev.hone.policy.checkpoint.SafetensorsWriter;
import dev.hone.policy.checkpoint.SafetensorsWriter.Announced;
import dev.hone.policy.checkpoint.TensorType;
import dev.hone.policy.tensor.AdamWSettings;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW over the trainable parameters of a model, with gradients clipped by their global norm.
 * Norms and biases, which are the parameters of one dimension, do not decay.
 */
public final class AdamW implements AutoCloseable {

  /** A parameter and its running moments, which are constants to the tape. */
  private record Slot(Parameter parameter, Parameter first, Parameter second) {
    boolean decays() {
      return parameter.value().shape().rank() > 1;
    }
  }

  private static final String FIRST = ".exp_avg";
  private static final String SECOND = ".exp_avg_sq";
  private static final String STEP = "step";

  private final Ops ops;
  private final OptimizerSettings settings;
  private final List<Slot> slots = new ArrayList<>();
  private int steps;

  /** Moments of zero for every trainable one of {@code parameters}. */
  public AdamW(Ops ops, List<Parameter> parameters, OptimizerSettings settings) {
    this.ops = ops;
    this.settings = settings;
    for (Parameter parameter : parameters) {
      if (parameter.trainable()) {
        slots.add(new Slot(parameter, moment(parameter, FIRST), moment(parameter, SECOND)));
      }
    }
  }

  private Parameter moment(Parameter parameter, String suffix) {
    return ops.zeros(parameter.name() + suffix, false, parameter.value().shape().dims());
  }

  /** Steps taken so far. */
  public int steps() {
    return steps;
  }

  /** Global L2 norm of the gradients, before clipping; not finite where any of them is not. */
  public double gradientNorm() {
    return ops.globalNorm(slots.stream().map(Slot::parameter).toList());
  }

  /**
   * The factor on all gradients, as torch's clip_grad_norm_: {@code min(1, max / (norm + 1e-6))}.
   */
  public double clippingFactor(double gradientNorm) {
    return settings.maxGradNorm() == 0
        ? 1
        : Math.min(1, settings.maxGradNorm() / (gradientNorm + 1e-6));
  }

  /** Takes one step with gradients of this global norm. */
  public void step(double learningRate, double gradientNorm) {
    steps++;
    double scale = clippingFactor(gradientNorm);
    AdamWSettings adam =
        new AdamWSettings(settings.adamBeta1(), settings.adamBeta2(), settings.adamEpsilon());
    for (Slot slot : slots) {
      ops.adamW(
          slot.parameter(),
          slot.first().value(),
          slot.second().value(),
          adam,
          learningRate,
          slot.decays() ? settings.weightDecay() : 0,
          scale,
          steps);
    }
  }

  /** Sets every gradient to zero. */
  public void zeroGradients() {
    slots.forEach(slot -> slot.parameter().zeroGradient());
  }

  /** Writes steps and moments, in fp32 and under torch's names, and flushes them to the disk. */
  public void save(Path file) throws IOException {
    Map<String, Announced> announced = new LinkedHashMap<>();
    for (Slot slot : slots) {
      Announced moment = new Announced(TensorType.F32, slot.parameter().value().shape());
      announced.put(slot.first().name(), moment);
      announced.put(slot.second().name(), moment);
    }
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(file, announced, Map.of(STEP, Integer.toString(steps)))) {
      for (Slot slot : slots) {
        writer.write(slot.first().name(), slot.first().value().toFloats());
        writer.write(slot.second().name(), slot.second().value().toFloats());
      }
      writer.finish();
    }
  }

  /**
   * Goes on from what {@link #save} wrote, bit for bit.
   *
   * @throws InvalidInput where it is of other parameters
   */
  public void restore(Path file) {
    try (Safetensors tensors = Safetensors.open(file)) {
      for (Slot slot : slots) {
        checkShape(tensors, slot.first());
        checkShape(tensors, slot.second());
      }
      String step = tensors.metadata().get(STEP);
      if (step == null || !step.matches("\\d{1,9}")) {
        throw new InvalidInput(file + " does not say how many steps it is the state of.");
      }
      for (Slot slot : slots) {
        slot.first().assign(tensors.floats(slot.first().name()));
        slot.second().assign(tensors.floats(slot.second().name()));
      }
      steps = Integer.parseInt(step);
    }
  }

  private static void checkShape(Safetensors tensors, Parameter moment) {
    if (!tensors.entry(moment.name()).shape().equals(moment.value().shape())) {
      throw new InvalidInput(
          "%s: tensor %s has shape %s, the model's has %s."
              .formatted(
                  tensors.file(),
                  moment.name(),
                  tensors.entry(moment.name()).shape(),
                  moment.value().shape()));
    }
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.first().close();
      slot.second().close();
    }
  }
}
