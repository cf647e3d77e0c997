package dev.hone.pipeline.train;

/**
 * Does something when a signal ends the process while a block runs: the report of a run that was
 * stopped should not say that it is still running.
 */
final class Interruption implements AutoCloseable {

  private final Thread hook;

  /**
   * @param onSignal runs beside whatever else ends; the process waits for it
   */
  Interruption(Runnable onSignal) {
    this.hook = new Thread(onSignal, "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Forgets what was to be done; whether the process is not ending already. Where it is, an
   * exception in the block is a consequence of the signal, and no failure of its own.
   */
  boolean withdraw() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      return true;
    } catch (IllegalStateException e) {
      // The hooks are running, this one among them.
      return false;
    }
  }

  @Override
  public void close() {
    withdraw();
  }
}
