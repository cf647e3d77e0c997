import ctypes
libc = ctypes.CDLL(None, use_errno=True)
b = ctypes.create_string_buffer(1000)
try:
    open("/dev/kmsg").read(1)
    print("escaped")
except OSError:
    print("ok" if libc.klogctl(3, b, 1000) < 0 else "escaped")
