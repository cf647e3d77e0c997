package dev.hone.rewards.math;

/**
 * Whether two answers agree.
 *
 * @param how in a few words, why or why not
 */
record Match(boolean equal, String how) {

  static Match yes(String how) {
    return new Match(true, how);
  }

  static Match no(String how) {
    return new Match(false, how);
  }
}
