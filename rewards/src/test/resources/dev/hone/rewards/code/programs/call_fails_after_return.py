import atexit, os
atexit.register(lambda: os._exit(1))
def solve(xs):
    return sorted(xs)
