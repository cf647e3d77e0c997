package dev.hone.pipeline.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The settings of this record stand beside those of the record that holds it, without a level of
 * their own in the YAML.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Flat {

  /** Defaults that differ here from the record's own, as {@code key=yaml}. */
  String[] defaults() default {};
}
