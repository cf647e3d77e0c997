import os
try:
    os.nice(-20)
    print("escaped")
except OSError:
    print("ok")
