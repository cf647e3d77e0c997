package dev.hone.sandbox;

import dev.hone.sandbox.SystemCalls.Call;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The system calls that a program may not make, as a classic BPF program over {@code struct
 * seccomp_data} (linux/seccomp.h, linux/filter.h).
 *
 * <p>Everything else is allowed: the filter takes away what reaches for other namespaces, other
 * processes, the network, kernel keys, kernel programs, memory that no limit counts, and the
 * machine's own settings. A refused call fails with an error that an honest program can handle.
 */
final class SeccompFilter {

  private static final int LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int JUMP_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
  private static final int JUMP_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
  private static final int RETURN = 0x06; // BPF_RET | BPF_K

  private static final int NUMBER = 0; // offsets into struct seccomp_data
  private static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;

  private static final int ALLOW = 0x7FFF0000; // SECCOMP_RET_ALLOW
  private static final int KILL = 0x80000000; // SECCOMP_RET_KILL_PROCESS
  private static final int NOT_PERMITTED = 0x00050000 | 1; // SECCOMP_RET_ERRNO | EPERM
  private static final int NO_SUCH_CALL = 0x00050000 | 38; // SECCOMP_RET_ERRNO | ENOSYS

  private static final int X32_CALLS = 0x40000000;
  private static final int AF_UNIX = 1;
  private static final int NEW_NAMESPACE_FLAGS = 0x7E020000;
  private static final int PRIO_PROCESS = 0;
  private static final int TIOCSTI = 0x5412;
  private static final int TIOCLINUX = 0x541C;

  /** Programs try these first and fall back on older ones. */
  private static final Set<Call> NO_SUCH =
      EnumSet.of(Call.CLONE3, Call.IO_URING_SETUP, Call.IO_URING_ENTER, Call.IO_URING_REGISTER);

  /** Allowed or not by an argument. */
  private static final Set<Call> BY_ARGUMENT =
      EnumSet.of(
          Call.CLONE,
          Call.IOCTL,
          Call.PERSONALITY,
          Call.PRLIMIT64,
          Call.SCHED_SETAFFINITY,
          Call.SCHED_SETATTR,
          Call.SCHED_SETPARAM,
          Call.SCHED_SETSCHEDULER,
          Call.SETPRIORITY,
          Call.SOCKET);

  private record Instruction(int code, int ifTrue, int ifFalse, int operand) {}

  private final SystemCalls calls;
  private final List<Instruction> program = new ArrayList<>();

  private SeccompFilter(SystemCalls calls) {
    this.calls = calls;
  }

  /** The filter for that processor, as the kernel takes it: 8 bytes an instruction. */
  static byte[] program(SystemCalls calls) {
    return new SeccompFilter(calls).build();
  }

  private byte[] build() {
    add(LOAD_WORD, 0, 0, ARCHITECTURE);
    add(JUMP_EQUAL, 1, 0, calls.auditArchitecture());
    add(RETURN, 0, 0, KILL); // another processor's calls have other numbers
    add(LOAD_WORD, 0, 0, NUMBER);
    if (calls == SystemCalls.X86_64) {
      add(JUMP_AT_LEAST, 0, 1, X32_CALLS);
      add(RETURN, 0, 0, NOT_PERMITTED);
    }
    for (Call call : Call.values()) {
      if (!BY_ARGUMENT.contains(call) && calls.number(call) >= 0) {
        add(JUMP_EQUAL, 0, 1, calls.number(call));
        add(RETURN, 0, 0, NO_SUCH.contains(call) ? NO_SUCH_CALL : NOT_PERMITTED);
      }
    }
    refuseUnlessEqual(Call.SOCKET, 0, AF_UNIX);
    refuseUnlessEqual(Call.PRLIMIT64, 0, 0); // the limits of oneself only
    refuseUnlessEqual(Call.PERSONALITY, 0, 0);
    refuseUnlessEqual(Call.SETPRIORITY, 0, PRIO_PROCESS);
    refuseUnlessEqual(Call.SETPRIORITY, 1, 0);
    refuseAnyBit(Call.CLONE, 0, NEW_NAMESPACE_FLAGS);
    refuseIfEqual(Call.IOCTL, 1, TIOCSTI);
    refuseIfEqual(Call.IOCTL, 1, TIOCLINUX);
    // The first process of the namespace is the one that watches.
    refuseIfEqual(Call.SCHED_SETAFFINITY, 0, 1);
    refuseIfEqual(Call.SCHED_SETATTR, 0, 1);
    refuseIfEqual(Call.SCHED_SETPARAM, 0, 1);
    refuseIfEqual(Call.SCHED_SETSCHEDULER, 0, 1);
    add(RETURN, 0, 0, ALLOW);

    ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (Instruction instruction : program) {
      bytes
          .putShort((short) instruction.code())
          .put((byte) instruction.ifTrue())
          .put((byte) instruction.ifFalse())
          .putInt(instruction.operand());
    }
    return bytes.array();
  }

  private void refuseUnlessEqual(Call call, int argument, int value) {
    onArgument(call, argument, new Instruction(JUMP_EQUAL, 1, 0, value));
  }

  private void refuseIfEqual(Call call, int argument, int value) {
    onArgument(call, argument, new Instruction(JUMP_EQUAL, 0, 1, value));
  }

  private void refuseAnyBit(Call call, int argument, int bits) {
    onArgument(call, argument, new Instruction(JUMP_ANY_BIT, 0, 1, bits));
  }

  /** Looks at the argument's lower half, as the kernel does for these calls. */
  private void onArgument(Call call, int argument, Instruction test) {
    add(JUMP_EQUAL, 0, 4, calls.number(call));
    add(LOAD_WORD, 0, 0, ARGUMENTS + 8 * argument);
    program.add(test);
    add(RETURN, 0, 0, NOT_PERMITTED);
    add(LOAD_WORD, 0, 0, NUMBER);
  }

  private void add(int code, int ifTrue, int ifFalse, int operand) {
    program.add(new Instruction(code, ifTrue, ifFalse, operand));
  }
}
