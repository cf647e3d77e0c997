// Tiles of 32 queries, which forward and backward of attention work by: their scores, and nothing more,
// are held at a time.
//
// A tile's scores lie as [keys, 32], one query a lane, so that maximum and sum of the softmax run
// down the lanes: every query adds up its keys in ascending order, whatever tile it is in. Keys
// beyond a query's own position add exact zeros.
#pragma once

#include <algorithm>

#include "attention.h"
#include "product.h"
#include "simd.h"

namespace hone {

constexpr int QUERIES = PANEL;

// Queries [first, first + count) of one sequence and one group of heads, counted token by token.
struct Tile {
  int64_t sequence, kv_head, first;
  int count;
};

// Rows of keys or of values that lie together, `count` of them from key `first` on.
struct Stretch {
  const float* rows;
  int64_t stride, first, count;
};

class TileWork {
 public:
  TileWork(const Attention& attention, const Tile& tile)
      : a_(attention), p_(*attention.packing), tile_(tile), group_(a_.heads / a_.kv_heads) {
    const int64_t past = p_.pages ? p_.past[tile.sequence] : 0;
    for (int i = 0; i < QUERIES; i++) {
      const int64_t query = tile.first + std::min(i, tile.count - 1);
      seen_[i] = static_cast<float>(past + query / group_ + 1);
    }
    keys_ = past + (tile.first + tile.count - 1) / group_ + 1;
    first_limit_ = past + tile.first / group_ + 1;
    vectors_ = tile.count > LANES ? 2 : 1;
  }

  int64_t keys() const { return keys_; }

  // Row of [tokens, heads, .] that query i of the tile is.
  int64_t row(int i) const {
    const int64_t query = tile_.first + i;
    return (p_.starts[tile_.sequence] + query / group_) * a_.heads + tile_.kv_head * group_ + query % group_;
  }

  // The stretch that begins with key `first`, which is 0 or where another one ended.
  Stretch keys_from(int64_t first) const { return stretch(a_.k, a_.k_token, a_.k_head, 0, first); }
  Stretch values_from(int64_t first) const { return stretch(a_.v, a_.v_token, a_.v_head, a_.page_v, first); }

  // Calls body(stretch) for all of them.
  template <class Body>
  void key_stretches(const Body& body) const {
    stretches([&](int64_t first) { return keys_from(first); }, a_.d, body);
  }

  template <class Body>
  void value_stretches(const Body& body) const {
    stretches([&](int64_t first) { return values_from(first); }, a_.e, body);
  }

  // Asks memory for the first page of keys, and of values.
  void fetch() const {
    if (!p_.pages) return;
    fetch(keys_from(0), a_.d);
    fetch(values_from(0), a_.e);
  }

  // columns [width, 32] = factor * the tile's rows of x [tokens, heads, width], zeros beyond
  void transpose(float* columns, const float* x, int64_t width, float factor) const {
    for (int first = 0; first < QUERIES; first += LANES) {
      const float* from[LANES];
      for (int i = 0; i < LANES; i++) from[i] = first + i < tile_.count ? x + row(first + i) * width : nullptr;
      by_lanes(0, width, [&](int64_t j, int n) {
        Lanes rows[LANES];
        for (int i = 0; i < LANES; i++) rows[i] = from[i] ? load(from[i] + j, n) * broadcast(factor) : zeros();
        hone::transpose(rows);
        for (int i = 0; i < n; i++) store(columns + (j + i) * QUERIES + first, rows[i]);
      });
    }
  }

  // rows [count, width] = factor * the tile's rows of x [tokens, heads, width]
  void gather(float* rows, const float* x, int64_t width, float factor) const {
    for (int i = 0; i < tile_.count; i++) {
      const float* from = x + row(i) * width;
      by_lanes(0, width, [&](int64_t j, int n) { store(rows + i * width + j, load(from + j, n) * broadcast(factor), n); });
    }
  }

  // scores [keys, 32] = keys (or values) times columns [inner, 32]
  template <class Stretches>
  void against(float* scores, const float* columns, int64_t inner, const Stretches& each) const {
    each([&](const Stretch& s) {
      Product p;
      p.c = scores + s.first * QUERIES, p.ldc = QUERIES;
      p.a = s.rows, p.lda = s.stride, p.panels = columns;
      p.rows = s.count, p.columns = vectors_ * LANES, p.inner = inner;
      multiply(p);
    });
  }

