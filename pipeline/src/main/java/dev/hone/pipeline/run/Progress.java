package dev.hone.pipeline.run;

/**
 * Where long work says how far it is. The command line shows it as bars or lines; a test may keep
 * it silent. Nothing that decides a result depends on it.
 */
public interface Progress {

  /**
   * Starts to show a piece of work.
   *
   * @param name what is being done, a few words
   * @param total how many units it has, or -1 where nobody knows
   * @param unit what is counted, in the plural ({@code steps}, {@code problems})
   */
  Task start(String name, long total, String unit);

  /** Says one line, above any bars. */
  void info(String line);

  /** A piece of work under way; closing it takes its bar away. */
  interface Task extends AutoCloseable {

    /** So many more units are done. */
    void step(long units);

    /** What stands beside the bar from now on, such as the latest reward. */
    void note(String extra);

    @Override
    void close();
  }

  /** Says nothing at all. */
  static Progress silent() {
    return SilentProgress.INSTANCE;
  }
}
