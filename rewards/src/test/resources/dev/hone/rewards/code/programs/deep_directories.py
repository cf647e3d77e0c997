import os
for n in range(20000):
    os.mkdir("d")
    os.chdir("d")
print("ok")
