import os
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    print("escaped")
except OSError:
    print("ok")
