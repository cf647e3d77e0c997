package dev.hone.policy.loss;

/**
 * One answer's share of the loss and its gradient.
 *
 * @param loss already normalised by the batch: the shares of its answers sum to the batch's loss
 * @param byLogProbs {@code [completion]}: d loss / d log-probability; 0 where the mask is false
 * @param byEntropies {@code [completion]}: d loss / d entropy
 */
public record SequenceLoss(double loss, double[] byLogProbs, double[] byEntropies) {}
