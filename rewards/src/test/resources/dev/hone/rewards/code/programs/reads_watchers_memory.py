try:
    open("/proc/1/mem", "rb").read(1)
    print("escaped")
except OSError:
    print("ok")
