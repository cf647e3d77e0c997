#include <iostream>
#include <thread>
#include <vector>
#include <atomic>
int main() { std::atomic<int> n{0}; std::vector<std::thread> t; for (int i = 0; i < 16; i++) t.emplace_back([&] { for (int k = 0; k < 1000; k++) n++; }); for (auto &x : t) x.join(); std::cout << n << "\n"; }
