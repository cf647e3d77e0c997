#include <functional>
#include <iostream>
int main() { std::function<long(long)> f = [&](long n) -> long { return n == 0 ? 0 : 1 + f(n - 1); }; std::cout << f(200000) << "\n"; }
