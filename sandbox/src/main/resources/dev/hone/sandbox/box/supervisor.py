"""One run: the first process of its namespaces, which starts the program, watches it and cleans up.

Here is our own code beside a hostile program of the same user. The program cannot reach it: process 1
of a namespace takes no signal from within, it holds capabilities that the program gave up (so no
ptrace), and it is not dumpable (so its /proc files are root's).
"""

import os
import resource
import select
import signal
import struct
import time

import frames
import kernel
import program

CHUNK = 1 << 16
TICK = 0.02
FILES = ("file:", "exec:")


class Stopped(Exception):
    """A limit ended the run."""


class Pump:
    """Bytes on their way into the program."""

    def __init__(self, fd):
        self.fd = fd
        self.pending = bytearray()
        self.ended = False
        os.set_blocking(fd, False)

    def feed(self, data):
        if self.fd >= 0:
            self.pending += data

    def wants(self):
        return self.fd >= 0 and (self.pending or self.ended)

    def push(self):
        try:
            while self.pending:
                done = os.write(self.fd, memoryview(self.pending)[:CHUNK])
                del self.pending[:done]
        except BlockingIOError:
            return
        except OSError:
            self.close()  # the program reads no more
        if self.ended and not self.pending:
            self.close()

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
            self.pending = bytearray()


class Started:
    """The process that is to become the program, and our ends of its pipes.

    It waits to be told what to become, so that it can be forked while this process has touched
    little: both then share most of their memory with the box's server.
    """

    def __init__(self, box, folder):
        stdin_r, self.stdin = os.pipe()
        self.stdout, stdout_w = os.pipe()
        self.stderr, stderr_w = os.pipe()
        message_r, self.message_in = os.pipe()
        self.message_out, message_w = os.pipe()
        self.status, status_w = os.pipe()
        request_r, self.request = os.pipe()
        theirs = [stdin_r, stdout_w, stderr_w, message_r, message_w]
        self.pid = kernel.clone()
        if self.pid == 0:
            os.close(self.request)  # or it would wait for itself, were this process to end
            program.become(box, request_r, theirs, status_w, folder)
        for fd in theirs + [status_w, request_r]:
            os.close(fd)

    def tell(self, request):
        """Says what to become: all but what this process keeps for itself."""
        theirs = {
            key: value for key, value in request.items()
            if key != "stdin" and not key.startswith(FILES)
        }
        content = frames.packed(theirs)
        data = memoryview(struct.pack(">I", len(content)) + content)
        while data:
            data = data[os.write(self.request, data):]
        os.close(self.request)


