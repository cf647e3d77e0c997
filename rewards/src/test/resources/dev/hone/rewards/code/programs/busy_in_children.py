import os
for _ in range(20):
    if os.fork() == 0:
        while True:
            pass
print("ok", flush=True)
os.wait()
