import ctypes
libc = ctypes.CDLL(None)
b = ctypes.create_string_buffer(64 << 20)
print("ok" if libc.mlock(b, 64 << 20) != 0 else "locked")
