// Attention of a few queries, as in decoding, where most of a tile's 32 lanes of queries (attention_tile.h) would be
// empty: here the lanes are keys. Every number is the same chain as there, so it has the same bits.
#pragma once

#include <algorithm>
#include <type_traits>

#include "simd.h"

namespace hone {

constexpr int FEW_QUERIES = 8;  // beyond, by a count of instructions, transposing keys saves little over empty lanes

// scores [heads, COUNT, .] = queries [heads, COUNT, width] times the keys [count, width] of each head, transposed; rows
// of scores, and keys of a token and of a head, have strides of their own. fetch(token, head, column) asks memory for
// LANES tokens' lines that come next: a core that computes on its way has too few loads in flight by itself.
template <int COUNT, class Fetch>
void score_few(float* scores, int64_t stride, const float* queries, int64_t heads, int64_t width, const float* keys, int64_t token,
               int64_t head, int64_t count, const Fetch& fetch) {
  by_lanes(0, count, [&](int64_t first, int n) {
    for (int64_t h = 0; h < heads; h++) {
      Lanes acc[COUNT];
      for (int i = 0; i < COUNT; i++) acc[i] = zeros();
      by_lanes(0, width, [&](int64_t k, int m) {
        fetch(first + n, h, k);
        const float* from = keys + first * token + h * head + k;
        Lanes block[LANES];
        for (int j = 0; j < LANES; j++) block[j] = j < n ? load(from + j * token, m) : zeros();
        transpose(block);
        for (int x = 0; x < m; x++) {
#pragma GCC unroll 8
          for (int i = 0; i < COUNT; i++) acc[i] = fma(broadcast(queries[(h * COUNT + i) * width + k + x]), block[x], acc[i]);
        }
      });
      for (int i = 0; i < COUNT; i++) store(scores + (h * COUNT + i) * stride + first, acc[i], n);
    }
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

// Columns [column, column + width) of mixed [COUNT, .] go on from what they hold, or from zero, with weights [COUNT, count]
// times values [count, .]; `width` fills all VECTORS but the last.
template <int COUNT, int VECTORS>
void mix_columns(float* mixed, int64_t mixed_stride, const float* weights, int64_t stride, const float* values, int64_t token,
                 int64_t count, bool go_on, int64_t column, int64_t width) {
  const int last = static_cast<int>(width - (VECTORS - 1) * LANES);
  auto lanes = [&](int v) { return v < VECTORS - 1 ? LANES : last; };
  Lanes acc[COUNT][VECTORS];
  float* to = mixed + column;
#pragma GCC unroll 8
  for (int i = 0; i < COUNT; i++) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) acc[i][v] = go_on ? load(to + i * mixed_stride + v * LANES, lanes(v)) : zeros();
  }
  for (int64_t j = 0; j < count; j++) {
    Lanes row[VECTORS];
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) row[v] = load(values + j * token + column + v * LANES, lanes(v));
#pragma GCC unroll 8
    for (int i = 0; i < COUNT; i++) {
      const Lanes weight = broadcast(weights[i * stride + j]);
#pragma GCC unroll 4
      for (int v = 0; v < VECTORS; v++) acc[i][v] = fma(weight, row[v], acc[i][v]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < COUNT; i++) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) store(to + i * mixed_stride + v * LANES, acc[i][v], lanes(v));
  }
}

// mixed [COUNT, width] = weights [COUNT, count] times values [count, width], or goes on with them.
template <int COUNT>
void mix_few(float* mixed, int64_t width, const float* weights, int64_t stride, const float* values, int64_t token, int64_t count,
             bool go_on) {
  constexpr int VECTORS = COUNT <= 4 ? 4 : 2;
  int64_t column = 0;
  for (; column + VECTORS * LANES <= width; column += VECTORS * LANES) {
    mix_columns<COUNT, VECTORS>(mixed, width, weights, stride, values, token, count, go_on, column, VECTORS * LANES);
  }
  by_lanes(column, width, [&](int64_t i, int n) {
    mix_columns<COUNT, 1>(mixed, width, weights, stride, values, token, count, go_on, i, n);
  });
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
