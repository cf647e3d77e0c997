package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.MemoryPart;

/** Native memory that tensors and the tape share: given back when the last of them lets go. */
final class Storage {

  private final Memory memory;
  private final long address;
  private final long bytes;
  private final MemoryPart part;
  private final GraphMemory graph;
  private int holders = 1;

  /** Memory that has one holder at first. */
  Storage(Memory memory, long bytes, MemoryPart part) {
    this(memory, bytes, part, null);
  }

  /**
   * @param graph whose memory it is, or null
   */
  Storage(Memory memory, long bytes, MemoryPart part, GraphMemory graph) {
    this.memory = memory;
    this.bytes = bytes;
    this.part = part;
    this.graph = graph;
    this.address = graph == null ? memory.allocate(bytes, part) : graph.allocate(bytes, part);
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
      if (graph == null) {
        memory.release(address, bytes, part);
      } else {
        graph.release(address, bytes, part);
      }
    }
  }
}
