import fcntl, termios
try:
    fcntl.ioctl(0, termios.TIOCSTI, b"x")
    print("escaped")
except OSError:
    print("ok")
