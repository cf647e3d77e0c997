import ctypes
libc = ctypes.CDLL(None)
libc.prctl(22, 0, 0, 0, 0)
print("ok" if [l for l in open("/proc/self/status") if l.startswith("Seccomp:")][0].split()[1] == "2" else "off")
