import ctypes
libc = ctypes.CDLL(None)
r = [libc.mount(b"tmpfs", b"/box", b"tmpfs", 0, None), libc.umount2(b"/box", 2), libc.umount2(b"/proc", 2), libc.mount(b"/usr", b"/usr", None, 0x1020, None)]
print("ok" if r == [-1] * 4 else r)
