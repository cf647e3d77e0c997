"""The system calls that Python has no name for."""

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4

SYS_CLONE = {"x86_64": 56, "aarch64": 220}[platform.machine()]
SIGCHLD = 17
CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID = 0x00200000, 0x01000000
NEW_NAMESPACES = (
    0x10000000  # CLONE_NEWUSER
    | 0x20000000  # CLONE_NEWPID
    | 0x00020000  # CLONE_NEWNS
    | 0x08000000  # CLONE_NEWIPC
    | 0x04000000  # CLONE_NEWUTS
    | 0x02000000  # CLONE_NEWCGROUP
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_TID_ADDRESS = 36, 38, 40
LAST_CAPABILITY = 40


def checked(result, what):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def thread_id_address():
    """Where the C library keeps the number of this thread; None where the kernel does not say."""
    address = ctypes.c_void_p()
    said = libc.prctl(PR_GET_TID_ADDRESS, ctypes.addressof(address), 0, 0, 0) == 0
    return address.value if said else None


THREAD_ID = thread_id_address()


def clone(namespaces=0):
    """A fork, into new namespaces if they are named; returns like os.fork.

    os.fork would run Python's own hooks as well, which prepare for threads that are not here and
    touch a hundred pages on the way, every one to be copied. What it does in the C library is done
    here: a process must know its thread's number.
    """
    if THREAD_ID is None and not namespaces:
        return os.fork()
    flags = namespaces | SIGCHLD
    if THREAD_ID is not None:
        flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID
    # stack, parent's thread number, then child's thread number and thread storage in either order
    rest = [0, 0, THREAD_ID or 0, 0] if SYS_CLONE == 56 else [0, 0, 0, THREAD_ID or 0]
    return checked(libc.syscall(SYS_CLONE, flags, *map(ctypes.c_void_p, rest)), "clone")


def mount(source, target, kind, flags, data=None):
    checked(
        libc.mount(source.encode(), target.encode(), kind.encode(), flags,
                   data.encode() if data else None),
        f"mount {target}")


def prctl(option, argument, what):
    checked(libc.prctl(option, argument, 0, 0, 0), what)


def drop_capabilities():
    """Gives up all of them, and the way back: the bounding set."""
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    none = (ctypes.c_uint32 * 6)()
    checked(libc.capset(header, none), "capset")


def close_a_socket():
    os.close(checked(libc.socket(1, 1, 0), "socket"))  # AF_UNIX, SOCK_STREAM


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def install_seccomp(program):
    """Filters the system calls of this process and all that come of it, for good."""
    filter_program = _FilterProgram(len(program) // 8, program)
    checked(libc.prctl(PR_SET_SECCOMP, 2, ctypes.addressof(filter_program), 0, 0), "seccomp")
