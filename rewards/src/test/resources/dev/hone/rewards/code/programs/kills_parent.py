import os, signal
os.kill(os.getppid(), signal.SIGKILL)
print("escaped" if os.getppid() == 0 else "ok")
