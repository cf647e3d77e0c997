def solve(kind):
    return {"inf": float("inf"), "big": 10 ** 40, "none": None, "text": "\u00fc\U0001f642", "float": 0.1}[kind]
