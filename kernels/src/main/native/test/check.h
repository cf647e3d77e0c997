// What the tests of all operations share: random numbers, the comparison with the oracle and with differences,
// and the checksum.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "hone_kernels.h"
#include "oracle.h"

namespace test {

using oracle::Array;
using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;

inline std::mt19937_64 generator(17);
inline uint64_t checksum = 1469598103934665603ull;
inline int cases = 0;

inline int64_t pick(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(generator);
}

inline Floats normal(int64_t size) {
  std::normal_distribution<float> distribution;
  Floats x(size);
  for (float& value : x) value = distribution(generator);
  return x;
}

inline Array doubles(const Floats& x) { return Array(x.begin(), x.end()); }

[[noreturn]] inline void die(const std::string& what) {
  std::fprintf(stderr, "FAILED: %s\n", what.c_str());
  std::exit(1);
}

inline void ok(int code) {
  if (code != HONE_OK) die(hone_error());
}

inline void hash(const Floats& x) {
  for (float value : x) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    checksum = (checksum ^ bits) * 1099511628211ull;
  }
}

inline void close_to(const std::string& what, const Floats& found, const Array& expected, double tolerance) {
  if (found.size() != expected.size()) die(what + ": sizes differ");
  double size = 1;
  for (double value : expected) size = std::max(size, std::abs(value));
  for (size_t i = 0; i < found.size(); i++) {
    if (!(std::abs(found[i] - expected[i]) <= tolerance * size)) {
      die(what + ", element " + std::to_string(i) + ": expected " + std::to_string(expected[i]) +
          ", found " + std::to_string(found[i]));
    }
  }
}

using Oracle = std::function<Array(const std::vector<Array>&)>;
using Forward = std::function<Floats(hone_context*, const std::vector<Floats>&)>;
// Adds to `gradients` (which hold something if `accumulate`) those of each input.
using Backward = std::function<void(hone_context*, const std::vector<Floats>& inputs, const Floats& dy,
                                    std::vector<Floats>& gradients, bool accumulate)>;

// Teams of one and of three threads.
inline hone_context* one;
inline hone_context* three;

inline void check(const std::string& name, const std::vector<Floats>& inputs, const Oracle& expected,
           const Forward& forward, const Backward& backward, bool accumulates = true) {
  cases++;
  std::vector<Array> exact;
  for (const Floats& input : inputs) exact.push_back(doubles(input));
  const Floats y = forward(one, inputs);
  close_to(name, y, expected(exact), 3e-5);
  const Floats again = forward(three, inputs);
  if (std::memcmp(y.data(), again.data(), y.size() * 4) != 0) die(name + ": three threads, other bits");
  hash(y);
  if (!backward) return;
  const Floats dy = normal(static_cast<int64_t>(y.size()));
  auto run = [&](hone_context* context, bool accumulate) {
    std::vector<Floats> gradients;
    for (const Floats& input : inputs) gradients.emplace_back(input.size(), accumulate ? 0.5f : NAN);
    backward(context, inputs, dy, gradients, accumulate);
    return gradients;
  };
  const std::vector<Floats> gradients = run(one, false), others = run(three, false);
  const std::vector<Floats> added = accumulates ? run(three, true) : gradients;
  for (size_t which = 0; which < inputs.size(); which++) {
    const std::string label = name + ", gradient " + std::to_string(which);
    if (std::memcmp(gradients[which].data(), others[which].data(), gradients[which].size() * 4) != 0) {
      die(label + ": three threads, other bits");
    }
    hash(gradients[which]);
    Array slope(inputs[which].size()), shifted(inputs[which].size());
    for (size_t i = 0; i < slope.size(); i++) {
      constexpr double step = 1e-5;
      double difference = 0;
      for (int sign : {1, -1}) {
        std::vector<Array> moved = exact;
        moved[which][i] += sign * step;
        const Array value = expected(moved);
        for (size_t j = 0; j < value.size(); j++) difference += sign * value[j] * static_cast<double>(dy[j]);
      }
      slope[i] = difference / (2 * step);
      shifted[i] = slope[i] + (accumulates ? 0.5 : 0);
    }
    close_to(label, gradients[which], slope, 1e-4);
    close_to(label + " on top", added[which], shifted, 1e-4);
  }
}

inline Floats packed(hone_context* c, const Floats& w, int64_t matrices, int64_t offset, int64_t stride, int64_t out, int64_t in, int32_t dtype = HONE_FP32) {
  Floats p(hone_packed_bytes(matrices, out, in, dtype) / 4);
  ok(hone_pack(c, p.data(), w.data() + offset, matrices, stride, out, in, dtype));
  return p;
}

// Numbers as bf16 holds them, which keeps eight bits of the mantissa, ties to even.
inline Floats rounded(const Floats& w) {
  Floats r = w;
  for (float& x : r) {
    if (x == 0) continue;
    int exponent;
    const double mantissa = std::frexp(static_cast<double>(x), &exponent);
    x = static_cast<float>(std::ldexp(std::nearbyint(mantissa * 256), exponent - 8));
  }
  return r;
}

// The families of operations, one a file.
void linears();
void linears_at_once();
void bf16_products();
void amx_products();
void rows_alone_and_together();
void large_products();
void idle_experts();
void experts();
void routers();
void layers();
void attentions();
void long_sequences();
void pages();
void heads();
void sampling();
void optimizer();

}  // namespace test
