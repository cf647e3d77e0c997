import os
pids = [p for p in os.listdir("/proc") if p.isdigit()]
print("ok" if len(pids) <= 2 else "escaped")
