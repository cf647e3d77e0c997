// Attention of a few queries, as in decoding, where most of a tile's 32 lanes of queries (attention_tile.h) would be
// empty: here the lanes are keys. Every number is the same chain as there, so it has the same bits.
#pragma once

#include <algorithm>
#include <type_traits>

#include "simd.h"

namespace hone {

constexpr int FEW_QUERIES = 8;  // beyond, by a count of instructions, transposing keys saves little over empty lanes

// scores [COUNT, count] = queries [COUNT, width] times keys [count, width] transposed; rows of scores and of keys have
// strides of their own.
template <int COUNT>
void score_few(float* scores, int64_t stride, const float* queries, const float* keys, int64_t key_stride, int64_t count, int64_t width) {
  by_lanes(0, count, [&](int64_t first, int n) {
    Lanes acc[COUNT];
    for (int i = 0; i < COUNT; i++) acc[i] = zeros();
    by_lanes(0, width, [&](int64_t k, int m) {
      Lanes block[LANES];
      for (int j = 0; j < LANES; j++) block[j] = j < n ? load(keys + (first + j) * key_stride + k, m) : zeros();
      transpose(block);
      for (int x = 0; x < m; x++) {
#pragma GCC unroll 8
        for (int i = 0; i < COUNT; i++) acc[i] = fma(broadcast(queries[i * width + k + x]), block[x], acc[i]);
      }
    });
    for (int i = 0; i < COUNT; i++) store(scores + i * stride + first, acc[i], n);
  });
}

// Scores [COUNT, count] become unnormalised probabilities, zeros from key seen[i] on; maxima and sums [COUNT].
template <int COUNT>
void softmax_few(float* scores, int64_t stride, int64_t count, const float* seen, float* maxima, float* sums) {
  for (int i = 0; i < COUNT; i++) {
    float* row = scores + i * stride;
    const int64_t visible = static_cast<int64_t>(seen[i]);
    Lanes most = broadcast(-__builtin_inff());
    by_lanes(0, visible, [&](int64_t j, int n) { most = max(most, load(row + j, n, -__builtin_inff())); });
    maxima[i] = max(most);
    by_lanes(0, visible, [&](int64_t j, int n) { store(row + j, exp(load(row + j, n) - broadcast(maxima[i])), n); });
    std::fill(row + visible, row + count, 0.0f);
  }
  float totals[COUNT] = {};
  for (int64_t j = 0; j < count; j++) {
#pragma GCC unroll 8
    for (int i = 0; i < COUNT; i++) totals[i] += scores[i * stride + j];
  }
  std::copy(totals, totals + COUNT, sums);
}

// Calls body with std::integral_constant<int, count>, for 1 <= count <= FEW_QUERIES.
template <class Body, int COUNT = FEW_QUERIES>
void with_count(int count, const Body& body) {
  if constexpr (COUNT > 0) {
    if (count == COUNT) return body(std::integral_constant<int, COUNT>());
    with_count<Body, COUNT - 1>(count, body);
  }
}

}  // namespace hone
