#include <stdio.h>
#include <unistd.h>
#include <sys/syscall.h>
int main(void) { puts(syscall(0x40000000 + 272, 0x10000000) < 0 ? "ok" : "escaped"); }
