import sys
bad = [m for m in ("supervisor", "server", "frames", "kernel", "program") if m in sys.modules]
print(bad or "ok")
