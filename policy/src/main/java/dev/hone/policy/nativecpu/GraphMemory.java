package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.MemoryPart;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the operations of a captured step write to. Within the step memory is reused as it would be
 * without the capture; between the steps nobody else gets it.
 */
final class GraphMemory implements AutoCloseable {

  private record Kind(long bytes, MemoryPart part) {}

  private record Block(long address, Kind kind) {}

  private final Memory memory;
  private final Map<Kind, Deque<Long>> free = new HashMap<>();
  private final List<Block> blocks = new ArrayList<>();
  private boolean closed;

  GraphMemory(Memory memory) {
    this.memory = memory;
  }

  long allocate(long bytes, MemoryPart part) {
    Kind kind = new Kind(bytes, part);
    Long waiting = free.computeIfAbsent(kind, k -> new ArrayDeque<>()).poll();
    if (waiting != null) {
      return waiting;
    }
    long address = memory.allocate(bytes, part);
    blocks.add(new Block(address, kind));
    return address;
  }

  void release(long address, long bytes, MemoryPart part) {
    if (!closed) {
      free.get(new Kind(bytes, part)).push(address);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      blocks.forEach(b -> memory.release(b.address(), b.kind().bytes(), b.kind().part()));
    }
  }
}
