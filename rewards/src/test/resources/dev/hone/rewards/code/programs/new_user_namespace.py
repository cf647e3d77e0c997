import ctypes
libc = ctypes.CDLL(None)
print("ok" if libc.unshare(0x10000000) != 0 else "escaped")
