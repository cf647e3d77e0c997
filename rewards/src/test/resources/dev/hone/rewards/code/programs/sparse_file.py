import os
try:
    os.truncate(os.open("f", os.O_CREAT | os.O_RDWR), 1 << 40)
    print("escaped")
except OSError:
    print("ok")
