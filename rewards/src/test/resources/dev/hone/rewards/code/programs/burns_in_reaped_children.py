import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(100):
    if os.fork() == 0:
        t = time.process_time()
        while time.process_time() - t < 0.2:
            pass
        os._exit(0)
    time.sleep(0.1)
print("ok")
