#include <stdio.h>
#include <unistd.h>
#include <sys/syscall.h>
int main(void) { char b[256] = {0}; int bad = 0; int calls[] = {321, 298, 323, 425, 246, 175, 169, 304, 272, 308}; for (int i = 0; i < 10; i++) if (syscall(calls[i], 0, b, 0, 0, 0) >= 0) bad++; puts(bad ? "escaped" : "ok"); }
