package dev.hone.sandbox;

import java.util.Optional;

/** Numbers of the system calls that a program may not make, on the processors that we know. */
enum SystemCalls {
  X86_64(0xC000003E, 0),
  AARCH64(0xC00000B7, 1);

  /** A call's numbers, in the order of the processors; -1 where it does not exist. */
  enum Call {
    ACCT(163, 89),
    ADD_KEY(248, 217),
    ADJTIMEX(159, 171),
    BPF(321, 280),
    CHROOT(161, 51),
    CLOCK_ADJTIME(305, 266),
    CLOCK_SETTIME(227, 112),
    CLONE(56, 220),
    CLONE3(435, 435),
    DELETE_MODULE(176, 106),
    FANOTIFY_INIT(300, 262),
    FINIT_MODULE(313, 273),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    FSOPEN(430, 430),
    FSPICK(433, 433),
    INIT_MODULE(175, 105),
    IOCTL(16, 29),
    IOPERM(173, -1),
    IOPL(172, -1),
    IO_URING_ENTER(426, 426),
    IO_URING_REGISTER(427, 427),
    IO_URING_SETUP(425, 425),
    KCMP(312, 272),
    KEXEC_FILE_LOAD(320, 294),
    KEXEC_LOAD(246, 104),
    KEYCTL(250, 219),
    LOOKUP_DCOOKIE(212, 18),
    MEMFD_CREATE(319, 279),
    MEMFD_SECRET(447, 447),
    MIGRATE_PAGES(256, 238),
    MODIFY_LDT(154, -1),
    MOUNT(165, 40),
    MOUNT_SETATTR(442, 442),
    MOVE_MOUNT(429, 429),
    MOVE_PAGES(279, 239),
    MSGGET(68, 186),
    NAME_TO_HANDLE_AT(303, 264),
    OPEN_BY_HANDLE_AT(304, 265),
    OPEN_TREE(428, 428),
    PERF_EVENT_OPEN(298, 241),
    PERSONALITY(135, 92),
    PIDFD_GETFD(438, 438),
    PIVOT_ROOT(155, 41),
    PRLIMIT64(302, 261),
    PROCESS_MADVISE(440, 440),
    PROCESS_MRELEASE(448, 448),
    PROCESS_VM_READV(310, 270),
    PROCESS_VM_WRITEV(311, 271),
    PTRACE(101, 117),
    QUOTACTL(179, 60),
    QUOTACTL_FD(443, 443),
    REBOOT(169, 142),
    REQUEST_KEY(249, 218),
    SCHED_SETAFFINITY(203, 122),
    SCHED_SETATTR(314, 274),
    SCHED_SETPARAM(142, 118),
    SCHED_SETSCHEDULER(144, 119),
    SEMGET(64, 190),
    SETDOMAINNAME(171, 162),
    SETHOSTNAME(170, 161),
    SETNS(308, 268),
    SETPRIORITY(141, 140),
    SETTIMEOFDAY(164, 170),
    SHMGET(29, 194),
    SOCKET(41, 198),
    SWAPOFF(168, 225),
    SWAPON(167, 224),
    SYSLOG(103, 116),
    UMOUNT2(166, 39),
    UNSHARE(272, 97),
    USERFAULTFD(323, 282),
    VHANGUP(153, 58);

    private final int[] numbers;

    Call(int... numbers) {
      this.numbers = numbers;
    }
  }

  private final int auditArchitecture;
  private final int column;

  SystemCalls(int auditArchitecture, int column) {
    this.auditArchitecture = auditArchitecture;
    this.column = column;
  }

  /** Those of this machine, if we know its processor. */
  static Optional<SystemCalls> ofThisMachine() {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }

  int auditArchitecture() {
    return auditArchitecture;
  }

  /** The call's number; -1 where this processor does not have it. */
  int number(Call call) {
    return call.numbers[column];
  }
}
