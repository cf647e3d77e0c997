import os
n = 0
while True:
    os.mkdir(f"d{n}")
    n += 1
