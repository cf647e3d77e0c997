#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) { int f = open("f", O_CREAT | O_RDWR, 0600); puts(ftruncate(f, 1L << 40) ? "ok" : "escaped"); }
