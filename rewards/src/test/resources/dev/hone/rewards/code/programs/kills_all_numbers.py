import os, signal
for p in range(3, 40000):
    try:
        os.kill(p, signal.SIGKILL)
    except OSError:
        pass
print("ok")
