package dev.hone.policy.model;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Projection;
import dev.hone.policy.tensor.Tensor;
import java.util.Map;

/** The parameters of a model by name, as its layers pick them up. */
record Weights(Ops ops, Map<String, Parameter> parameters) {

  /** The value of a parameter that the layout promises. */
  Tensor get(String name) {
    Tensor value = getOrNull(name);
    if (value == null) {
      throw new IllegalArgumentException("The layout has no parameter " + name + ".");
    }
    return value;
  }

  /** {@code name.weight}, and {@code name.bias} where the architecture has it. */
  Projection projection(String name) {
    return new Projection(get(name + ".weight"), getOrNull(name + ".bias"));
  }

  /** The value of a parameter that only some architectures have. */
  Tensor getOrNull(String name) {
    Parameter parameter = parameters.get(name);
    return parameter == null ? null : parameter.value();
  }
}
