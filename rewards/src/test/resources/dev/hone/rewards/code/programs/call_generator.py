def solve(xs):
    yield from sorted(xs)
