import time
import sys
while True:
    sys.stdin.read(1)
    time.sleep(0.5)
