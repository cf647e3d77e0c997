/**
 * An experiment as data. {@link dev.hone.pipeline.config.Experiment} and the records under it are
 * the whole schema: every component carries its default, its limits and one line of description,
 * and is read from the YAML key that is its name in snake_case. Names are those of TRL and verl.
 */
package dev.hone.pipeline.config;
