#include <pthread.h>
#include <unistd.h>
static void *f(void *p) { sleep(60); return p; }
int main(void) { pthread_t t; for (;;) pthread_create(&t, 0, f, 0); }
