import sys
sys.setrecursionlimit(1 << 30)
def f():
    f()
f()
