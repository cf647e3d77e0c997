package dev.hone.policy.loss;

/**
 * The published policy losses: what a token contributes ({@link Surrogate}) and how tokens are
 * summed ({@link Aggregation}).
 */
public enum LossType {
  /** GRPO, Shao et al., 2024 (DeepSeekMath): PPO-clip, mean over each sequence, then over them. */
  GRPO,
  /** PPO-clip, mean over the tokens of the optimizer step. */
  BNPO,
  /** Dr. GRPO, Liu et al., 2025: PPO-clip, sum over tokens by a constant length. */
  DR_GRPO,
  /** DAPO, Yu et al., 2025: PPO-clip, mean over the tokens of the generation batch. */
  DAPO,
  /** LUSPO, 2025: PPO-clip, sum over each sequence, mean over them. */
  LUSPO,
  /** CISPO, MiniMax-M1, 2025: REINFORCE with a capped, constant importance weight. */
  CISPO,
  /** SAPO, Qwen, 2025: a soft sigmoid gate in place of the clip. */
  SAPO,
  /** VESPO, 2026: a variationally derived soft weight of the whole sequence. */
  VESPO,
  /** RLOO as TRL trains it: PPO-clip on the ratio of whole sequences, mean over them. */
  RLOO
}
