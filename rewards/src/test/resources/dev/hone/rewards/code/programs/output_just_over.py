print("x" * (8 << 20))
