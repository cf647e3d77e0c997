/**
 * Training: the loop over the stages of an experiment, and the steps of each. Read {@link
 * dev.hone.pipeline.train.GrpoStep} for the algorithm, top to bottom. Nothing here knows of Spark.
 */
package dev.hone.pipeline.train;
