try:
    open("/proc/sys/kernel/core_pattern", "w").write("|/tmp/x")
    print("escaped")
except OSError:
    print("ok")
