package dev.hone.policy.generation;

/** Hears of a generation while it runs, on the generating thread. */
public interface GenerationListener {

  /** Hears nothing. */
  GenerationListener NONE = new GenerationListener() {};

  /** Whether {@link #text} is wanted: decoding at every token costs time. */
  default boolean streamsText() {
    return false;
  }

  /**
   * More of a completion's text: whole characters only, nothing that may turn out to belong to a
   * stop string. The pieces together are the completion's text.
   */
  default void text(long promptId, int sample, String piece) {}

  /** A completion has ended. */
  default void finished(Completion completion) {}

  /** After every pass of the model. */
  default void progress(GenerationProgress progress) {}
}
