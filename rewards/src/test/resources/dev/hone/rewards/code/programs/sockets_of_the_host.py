import socket
s = socket.socket(socket.AF_UNIX)
bad = []
for p in ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "\0/tmp/.X11-unix/X0"):
    try:
        s.connect(p)
        bad.append(p)
    except OSError:
        pass
print(bad or "ok")
