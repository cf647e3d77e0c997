import os
open("s", "w").write("#!/bin/sh\nid\n")
os.chmod("s", 0o6755)
print("ok" if os.getuid() == os.geteuid() != 0 else "root")
