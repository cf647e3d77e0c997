package dev.hone.tests;

import dev.hone.kernels.Kernels;
import dev.hone.kernels.NativeMemory;

/** So much memory, and how long reading it once takes with so many threads. */
final class MemoryReading implements AutoCloseable {

  private final long context;
  private final long address;
  private final long bytes;

  MemoryReading(int threads, long bytes) {
    this.context = Kernels.open(threads);
    this.address = NativeMemory.allocate(bytes);
    this.bytes = bytes;
    Kernels.zero(context, address, bytes / Float.BYTES);
  }

  /** Seconds that one reading takes, of so many. */
  double seconds(int readings) {
    long started = System.nanoTime();
    for (int i = 0; i < readings; i++) {
      Kernels.read(context, address, bytes);
    }
    return (System.nanoTime() - started) / 1e9 / readings;
  }

  @Override
  public void close() {
    NativeMemory.free(address);
    Kernels.close(context);
  }
}
