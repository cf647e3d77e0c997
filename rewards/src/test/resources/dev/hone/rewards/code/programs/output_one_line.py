import os
b = b"x" * (1 << 20)
while True:
    os.write(1, b)
