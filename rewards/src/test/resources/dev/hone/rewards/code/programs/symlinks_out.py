import os
for target in ("/", "/root", "/etc/shadow", "/proc/1/root", "/box/../.."):
    os.symlink(target, "l" + str(hash(target)))
try:
    open("/proc/1/root/etc/hostname").read()
    print("escaped")
except OSError:
    print("ok")
