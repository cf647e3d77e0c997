package dev.hone.kernels;

/**
 * Memory that the collector does not see, by address: what the operations of {@link Kernels} read
 * and write. Callers answer for bounds and lifetimes.
 */
public final class NativeMemory {

  private NativeMemory() {}

  static {
    NativeLibrary.load();
  }

  /** The address of so many bytes, aligned to 64; 0 where there are none. */
  public static native long allocate(long bytes);

  public static native void free(long address);

  /** Copies {@code from[offset .. offset + count)} to an address; so do the other puts. */
  public static native void putFloats(long to, float[] from, int offset, int count);

  /** Copies {@code count} numbers at an address to {@code to[offset ..]}; so does the other get. */
  public static native void getFloats(float[] to, long from, int offset, int count);

  public static native void putInts(long to, int[] from, int offset, int count);

  public static native void getInts(int[] to, long from, int offset, int count);

  public static native void putLongs(long to, long[] from, int offset, int count);

  public static native void putDoubles(long to, double[] from, int offset, int count);
}
