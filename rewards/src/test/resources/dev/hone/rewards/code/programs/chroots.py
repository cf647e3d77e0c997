import os
os.mkdir("r")
try:
    os.chroot("r")
    print("escaped")
except OSError:
    print("ok")
