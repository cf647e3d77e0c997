import os
bad = [d for d in ("/dev/sda", "/dev/vda", "/dev/mem", "/dev/kmem", "/dev/port", "/dev/fuse", "/dev/net/tun", "/dev/kvm", "/dev/loop0", "/dev/ptmx") if os.path.exists(d)]
print(bad or "ok")
