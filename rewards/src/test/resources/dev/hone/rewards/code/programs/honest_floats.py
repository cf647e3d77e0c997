print(0.1 + 0.2, 1e300 * 10, float("nan"), 1 / 3)
