import os, signal
for n in range(1, 32):
    try:
        os.kill(1, n)
    except OSError:
        pass
print("ok")
