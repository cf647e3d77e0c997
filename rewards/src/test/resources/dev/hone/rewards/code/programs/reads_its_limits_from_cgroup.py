import os
try:
    print(os.listdir("/sys/fs/cgroup"))
except OSError:
    print("ok")
