import os
try:
    os.link("/usr/bin/python3", "p")
    print("escaped")
except OSError:
    print("ok")
