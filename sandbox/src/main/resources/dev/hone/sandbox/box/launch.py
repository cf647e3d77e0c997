"""Starts a box from outside: joins its cgroups, becomes an unprivileged user, then runs bubblewrap.

The first 8 bytes of standard input say how long the description is that follows (see frames.py);
everything after it is the box's own. Bubblewrap started as root would map the box's user to the
host's root, so the host user changes here, before it.
"""

import os
import resource
import struct
import sys


def read_exactly(fd, size):
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            sys.exit(1)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def fields(data):
    at = 0
    found = {}
    while at < len(data):
        size, = struct.unpack_from(">I", data, at)
        key = data[at + 4:at + 4 + size].decode()
        at += 4 + size
        size, = struct.unpack_from(">I", data, at)
        found[key] = data[at + 4:at + 4 + size]
        at += 4 + size
    return found


def main():
    start = fields(read_exactly(0, int(read_exactly(0, 8))))
    for path in start["join"].decode().split("\0"):
        if path:
            with open(path, "w") as procs:
                procs.write("0")
    # What the box may read of its own cgroups it gets as open descriptors: no path leads there.
    # They must keep clear of each other's numbers while they are placed.
    wanted = []
    for item in start["open"].decode().split("\0"):
        if item:
            number, mode, path = item.split(":", 2)
            flags = os.O_RDWR if mode == "rw" else os.O_RDONLY
            wanted.append((int(number), os.open(path, flags)))
    parked = [(number, os.dup(fd)) for number, fd in wanted]
    floor = 100
    moved = []
    for number, fd in parked:
        while True:
            try:
                os.fstat(floor)
                floor += 1
            except OSError:
                break
        os.dup2(fd, floor)
        moved.append((number, floor))
        floor += 1
    os.closerange(3, 100)
    for number, fd in moved:
        os.dup2(fd, number, inheritable=True)
        os.close(fd)
    # Rather the box than the harness, where memory runs out; a program's /proc is read-only, so
    # that it can make no exception of itself.
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("500")
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(int(start["gid"]), int(start["gid"]), int(start["gid"]))
        os.setresuid(int(start["uid"]), int(start["uid"]), int(start["uid"]))
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    stack = int(start["stack"])
    if hard != resource.RLIM_INFINITY:
        stack = min(stack, hard)
    # Where the kernel lays out a process's memory leaves room for the stack it may have at exec.
    resource.setrlimit(resource.RLIMIT_STACK, (stack, hard))
    os.chdir("/")
    command = start["command"].decode().split("\0")
    os.execve(command[0], command, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})


main()
