package dev.hone.policy.model;

import dev.hone.policy.InvalidInput;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The model types of {@code config.json} that are understood. */
public enum ModelFamily {
  DEEPSEEK_V3("deepseek_v3", "DeepseekV3ForCausalLM"),
  DEEPSEEK_V2("deepseek_v2", "DeepseekV2ForCausalLM"),
  LLAMA("llama", "LlamaForCausalLM"),
  QWEN2("qwen2", "Qwen2ForCausalLM"),
  QWEN3("qwen3", "Qwen3ForCausalLM"),
  QWEN3_MOE("qwen3_moe", "Qwen3MoeForCausalLM");

  private final String modelType;
  private final String architecture;

  ModelFamily(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  /** As {@code model_type} names it. */
  public String modelType() {
    return modelType;
  }

  /** As {@code architectures} names it. */
  public String architecture() {
    return architecture;
  }

  static ModelFamily of(String where, Object modelType) {
    return Arrays.stream(values())
        .filter(family -> family.modelType.equals(modelType))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInput(
                    "%s: \"model_type\" %s; supported are %s."
                        .formatted(
                            where,
                            modelType == null ? "is missing" : "is \"" + modelType + "\"",
                            Arrays.stream(values())
                                .map(ModelFamily::modelType)
                                .collect(Collectors.joining(", ")))));
  }
}
