"""What the harness and the box say to each other: frames over the box's standard input and output.

A frame is one byte of kind, four of length (big-endian) and the content. To the box: R a run, I
standard input, E its end, M a message, N their end, K kill. From the box: O standard output, Q
standard error, M a message, F a file, X how the run ended, Z that the box
is clean and ready for the next.
"""

import os
import struct

HEADER = struct.Struct(">cI")


def read_exactly(fd, size):
    """The next bytes of a descriptor, or None where it ends before them."""
    data = bytearray(size)
    view = memoryview(data)
    at = 0
    while at < size:
        got = os.readv(fd, [view[at:at + (1 << 20)]])
        if got == 0:
            return None
        at += got
    return data


def read_header(fd):
    header = read_exactly(fd, HEADER.size)
    return HEADER.unpack(header) if header is not None else (None, 0)


def write(fd, kind, content=b""):
    data = memoryview(HEADER.pack(kind, len(content)) + content)
    while data:
        data = data[os.write(fd, data):]


def fields(data):
    """Keys and values, each with its length before it."""
    at = 0
    found = {}
    while at < len(data):
        size, = struct.unpack_from(">I", data, at)
        key = bytes(data[at + 4:at + 4 + size]).decode()
        at += 4 + size
        size, = struct.unpack_from(">I", data, at)
        found[key] = bytes(data[at + 4:at + 4 + size])
        at += 4 + size
    return found


def packed(values):
    """The form that `fields` reads."""
    parts = []
    for key, value in values.items():
        for part in (key.encode(), value):
            parts += [struct.pack(">I", len(part)), part]
    return b"".join(parts)


def text(values):
    """The form of X and Z: one key=value a line."""
    lines = (f"{key}={str(value)}".replace("\n", " ") for key, value in values.items())
    return "\n".join(lines).encode("utf-8", "replace")
