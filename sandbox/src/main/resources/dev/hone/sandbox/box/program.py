"""The process that becomes the program: gives up every privilege, then runs what nobody trusts."""

import atexit
import builtins
import gc
import io
import os
import resource
import signal
import struct
import sys
import threading
import types

import frames
import kernel

STARTED, COMPILE_ERROR, SETUP_ERROR = b"S", b"C", b"X"
MESSAGE_PIPES = 2  # the last of the descriptors, where there are any

_streams = ()


def prepare(box):
    """In the server, once: what is the same for every program need not be made in each."""
    global _streams
    _streams = (
        io.TextIOWrapper(
            io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8", "surrogateescape"),
        io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(1, "w", closefd=False)), "utf-8", "surrogateescape"),
        io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(2, "w", closefd=False)), "utf-8", "backslashreplace",
            line_buffering=True),
    )
    os.environ.clear()
    os.environ.update(environment_in(box, "/box/work"))


def environment_in(box, folder):
    return {
        "PATH": box.path, "HOME": folder, "TMPDIR": box.temporary(folder), "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
    }


def become(box, request_fd, descriptors, status, folder):
    """Never returns. Until STARTED goes out on `status`, this is our own code."""
    try:
        os.setsid()  # signals to its group reach nothing of ours
        size = frames.read_exactly(request_fd, 4)
        if size is None:
            os._exit(1)  # there will be no run
        request = frames.fields(frames.read_exactly(request_fd, struct.unpack(">I", size)[0]))
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1, "dumpable")
        if "messages" not in request:
            descriptors = descriptors[:-MESSAGE_PIPES]
        place(descriptors, status)
        status = len(descriptors)
        os.chdir(folder)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # too large a file is an error of write()
        limit(request, box.memory_by_rlimit)
        if box.isolated:
            kernel.drop_capabilities()
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
        additions = {
            key[4:]: value.decode() for key, value in request.items() if key.startswith("env:")
        }
        if not box.isolated:
            additions = environment_in(box, folder) | additions
        if "python" in request:
            arguments = [name for name in request["arguments"].decode().split("\0") if name]
            run_python(request["python"].decode(), arguments, additions, status, box.seccomp)
        else:
            arguments = request["argv"].decode("utf-8", "surrogateescape").split("\0")
            environment = dict(os.environ) | additions
            if box.seccomp:
                kernel.install_seccomp(box.seccomp)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.set_inheritable(status, False)
            os.write(status, STARTED)
            os.execve(arguments[0], arguments, environment)
    except BaseException as failure:  # whatever it is, the harness must hear of it
        try:
            os.write(status, SETUP_ERROR + f"{type(failure).__name__}: {failure}".encode())
        except OSError:
            pass
    os._exit(127)


def place(descriptors, status):
    """Puts the pipes at 0, 1, 2 (and 3, 4 for messages), the status after them, and closes the rest."""
    wanted = list(descriptors) + [status]
    high = [duplicate_above(fd, 200 + index) for index, fd in enumerate(wanted)]
    for number, fd in enumerate(high):
        os.dup2(fd, number, inheritable=True)
    os.closerange(len(wanted), 4096)


def duplicate_above(fd, number):
    os.dup2(fd, number)
    return number


def limit(request, memory_by_rlimit):
    cpu = -(-int(request["cpu_ms"]) // 1000) + 1  # the supervisor's own limit strikes first
    values = {
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: int(request["disk"]),
        resource.RLIMIT_NOFILE: int(request["open_files"]),
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 1 << 20,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if int(request["nproc"]):
        values[resource.RLIMIT_NPROC] = int(request["nproc"])
    if memory_by_rlimit:
        values[resource.RLIMIT_DATA] = int(request["data"])
    for kind, value in values.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def run_python(path, arguments, additions, status, seccomp):
    """Runs a file as `python3 FILE` would, in this interpreter, and ends the process."""
    os.environ.update(additions)
    # What os.fork would have done (see kernel.clone).
    if hasattr(threading.Thread, "_set_native_id"):
        threading.main_thread()._set_native_id()
    if "random" in sys.modules:
        sys.modules["random"].seed()
    sys.stdin, sys.stdout, sys.stderr = _streams
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("kernel", "frames", "program", "supervisor", "server"):
        sys.modules.pop(name, None)
    main = types.ModuleType("__main__")
    main.__file__ = path
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
    sys.argv = [path, *arguments]
    sys.path.insert(0, os.getcwd())
    if seccomp:
        kernel.install_seccomp(seccomp)
    try:
        with open(path, "rb") as file:
            source = file.read()
        try:
            code = compile(source, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            os.write(status, COMPILE_ERROR + describe(error).encode("utf-8", "replace")[:4000])
            os._exit(1)
        del source
        os.write(status, STARTED)
        os.close(status)
        gc.enable()
        exit_code = 0
        try:
            exec(code, main.__dict__)
        except SystemExit as leaving:
            exit_code = exit_code_of(leaving)
        except BaseException:
            exit_code = report(sys.exc_info())
        try:
            threading._shutdown()  # waits for the threads that are not daemons
            atexit._run_exitfuncs()
        except BaseException:
            report(sys.exc_info())
        main.__dict__.clear()
        if sys.stdout is not None and not sys.stdout.closed:
            try:
                sys.stdout.flush()
            except BaseException:
                exit_code = exit_code or 120
        if sys.stderr is not None and not sys.stderr.closed:
            sys.stderr.flush()
    except BaseException:
        os._exit(1)
    os._exit(exit_code & 0xFF)


def describe(error):
    import traceback

    return "".join(traceback.format_exception_only(type(error), error)).strip()


def exit_code_of(leaving):
    code = leaving.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1


def report(information):
    """Prints a traceback without the frames of this file; the exit code that goes with it."""
    kind, value, trace = information
    try:
        if issubclass(kind, SystemExit):
            return exit_code_of(value)
        ours_skipped = trace.tb_next if trace else None
        sys.excepthook(kind, value.with_traceback(ours_skipped), ours_skipped)
        sys.stderr.flush()
    except BaseException:
        pass
    return 130 if issubclass(kind, KeyboardInterrupt) else 1
