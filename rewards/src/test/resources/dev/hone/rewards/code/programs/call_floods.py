def solve(xs):
    while True:
        print("x" * 10000)
