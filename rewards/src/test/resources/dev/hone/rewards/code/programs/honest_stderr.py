import sys
print("noise" * 1000, file=sys.stderr)
print("ok")
