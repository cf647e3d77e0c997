import os
bad = []
for p in ("/", "/box", "/usr", "/usr/lib", "/etc", "/dev", "/var", "/var/lib", "/run", "/home", "/root", "/opt", "/sys", "/proc"):
    try:
        open(p + "/left", "w").write("x")
        bad.append(p)
    except OSError:
        pass
print("escaped" if [b for b in bad if b != "/box"] else "ok")
