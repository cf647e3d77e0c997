package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.MemoryPart;

/** Native memory that tensors and the tape share: given back when the last of them lets go. */
final class Storage {

  private final Memory memory;
  private final long address;
  private final long bytes;
  private final MemoryPart part;
  private int holders = 1;

  /** Memory that has one holder at first. */
  Storage(Memory memory, long bytes, MemoryPart part) {
    this.memory = memory;
    this.bytes = bytes;
    this.part = part;
    this.address = memory.allocate(bytes, part);
  }

  Memory memory() {
    return memory;
  }

  long address() {
    return address;
  }

  Storage retain() {
    holders++;
    return this;
  }

  void release() {
    if (--holders == 0) {
      memory.release(address, bytes, part);
    }
  }
}
