import sys
sys.stdout.buffer.write(b"O\0\0\0\3ok\nX\0\0\0\6exit=0")
