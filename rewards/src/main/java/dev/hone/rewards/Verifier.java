package dev.hone.rewards;

/**
 * Decides whether a written answer agrees with a reference. Pure, thread-safe, bounded in time and
 * memory, and never throwing on any response.
 */
@FunctionalInterface
public interface Verifier {

  Judgement verify(String response, String reference);
}
