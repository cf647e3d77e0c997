import threading
total = [0]
lock = threading.Lock()
def work():
    for _ in range(1000):
        with lock:
            total[0] += 1
ts = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in ts]
[t.join() for t in ts]
print(total[0])
