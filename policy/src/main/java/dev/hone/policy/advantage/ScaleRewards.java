package dev.hone.policy.advantage;

/** Whose standard deviation GRPO divides a centred reward by. */
public enum ScaleRewards {
  GROUP,
  BATCH,
  NONE
}
