// What every benchmark here shares: numbers to compute with, and how a time is taken.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <new>
#include <vector>

namespace bench {

// Memory that begins with a cache line, as that of hone_allocate: loads that straddle two read by a third slower.
template <class T>
struct Aligned {
  using value_type = T;
  Aligned() = default;
  template <class Other>
  Aligned(const Aligned<Other>&) {}
  T* allocate(size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(64))); }
  void deallocate(T* memory, size_t) { ::operator delete(memory, std::align_val_t(64)); }
  bool operator==(const Aligned&) const { return true; }
  bool operator!=(const Aligned&) const { return false; }
};

using Floats = std::vector<float, Aligned<float>>;

inline Floats numbers(int64_t size) {
  Floats x(size);
  uint32_t state = 7;
  for (float& value : x) value = static_cast<float>(static_cast<int32_t>(state = state * 1664525u + 1013904223u)) * 0x1p-32f;
  return x;
}

// Seconds that one call of body takes, called so often that a time means something.
template <class Body>
double time(int times, const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; i++) body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
}

// How often to call body for about so many seconds; warms it up.
template <class Body>
int times_within(double seconds, const Body& body) {
  time(1, body);
  return std::max(1, static_cast<int>(seconds / time(1, body)));
}

inline double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// Seconds that one call of body takes: the median of some repetitions, or the best.
template <class Body>
double seconds(const Body& body, bool best = false) {
  const int times = times_within(0.05, body);
  std::vector<double> all;
  for (int i = 0; i < 9; i++) all.push_back(time(times, body));
  return best ? *std::min_element(all.begin(), all.end()) : median(all);
}

struct Pair {
  double first, second;
};

// Seconds that a call of either takes, in turn: what disturbs one disturbs the other.
template <class First, class Second>
Pair in_turn(const First& first, const Second& second) {
  const int a = times_within(0.04, first), b = times_within(0.04, second);
  std::vector<double> firsts, seconds;
  for (int i = 0; i < 11; i++) {
    firsts.push_back(time(a, first));
    seconds.push_back(time(b, second));
  }
  return {median(firsts), median(seconds)};
}

}  // namespace bench
