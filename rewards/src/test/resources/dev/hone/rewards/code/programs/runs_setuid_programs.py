import os, subprocess
for p in ("/usr/bin/su", "/bin/su", "/usr/bin/sudo", "/usr/bin/mount", "/usr/bin/passwd"):
    if os.path.exists(p):
        subprocess.run([p, "-c", "id -u"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
print("ok" if os.getuid() else "root")
