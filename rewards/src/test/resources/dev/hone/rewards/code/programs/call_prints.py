def solve(xs):
    print("noise", xs)
    return sorted(xs)
