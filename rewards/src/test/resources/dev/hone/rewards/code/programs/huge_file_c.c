#include <stdio.h>
int main(void) { static char b[1 << 20]; FILE *f = fopen("f", "w"); for (int i = 0; i < 10000; i++) if (!fwrite(b, sizeof b, 1, f)) return 3; puts("ok"); }
