import resource
try:
    resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))
    print("did")
except OSError:
    print("ok")
