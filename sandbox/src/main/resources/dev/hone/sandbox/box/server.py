"""The box's own process: waits for runs, and gives each to a fork in fresh namespaces.

It reads no more of a run than its first five bytes, and nothing of what a program writes: that is for
the fork, so that no memory a later program inherits holds anything of an earlier one.
"""

import gc
import os
import resource
import signal
import sys
import time

import frames
import kernel
import program
import supervisor

HARNESS_IN, HARNESS_OUT = 0, 1
SWEEP = 2.0  # seconds
OWN_PROCESSES = 3  # bubblewrap outside and inside, and this one
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGESIZE")


class Box:
    """What this box has to isolate and to measure with."""

    def __init__(self, start):
        self.isolated = start["isolation"] == b"bubblewrap"
        self.memory_by_rlimit = "memory_usage" not in start
        self.seccomp = start.get("seccomp", b"")
        self.path = start["path"].decode()
        self.uid = os.getuid()
        self.gid = os.getgid()
        self.files = {
            name: int(start[name])
            for name in ("memory_usage", "memory_peak", "memory_events", "cpu_usage", "pids_now")
            if name in start
        }
        for fd in self.files.values():
            os.set_inheritable(fd, False)
        self.sockets = os.open("/proc/net/unix", os.O_RDONLY) if self.isolated else -1
        self.cpu_unit = 1e-9 if start.get("cpu_format") == b"nanoseconds" else 1e-6

    def temporary(self, folder):
        return "/tmp" if self.isolated else folder

    def read(self, name):
        return os.pread(self.files[name], 4096, 0)

    def cpu_now(self, living):
        """Seconds of CPU so far of the tree whose processes `living` lists (by cgroup: of the box)."""
        if "cpu_usage" in self.files:
            content = self.read("cpu_usage")
            number = content.split()[1] if content.startswith(b"usage_usec") else content
            return int(number) * self.cpu_unit
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        ticks = 0
        for pid in living():
            try:
                with open(f"/proc/{pid}/stat", "rb") as stat:
                    fields = stat.read().rsplit(b")", 1)[1].split()
                ticks += sum(int(field) for field in fields[11:15])
            except (OSError, IndexError):
                pass  # it has ended since
        return usage.ru_utime + usage.ru_stime + ticks / TICKS

    def memory_now(self):
        return int(self.read("memory_usage")) if "memory_usage" in self.files else 0

    def reset_peak(self):
        if "memory_peak" in self.files:
            try:
                os.pwrite(self.files["memory_peak"], b"0", 0)
            except OSError:
                pass  # kernels before 6.12 cannot, with cgroups v2

    def peak(self):
        return int(self.read("memory_peak")) if "memory_peak" in self.files else 0

    def oom_kills(self):
        if "memory_events" in self.files:
            for line in self.read("memory_events").splitlines():
                if line.startswith(b"oom_kill "):
                    return int(line.split()[1])
        return 0

    def memory_of_tree(self, living, limit):
        """Resident bytes of the tree where no cgroup counts them: exact only where it matters."""
        if "memory_usage" in self.files:
            return 0
        pids = living()
        resident = 0
        for pid in pids:
            try:
                with open(f"/proc/{pid}/statm", "rb") as statm:
                    resident += int(statm.read().split()[1]) * PAGE
            except (OSError, IndexError):
                pass
        if resident <= limit:
            return resident
        shared_out = 0  # pages that several processes share count once
        for pid in pids:
            try:
                with open(f"/proc/{pid}/smaps_rollup", "rb") as rollup:
                    for line in rollup:
                        if line.startswith(b"Pss:"):
                            shared_out += int(line.split()[1]) * 1024
            except (OSError, IndexError):
                pass
        return shared_out


