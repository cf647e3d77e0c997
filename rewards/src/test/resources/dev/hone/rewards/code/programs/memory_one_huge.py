x = bytearray(1 << 50)
print("ok")
