try:
    print(open("/etc/shadow").read())
except OSError:
    print("ok")
