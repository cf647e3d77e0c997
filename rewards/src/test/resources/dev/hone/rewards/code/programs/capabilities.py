for line in open("/proc/self/status"):
    if line.startswith(("CapPrm", "CapEff", "CapBnd")) and int(line.split()[1], 16):
        print("escaped")
print("ok")
