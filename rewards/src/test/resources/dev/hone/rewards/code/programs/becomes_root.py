import os
bad = []
for f in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
    try:
        f()
        bad.append("did")
    except OSError:
        pass
print(bad or "ok")
