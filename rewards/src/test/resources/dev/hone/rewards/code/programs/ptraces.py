import ctypes, os
libc = ctypes.CDLL(None)
print("ok" if libc.ptrace(16, os.getppid(), 0, 0) == -1 and libc.ptrace(0, 0, 0, 0) == -1 else "escaped")
