try:
    open("/proc/self/oom_score_adj", "w").write("-1000")
    print("escaped")
except OSError:
    print("ok")
