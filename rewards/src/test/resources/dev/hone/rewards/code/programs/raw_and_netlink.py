import socket
bad = []
for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW), (socket.AF_NETLINK, socket.SOCK_RAW), (40, socket.SOCK_STREAM), (socket.AF_ALG, socket.SOCK_SEQPACKET)):
    try:
        socket.socket(family, kind)
        bad.append(family)
    except OSError:
        pass
print(bad or "ok")
