/**
 * Policy losses as pure functions over log-probabilities: each returns its value, its metrics and
 * its derivatives in closed form. Nothing here knows a tensor.
 */
package dev.hone.policy.loss;
