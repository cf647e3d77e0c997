package dev.hone.policy.loss;

/**
 * The loss of one token and its partial derivatives.
 *
 * @param value the loss
 * @param byRatio derivative by the importance ratio, the log-probability held constant
 * @param byLogProb derivative by the log-probability, the ratio held constant
 */
record TokenLoss(double value, double byRatio, double byLogProb) {}
