import mmap
x = []
while True:
    m = mmap.mmap(-1, 10 << 20)
    m.write(b"x" * (10 << 20))
    x.append(m)
