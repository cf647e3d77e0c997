import signal
for n in (1, 2, 15, 24):
    signal.signal(n, signal.SIG_IGN)
while True:
    pass
