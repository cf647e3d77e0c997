# Leaves sockets that only each other's queues hold, one with a name that says what this run was asked,
# and a file of this run's disk with them.
import array, socket, sys

def send(through, fd):
    through.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])

for number in range(20):
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    named = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    named.bind('\0the-question-was-%d' % number)
    kept = open('kept-%d' % number, 'wb')
    kept.write(bytes(100_000))
    for fd in (named.fileno(), kept.fileno(), b.fileno()):
        send(a, fd)
    send(b, a.fileno())
print('left')
