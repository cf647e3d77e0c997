/**
 * Experiments on Apache Spark: configuration, data, the stages of a training step, runs,
 * evaluation, reports and the command line. It knows nothing of how a tensor is laid out.
 */
package dev.hone.pipeline;