  // result [count, width] = weights [keys, 32] transposed times keys (or values)
  template <class Stretches>
  void gathered(float* result, const float* weights, int64_t width, const Stretches& each) const {
    each([&](const Stretch& s) {
      Product p;
      p.c = result, p.ldc = width;
      p.a = weights + s.first * QUERIES, p.lda = QUERIES, p.transposed = true;
      p.b = s.rows, p.ldb = s.stride;
      p.rows = tile_.count, p.columns = width, p.inner = s.count, p.accumulate = s.first > 0;
      multiply(p);
    });
  }

  // Scores become unnormalised probabilities; maxima and sums [32].
  void softmax(float* scores, float* maxima, float* sums) const {
    for (int v = 0; v < vectors_; v++) {
      float* column = scores + v * LANES;
      const Lanes seen = load(seen_ + v * LANES);
      Lanes most = broadcast(-__builtin_inff());
      for (int64_t j = 0; j < keys_; j++) {
        Lanes s = load(column + j * QUERIES);
        if (j >= first_limit_) {
          s = where_less(broadcast(static_cast<float>(j)), seen, s, broadcast(-__builtin_inff()));
          store(column + j * QUERIES, s);
        }
        most = max(most, s);
      }
      Lanes total = zeros();
      for (int64_t j = 0; j < keys_; j++) {
        Lanes weight = exp(load(column + j * QUERIES) - most);
        store(column + j * QUERIES, weight);
        total = total + weight;
      }
      store(maxima + v * LANES, most);
      store(sums + v * LANES, total);
    }
  }

  // Scores become probabilities, from the logarithms of their sums.
  void probabilities(float* scores, const float* log_sums) const {
    for (int v = 0; v < vectors_; v++) {
      float* column = scores + v * LANES;
      const Lanes seen = load(seen_ + v * LANES), log_sum = load(log_sums + v * LANES);
      for (int64_t j = 0; j < keys_; j++) {
        Lanes weight = exp(load(column + j * QUERIES) - log_sum);
        if (j >= first_limit_) {
          weight = where_less(broadcast(static_cast<float>(j)), seen, weight, zeros());
        }
        store(column + j * QUERIES, weight);
      }
    }
  }

  int vectors() const { return vectors_; }

  // Keys that each query sees.
  const float* seen() const { return seen_; }

 private:
  Stretch stretch(const float* fresh, int64_t token, int64_t head, int64_t page_at, int64_t first) const {
    if (!p_.pages) return {fresh + (p_.starts[tile_.sequence] + first) * token + tile_.kv_head * head, token, first, keys_ - first};
    const float* page = p_.pages[p_.first_page[tile_.sequence] + first / p_.page_tokens];
    return {page + p_.page_offset + page_at + tile_.kv_head * head, p_.page_width, first, std::min(p_.page_tokens, keys_ - first)};
  }

  template <class From, class Body>
  void stretches(const From& from, int64_t width, const Body& body) const {
    Stretch next = from(0);
    while (next.first < keys_) {
      const Stretch now = next;
      next.first += now.count;
      if (next.first < keys_) fetch(next = from(next.first), width);
      body(now);
    }
  }

  // Rows of a page lie too far apart for the processor to look ahead by itself.
  static void fetch(const Stretch& s, int64_t width) {
    for (int64_t i = 0; i < s.count; i++) {
      for (int64_t j = 0; j < width; j += LINE) _mm_prefetch(s.rows + i * s.stride + j, _MM_HINT_T0);
    }
  }

  static constexpr int64_t LINE = 64 / sizeof(float);

  const Attention& a_;
  const hone_packing& p_;
  const Tile& tile_;
  int64_t group_, keys_, first_limit_;
  int vectors_;
  float seen_[QUERIES];
};

// The tiles of one sequence and one group of heads, in order.
template <class Body>
void each_tile(const Attention& a, int64_t sequence, int64_t kv_head, const Body& body) {
  const int64_t tokens = a.packing->starts[sequence + 1] - a.packing->starts[sequence];
  const int64_t queries = tokens * (a.heads / a.kv_heads);
  for (int64_t first = 0; first < queries; first += QUERIES) {
    body(Tile{sequence, kv_head, first, static_cast<int>(std::min<int64_t>(QUERIES, queries - first))});
  }
}

}  // namespace hone
