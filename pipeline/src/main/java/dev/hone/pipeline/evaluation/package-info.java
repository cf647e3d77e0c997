/**
 * What a policy's answers to a suite of problems say about it: unbiased pass@k, avg@k and maj@k
 * with bootstrap intervals.
 */
package dev.hone.pipeline.evaluation;
