/** AdamW, gradient clipping and learning-rate schedules. */
package dev.hone.policy.optimizer;
