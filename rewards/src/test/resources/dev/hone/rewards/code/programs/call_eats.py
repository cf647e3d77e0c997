def solve(xs):
    return list(range(10 ** 9))
