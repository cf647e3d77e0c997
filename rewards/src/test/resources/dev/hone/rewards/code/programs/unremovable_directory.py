import os
os.mkdir("d")
open("d/f", "w").close()
os.chmod("d/f", 0)
os.chmod("d", 0)
os.chmod(".", 0)
print("ok")
