import os
os.mkfifo("f")
os.mkfifo("/tmp/f")
print("ok")
