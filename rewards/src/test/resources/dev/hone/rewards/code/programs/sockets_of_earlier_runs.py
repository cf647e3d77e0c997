# Looks for sockets that an earlier run may have left, by their names.
import socket

lines = open('/proc/net/unix').read().splitlines()[1:]
for line in lines:
    print('found', line)
for number in range(20):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        try:
            socket.socket(socket.AF_UNIX, kind).connect('\0the-question-was-%d' % number)
            print('met', number)
        except OSError:
            pass
print('alone')
