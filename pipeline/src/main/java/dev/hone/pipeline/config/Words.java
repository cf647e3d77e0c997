package dev.hone.pipeline.config;

import java.util.Locale;

/** Enum constants as YAML writes them: {@code DR_GRPO} is {@code dr_grpo}. */
final class Words {

  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
