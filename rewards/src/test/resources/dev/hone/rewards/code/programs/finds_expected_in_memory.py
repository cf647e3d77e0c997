import re
hits = 0
needle = bytes([0x37, 0x31]) + b"42-answer-of-this-test"
with open("/proc/self/maps") as maps:
    lines = maps.readlines()
mem = open("/proc/self/mem", "rb", 0)
for line in lines:
    a, b = (int(x, 16) for x in line.split()[0].split("-"))
    if "rw" not in line or b - a > 64 << 20:
        continue
    try:
        mem.seek(a)
        text = mem.read(b - a)
    except (OSError, OverflowError):
        continue
    if re.search(rb"7142-answer[-]of", text):
        hits += 1
print("none")
