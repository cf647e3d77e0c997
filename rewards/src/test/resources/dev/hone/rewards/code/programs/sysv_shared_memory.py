import ctypes
libc = ctypes.CDLL(None)
print("ok" if libc.shmget(0, 1 << 20, 0o1600) == -1 else "made")
