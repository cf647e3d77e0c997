package dev.hone.policy.nativecpu;

/**
 * Native memory that tensors and the tape share: given back when the last of them lets go. Counted
 * by one thread at a time, except that of parameters, which is never counted.
 */
final class Storage {

  private final Memory memory;
  private final long address;
  private final long bytes;
  private final boolean counted;
  private int holders = 1;

  private Storage(Memory memory, long bytes, boolean counted) {
    this.memory = memory;
    this.bytes = bytes;
    this.address = memory.allocate(bytes);
    this.counted = counted;
  }

  /** Released when its holders are gone; has one at first. */
  static Storage counted(Memory memory, long bytes) {
    return new Storage(memory, bytes, true);
  }

  /** Lives until {@link #free}. */
  static Storage lasting(Memory memory, long bytes) {
    return new Storage(memory, bytes, false);
  }

  long address() {
    return address;
  }

  Storage retain() {
    holders += counted ? 1 : 0;
    return this;
  }

  void release() {
    if (counted && --holders == 0) {
      memory.release(address, bytes);
    }
  }

  /** Gives the memory back, whoever holds it. */
  void free() {
    memory.release(address, bytes);
  }
}
