def solve(xs):
    return "x" * (20 << 20)
