import socket
try:
    socket.sethostname("owned")
    print("escaped")
except OSError:
    print("ok")
