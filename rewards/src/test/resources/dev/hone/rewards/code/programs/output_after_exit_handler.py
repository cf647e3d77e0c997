import atexit, os
atexit.register(os._exit, 3)
print("ok", flush=True)
