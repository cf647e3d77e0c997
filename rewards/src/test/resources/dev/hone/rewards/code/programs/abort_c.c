#include <stdlib.h>
#include <stdio.h>
int main(void) { puts("ok"); fflush(stdout); abort(); }