def serve(start):
    box = Box(start)
    box.oom_before = box.oom_kills()
    for module in start["preload"].decode().split():
        try:
            __import__(module)
        except Exception:  # a package that is not there is the program's affair
            pass
    sys.path[:] = [path for path in sys.path if path]
    sys.path += [path for path in start["packages"].decode().split("\0") if path]
    sys.dont_write_bytecode = True
    program.prepare(box)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    gc.collect()
    gc.freeze()
    frames.write(HARNESS_OUT, b"Z", b"ready=1")
    while True:
        kind, size = frames.read_header(HARNESS_IN)
        if kind is None:
            return
        if kind != b"R":
            frames.read_exactly(HARNESS_IN, size)  # late words for a run that has ended
            continue
        serve_one(box, size)


def serve_one(box, size):
    folder = "/box/work" if box.isolated else temporary_folder()
    pid = kernel.clone(kernel.NEW_NAMESPACES if box.isolated else 0)
    if pid == 0:
        code = 1
        try:
            in_fork(box, size, folder)
            code = 0
        except BaseException as failure:
            message = f"{type(failure).__name__}: {failure}"
            frames.write(HARNESS_OUT, b"X", frames.text({"setup_error": message}))
        finally:
            os._exit(code)
    _, status, usage = os.wait4(pid, 0)
    if not box.isolated:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
    oom_kills = box.oom_kills()
    frames.write(HARNESS_OUT, b"Z", frames.text({
        "supervisor": status, "oom_kills": oom_kills - box.oom_before,
        "survivors": survivors(box), "leftovers": leftovers(box, folder),
    }))
    box.oom_before = oom_kills


def temporary_folder():
    import tempfile  # not at the top: what is loaded there is copied into every run

    return tempfile.mkdtemp(prefix="hone-box-")


def in_fork(box, size, folder):
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL, "pdeathsig")
    os.setsid()
    os.umask(0o022)
    if not box.isolated:
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1, "subreaper")
    # Before anything else, since every page that is written before a fork is copied again after it.
    started = supervisor.Started(box, folder)
    request = frames.fields(frames.read_exactly(HARNESS_IN, size))
    if box.isolated:
        enter(box, int(request["disk"]))
    os.chdir(folder)
    supervisor.write_files(request)
    supervisor.Run(box, request, started, HARNESS_IN, HARNESS_OUT).go()


def enter(box, disk):
    """Furnishes the new namespaces: the same user, an empty disk of its own, its own /proc."""
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{box.uid} {box.uid} 1")
    write("/proc/self/gid_map", f"{box.gid} {box.gid} 1")
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0, "dumpable")
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", "/box", "tmpfs", flags, f"size={disk},nr_inodes=16384,mode=755")
    kernel.mount("proc", "/proc", "proc", flags | kernel.MS_NOEXEC | kernel.MS_RDONLY)
    for folder in ("/box/work", "/box/tmp", "/box/shm"):
        os.mkdir(folder, 0o755)


def write(path, text):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, text.encode())
    os.close(fd)


def survivors(box):
    """Processes of the box that should be gone: all but itself and bubblewrap's first."""
    if not box.isolated:
        return len(supervisor.descendants(os.getpid()))
    if "pids_now" in box.files and int(box.read("pids_now")) == OWN_PROCESSES:
        return 0
    me = os.getpid()
    return sum(name.isdigit() and int(name) not in (1, me) for name in os.listdir("/proc"))


def leftovers(box, folder):
    """Files, mounts and sockets that a run left where a later one could find them."""
    if not box.isolated:
        return int(os.path.exists(folder))
    return len(os.listdir("/box")) + sockets_left(box)


def sockets_left(box):
    """Sockets in the box's network namespace, once the kernel has swept those that nobody holds.

    Sockets in messages that only they themselves could receive outlive their processes until the
    kernel looks for such cycles, which it does when some socket is closed. Until then a later run
    could read their names, and connect to them.
    """
    give_up = time.monotonic() + SWEEP
    while True:
        left = os.pread(box.sockets, 1 << 16, 0).count(b"\n") - 1  # the heading
        if left <= 0 or time.monotonic() > give_up:
            return left
        kernel.close_a_socket()
        time.sleep(0.001)

