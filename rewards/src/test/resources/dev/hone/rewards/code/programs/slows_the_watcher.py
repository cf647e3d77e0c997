import os
bad = []
for what in (lambda: os.setpriority(os.PRIO_PROCESS, 1, 19), lambda: os.sched_setaffinity(1, {0}), lambda: os.setpriority(os.PRIO_USER, 0, 19)):
    try:
        what()
        bad.append("did")
    except OSError:
        pass
print(*bad or ["ok"])
