#include <stdio.h>
static long f(long n) { return n == 0 ? 0 : 1 + f(n - 1); }
int main(void) { volatile long n = 1000000; printf("%ld\n", f(n)); }
