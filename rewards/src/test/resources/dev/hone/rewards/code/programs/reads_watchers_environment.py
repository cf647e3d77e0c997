try:
    print(len(open("/proc/1/environ").read()))
except OSError:
    print("ok")
