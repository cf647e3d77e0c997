/**
 * The stages as Spark jobs: each class maps one plain function of {@code dev.hone.pipeline.stage}
 * over partitions, and nothing more. Scheduling, retrying and placing are Spark's.
 */
package dev.hone.pipeline.spark;