class Run:
    def __init__(self, box, request, started, harness_in, harness_out):
        self.box = box
        self.request = request
        self.process = started
        self.harness_in = harness_in
        self.harness_out = harness_out
        self.limit = ""
        self.exit_code = -1
        self.signal = 0
        self.killed = 0
        self.compile_error = None
        self.setup_error = None
        self.started = False
        self.sent = {b"O": 0, b"Q": 0, b"M": 0}
        self.output_limit = int(request["output"])
        self.cpu_limit = int(request["cpu_ms"]) / 1000
        self.wall_limit = int(request["wall_ms"]) / 1000
        self.memory_limit = int(request["memory"])
        self.memory_peak = 0
        self.cpu_seen = 0.0

    def go(self):
        box = self.box
        process = self.process
        self.pid = process.pid
        self.cpu_before = box.cpu_now(self.children)
        self.memory_before = box.memory_now()
        box.reset_peak()
        self.begin = time.monotonic()
        process.tell(self.request)
        self.stdin = Pump(process.stdin)
        self.stdin.feed(self.request.get("stdin", b""))
        self.stdin.ended = "stdin_open" not in self.request
        self.readers = {process.stdout: b"O", process.stderr: b"Q"}
        self.messages = None
        if "messages" in self.request:
            self.messages = Pump(process.message_in)
            self.readers[process.message_out] = b"M"
        self.status = process.status
        try:
            self.watch()
        except Stopped as stop:
            self.limit = self.limit or str(stop)
        self.end()

    def watch(self):
        """Until the program ends or a limit is reached."""
        poll = select.poll()
        exit_fd = os.pidfd_open(self.pid)
        poll.register(exit_fd, select.POLLIN)
        poll.register(self.harness_in, select.POLLIN)
        for fd in self.readers:
            os.set_blocking(fd, False)
            poll.register(fd, select.POLLIN)
        pumps = [self.stdin] + ([self.messages] if self.messages else [])
        waiting = set()
        for pump in pumps:
            if pump.wants():
                pump.push()
        next_check = self.begin + TICK
        while True:
            for pump in pumps:
                if pump.wants() and pump.fd not in waiting:
                    poll.register(pump.fd, select.POLLOUT)
                    waiting.add(pump.fd)
            events = poll.poll(max(0.0, next_check - time.monotonic()) * 1000 + 1)
            finished = False
            for fd, event in events:
                if fd == exit_fd:
                    finished = True
                elif fd == self.harness_in:
                    self.hear_harness()
                elif fd in self.readers:
                    if not self.relay(fd):
                        poll.unregister(fd)
                        os.close(fd)
                        del self.readers[fd]
                else:
                    pump = next(pump for pump in pumps if pump.fd == fd)
                    pump.push()
                    if not pump.wants():
                        poll.unregister(fd)
                        waiting.discard(fd)
            if finished:
                os.close(exit_fd)
                return
            now = time.monotonic()
            if now >= next_check:
                self.check(now)
                next_check = now + TICK

    def hear_status(self):
        """What the process says before it becomes the program; True at the end of that."""
        said = os.read(self.status, 8192)
        if not said:
            return True
        if said[:1] == program.STARTED:
            self.started = True
            said = said[1:]
        if said[:1] == program.COMPILE_ERROR:
            self.compile_error = said[1:].decode("utf-8", "replace")
        elif said[:1] == program.SETUP_ERROR:
            self.setup_error = said[1:].decode("utf-8", "replace")
        return False

    def hear_harness(self):
        kind, size = frames.read_header(self.harness_in)
        if kind is None:
            raise Stopped("killed")  # the harness is gone
        content = frames.read_exactly(self.harness_in, size)
        if content is None or kind == b"K":
            raise Stopped("killed")
        if kind == b"I":
            self.stdin.feed(content)
        elif kind == b"E":
            self.stdin.ended = True
        elif kind == b"M" and self.messages:
            self.messages.feed(content)
        elif kind == b"N" and self.messages:
            self.messages.ended = True

    def relay(self, fd):
        """Passes on what the program wrote, up to the limit; False at its end."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return True
        if not data:
            return False
        kind = self.readers[fd]
        left = self.output_limit - self.sent[kind]
        if left > 0:
            frames.write(self.harness_out, kind, data[:left])
        self.sent[kind] += len(data)
        if self.sent[kind] > self.output_limit:
            raise Stopped("output")
        return True

    def check(self, now):
        if now - self.begin > self.wall_limit:
            raise Stopped("wall")
        self.cpu_seen = self.box.cpu_now(self.children) - self.cpu_before
        if self.cpu_seen > self.cpu_limit:
            raise Stopped("cpu")
        if self.box.oom_kills() > self.box.oom_before:
            raise Stopped("memory")
        used = self.box.memory_of_tree(self.children, self.memory_limit)
        self.memory_peak = max(self.memory_peak, used)
        if self.box.memory_by_rlimit and used > self.memory_limit:
            raise Stopped("memory")

    def children(self):
        """The program's processes that live, by number."""
        if self.box.isolated:
            return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        return descendants(os.getpid())

    def end(self):
        """Kills what is left, reaps all, reads what is still in the pipes."""
        wall = time.monotonic() - self.begin
        kill_from = time.monotonic()
        while True:
            try:
                pid, status, _ = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == self.pid:
                self.note_exit(status)
            elif pid == 0:
                self.kill_all()
                try:
                    pid, status, _ = os.wait4(-1, 0)
                    if pid == self.pid:
                        self.note_exit(status)
                except ChildProcessError:
                    break
            if time.monotonic() - kill_from > 5:
                break  # the namespace's end takes the rest
        if not self.limit:
            try:
                for fd in list(self.readers):
                    os.set_blocking(fd, True)
                    while self.relay(fd):
                        pass
            except Stopped as stop:
                self.limit = str(stop)
        while not self.hear_status():
            pass
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        counted = usage.ru_utime + usage.ru_stime
        cpu = max(self.cpu_seen, counted)
        if self.limit in ("", "cpu", "wall") and self.box.oom_kills() > self.box.oom_before:
            self.limit = "memory"
        if not self.limit and cpu > self.cpu_limit:
            self.limit = "cpu"
        if not self.limit and wall > self.wall_limit:
            self.limit = "wall"
        if not self.limit and self.signal == signal.SIGXCPU:
            self.limit = "cpu"
        peak = max(self.memory_peak, self.box.peak() - self.memory_before, usage.ru_maxrss * 1024)
        self.collect()
        outcome = {
            "exit": self.exit_code, "signal": self.signal, "cpu_us": int(cpu * 1e6),
            "wall_us": int(wall * 1e6), "memory": peak, "limit": self.limit,
            "killed": self.killed, "started": int(self.started),
        }
        if self.compile_error is not None:
            outcome["compile_error"] = self.compile_error.replace("\n", "\x1f")
        if self.setup_error is not None:
            outcome["setup_error"] = self.setup_error
        frames.write(self.harness_out, b"X", frames.text(outcome))

    def note_exit(self, status):
        if os.WIFSIGNALED(status):
            self.signal = os.WTERMSIG(status)
        else:
            self.exit_code = os.WEXITSTATUS(status)

    def kill_all(self):
        alive = self.children()
        if not self.killed:
            self.killed = len(alive)
        if self.box.isolated:
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            for pid in alive:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def collect(self):
        """Sends the files that the harness asked for."""
        left = int(self.request.get("collect_limit", b"0"))
        for pattern in self.request.get("collect", b"").decode().split("\0"):
            if not pattern:
                continue
            for name in sorted(os.listdir(".")) if pattern.startswith("*") else [pattern]:
                if pattern.startswith("*") and not name.endswith(pattern[1:]):
                    continue
                try:
                    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                except OSError:
                    continue
                with open(fd, "rb") as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    self.limit = self.limit or "output"
                    return
                key = name.encode("utf-8", "surrogateescape")
                frames.write(self.harness_out, b"F", struct.pack(">I", len(key)) + key + content)


def descendants(root):
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as stat:
                    fields = stat.read().rsplit(b")", 1)[1].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(name))
    found, todo = [], [root]
    while todo:
        for child in parents.get(todo.pop(), []):
            found.append(child)
            todo.append(child)
    return found


def write_files(request):
    for key, content in request.items():
        kind, _, path = key.partition(":")
        if key.startswith(FILES):
            folder = os.path.dirname(path)
            if folder:
                os.makedirs(folder, exist_ok=True)
            mode = 0o755 if kind == "exec" else 0o644
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with open(fd, "wb") as file:
                file.write(content)
