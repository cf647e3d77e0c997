import socket
try:
    socket.getaddrinfo("localhost.invalid", 80)
    print("escaped")
except OSError:
    print("ok")
