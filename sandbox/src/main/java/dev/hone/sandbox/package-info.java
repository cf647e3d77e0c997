/**
 * Running one untrusted program under limits.
 *
 * <p>This room is not furnished yet: no reward runs code until it is. It knows nothing of rewards
 * or models.
 */
package dev.hone.sandbox;
