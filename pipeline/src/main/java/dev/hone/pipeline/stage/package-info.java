/**
 * The stages of a training step as plain functions over rows, and the rows themselves. Nothing here
 * knows of Spark, so that the same functions run in a Spark job, in a test and on a machine without
 * Spark.
 */
package dev.hone.pipeline.stage;
