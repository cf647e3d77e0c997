import os, signal, time
if os.fork() == 0:
    for n in range(1, 32):
        try:
            signal.signal(n, signal.SIG_IGN)
        except OSError:
            pass
    os.setsid()
    while True:
        time.sleep(1)
print("ok")
