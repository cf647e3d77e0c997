import os
fds = []
try:
    while True:
        fd = os.memfd_create("x")
        fds.append(fd)
        os.write(fd, b"x" * (1 << 20))
except OSError:
    print("ok")
