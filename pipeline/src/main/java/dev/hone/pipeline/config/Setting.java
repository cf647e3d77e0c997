package dev.hone.pipeline.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a user may write for a record component: its default, its limits, and what it means. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** One line that tells a user what the setting does. */
  String doc();

  /**
   * The default as YAML. Left out, the setting starts unset, as an empty list or map, or as a
   * section of defaults.
   */
  String value() default "";

  /** Smallest number allowed. */
  double min() default Double.NEGATIVE_INFINITY;

  /** Largest number allowed. */
  double max() default Double.POSITIVE_INFINITY;

  /** The number must be larger than this. */
  double above() default Double.NEGATIVE_INFINITY;

  /** The number must be smaller than this. */
  double below() default Double.POSITIVE_INFINITY;

  /** The words allowed, where only some are. */
  String[] oneOf() default {};
}
