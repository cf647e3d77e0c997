import os, tempfile
with open("data.txt", "w") as f:
    f.write("ok\n" * 1000)
with tempfile.NamedTemporaryFile("w+") as t:
    t.write("x")
    t.flush()
    print(open("data.txt").readline().strip() if os.path.getsize(t.name) == 1 else "no")
