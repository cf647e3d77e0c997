/** Advantage estimators: how much better than its group an answer was. Pure functions. */
package dev.hone.policy.advantage;
