import os
found = [p for p in ("/root", "/home", "/srv", "/work", "/opt", "/mnt", "/boot", "/sys", "/run", "/var/log", "/etc/hostname", "/.dockerenv") if os.path.exists(p)]
print(found or "ok")
