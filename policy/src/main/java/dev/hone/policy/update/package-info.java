/** The policy updater: batches of sequences become optimizer steps. */
package dev.hone.policy.update;
