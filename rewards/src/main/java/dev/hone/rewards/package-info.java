/**
 * Rule-based rewards: text in, judgement out. A verifier never throws on model text, never runs
 * longer than its budget, and never trusts the text. It knows nothing of models or Spark.
 */
package dev.hone.rewards;
