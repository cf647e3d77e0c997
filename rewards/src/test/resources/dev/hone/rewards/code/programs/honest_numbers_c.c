#include <stdio.h>
#include <math.h>
int main(void) { double s = 0; int n; while (scanf("%d", &n) == 1) s += sqrt(n); printf("%.6f\n", s); }
