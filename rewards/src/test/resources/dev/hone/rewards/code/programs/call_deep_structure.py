def solve(xs):
    a = []
    for _ in range(900):
        a = [a]
    return a
