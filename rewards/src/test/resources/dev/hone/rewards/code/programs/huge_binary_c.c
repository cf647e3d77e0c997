char x[3000000000L] = {1};
int main(void) { return 0; }
