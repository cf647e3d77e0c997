package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.MemoryPart;

/**
 * Where the gradient of a tensor gathers: fp32, of as many numbers as the tensor. Its memory comes
 * with the first contribution, which need not add to anything.
 */
final class Gradient {

  private final Memory memory;
  private final long numbers;
  private final MemoryPart part;
  private long address;
  private boolean filled;

  Gradient(Memory memory, long numbers, MemoryPart part) {
    this.memory = memory;
    this.numbers = numbers;
    this.part = part;
  }

  Memory memory() {
    return memory;
  }

  /** Where to write to. */
  long address() {
    if (address == 0) {
      address = memory.allocate(numbers * Float.BYTES, part);
    }
    return address;
  }

  /** Whether the next contribution adds to what is there; from now on there is something. */
  boolean accumulate() {
    boolean before = filled;
    filled = true;
    return before;
  }

  boolean filled() {
    return filled;
  }

  long numbers() {
    return numbers;
  }

  /** Back to zero; the memory stays. */
  void empty() {
    filled = false;
  }

  /** Gives the memory back. */
  void release() {
    if (address != 0) {
      memory.release(address, numbers * Float.BYTES, part);
      address = 0;
    }
    filled = false;
  }
}
