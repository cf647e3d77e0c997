// Attention in tiles of 32 queries: their scores, and nothing more, are held at a time.
//
// A tile's scores lie as [keys, 32], one query a lane, so that maximum and sum of the softmax run
// down the lanes: every query adds up its keys in ascending order, whatever tile it is in. Keys
// beyond a query's own position add exact zeros.
#include "attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "context.h"
#include "product.h"
#include "simd.h"

namespace hone {

namespace {

constexpr int QUERIES = PANEL;
constexpr float MINUS_INFINITY = -__builtin_inff();

float* scratch(int64_t size) {
  thread_local std::vector<float> memory;
  if (memory.size() < static_cast<size_t>(size)) memory.resize(size);
  return memory.data();
}

// Queries [first, first + count) of one sequence and one group of heads, counted token by token.
struct Tile {
  int64_t sequence, kv_head, first;
  int count;
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

  // Calls body(rows, stride, first key, count) for the stretches of keys that lie together.
  template <class Body>
  void stretches(const float* fresh, int64_t token, int64_t head, int64_t page_at, const Body& body) const {
    if (!p_.pages) {
      body(fresh + p_.starts[tile_.sequence] * token + tile_.kv_head * head, token, int64_t{0}, keys_);
      return;
    }
    for (int64_t j = 0; j < keys_; j += p_.page_tokens) {
      const float* page = p_.pages[p_.first_page[tile_.sequence] + j / p_.page_tokens];
      body(page + p_.page_offset + page_at + tile_.kv_head * head, p_.page_width, j,
           std::min(p_.page_tokens, keys_ - j));
    }
  }

  template <class Body>
  void key_stretches(const Body& body) const {
    stretches(a_.k, a_.k_token, a_.k_head, 0, body);
  }

  template <class Body>
  void value_stretches(const Body& body) const {
    stretches(a_.v, a_.v_token, a_.v_head, a_.page_v, body);
  }

  // columns [width, 32] = factor * the tile's rows of x [tokens, heads, width], zeros beyond
  void transpose(float* columns, const float* x, int64_t width, float factor) const {
    for (int i = 0; i < QUERIES; i++) {
      const float* from = i < tile_.count ? x + row(i) * width : nullptr;
      for (int64_t j = 0; j < width; j++) columns[j * QUERIES + i] = from ? from[j] * factor : 0.0f;
    }
  }

  // rows [count, width] = factor * the tile's rows of x [tokens, heads, width]
  void gather(float* rows, const float* x, int64_t width, float factor) const {
    for (int i = 0; i < tile_.count; i++) {
      const float* from = x + row(i) * width;
      for (int64_t j = 0; j < width; j++) rows[i * width + j] = from[j] * factor;
    }
  }

  // scores [keys, 32] = keys (or values) times columns [inner, 32]
  template <class Stretches>
  void against(float* scores, const float* columns, int64_t inner, const Stretches& each) const {
    each([&](const float* rows, int64_t stride, int64_t first, int64_t count) {
      Product p;
      p.c = scores + first * QUERIES, p.ldc = QUERIES;
      p.a = rows, p.lda = stride, p.panels = columns;
      p.rows = count, p.columns = vectors_ * LANES, p.inner = inner;
      multiply(p);
    });
  }

  // result [count, width] = weights [keys, 32] transposed times keys (or values)
  template <class Stretches>
  void gathered(float* result, const float* weights, int64_t width, const Stretches& each) const {
    each([&](const float* rows, int64_t stride, int64_t first, int64_t count) {
      Product p;
      p.c = result, p.ldc = width;
      p.a = weights + first * QUERIES, p.lda = QUERIES, p.transposed = true;
      p.b = rows, p.ldb = stride;
      p.rows = tile_.count, p.columns = width, p.inner = count, p.accumulate = first > 0;
      multiply(p);
    });
  }

  // Scores become unnormalised probabilities; maxima and sums [32].
  void softmax(float* scores, float* maxima, float* sums) const {
    for (int v = 0; v < vectors_; v++) {
      float* column = scores + v * LANES;
      const Lanes seen = load(seen_ + v * LANES);
      Lanes most = broadcast(MINUS_INFINITY);
      for (int64_t j = 0; j < keys_; j++) {
        Lanes s = load(column + j * QUERIES);
        if (j >= first_limit_) {
          s = where_less(broadcast(static_cast<float>(j)), seen, s, broadcast(MINUS_INFINITY));
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

 private:
  const Attention& a_;
  const hone_packing& p_;
  const Tile& tile_;
  int64_t group_, keys_, first_limit_;
  int vectors_;
  float seen_[QUERIES];  // keys that each query sees
};

void attend_tile(const Attention& a, const Tile& tile, float* out, float* log_sums) {
  const TileWork work(a, tile);
  float* columns = scratch(QUERIES * (a.d + a.e + work.keys()));
  float* mixed = columns + QUERIES * a.d;
  float* scores = mixed + QUERIES * a.e;
  float maxima[QUERIES], sums[QUERIES];
  work.transpose(columns, a.q, a.d, a.scale);
  work.against(scores, columns, a.d, [&](const auto& body) { work.key_stretches(body); });
  work.softmax(scores, maxima, sums);
  work.gathered(mixed, scores, a.e, [&](const auto& body) { work.value_stretches(body); });
  for (int i = 0; i < tile.count; i++) {
    const int64_t row = work.row(i);
    const Lanes sum = broadcast(sums[i]);
    by_lanes(0, a.e, [&](int64_t j, int n) {
      store(out + row * a.e + j, load(mixed + i * a.e + j, n) / sum, n);
    });
    if (log_sums) log_sums[row] = maxima[i] + std::log(sums[i]);
  }
}

// Adds what one tile gives to dk and dv, and sets its rows of dq.
void attend_tile_backward(const Attention& a, const Tile& tile, float* dq, float* dk, float* dv,
                          const float* dout, const float* out, const float* log_sums) {
  const TileWork work(a, tile);
  const int64_t keys = work.keys();
  float* q_columns = scratch(QUERIES * (3 * a.d + 2 * a.e + 2 * keys));
  float* q_rows = q_columns + QUERIES * a.d;
  float* dq_rows = q_rows + QUERIES * a.d;
  float* d_columns = dq_rows + QUERIES * a.d;
  float* d_rows = d_columns + QUERIES * a.e;
  float* weights = d_rows + QUERIES * a.e;
  float* slopes = weights + QUERIES * keys;
  float own_log_sums[QUERIES] = {}, along[QUERIES] = {};
  auto each_key = [&](const auto& body) { work.key_stretches(body); };
  auto each_value = [&](const auto& body) { work.value_stretches(body); };

  work.transpose(q_columns, a.q, a.d, a.scale);
  work.gather(q_rows, a.q, a.d, a.scale);
  work.transpose(d_columns, dout, a.e, 1.0f);
  work.gather(d_rows, dout, a.e, 1.0f);
  for (int i = 0; i < tile.count; i++) {
    const int64_t row = work.row(i);
    own_log_sums[i] = log_sums[row];
    Lanes total = zeros();
    by_lanes(0, a.e, [&](int64_t j, int n) {
      total = fma(load(dout + row * a.e + j, n), load(out + row * a.e + j, n), total);
    });
    along[i] = sum(total);
  }
  work.against(weights, q_columns, a.d, each_key);
  work.probabilities(weights, own_log_sums);
  work.against(slopes, d_columns, a.e, each_value);
  for (int v = 0; v < work.vectors(); v++) {
    const Lanes mean = load(along + v * LANES);
    for (int64_t at = v * LANES; at < keys * QUERIES; at += QUERIES) {
      store(slopes + at, load(weights + at) * (load(slopes + at) - mean));
    }
  }
  const int64_t start = a.packing->starts[tile.sequence];
  Product p;
  p.lda = QUERIES, p.rows = keys, p.inner = tile.count, p.accumulate = true;
  p.a = weights, p.b = d_rows, p.ldb = a.e, p.columns = a.e;
  p.c = dv + start * a.v_token + tile.kv_head * a.v_head, p.ldc = a.v_token;
  multiply(p);
  p.a = slopes, p.b = q_rows, p.ldb = a.d, p.columns = a.d;
  p.c = dk + start * a.k_token + tile.kv_head * a.k_head, p.ldc = a.k_token;
  multiply(p);
  work.gathered(dq_rows, slopes, a.d, each_key);
  for (int i = 0; i < tile.count; i++) {
    float* to = dq + work.row(i) * a.d;
    for (int64_t j = 0; j < a.d; j++) to[j] = dq_rows[i * a.d + j] * a.scale;
  }
}

// The tiles of one sequence and one group of heads, in order.
template <class Body>
void each_tile(const Attention& a, int64_t sequence, int64_t kv_head, const Body& body) {
  const int64_t tokens = a.packing->starts[sequence + 1] - a.packing->starts[sequence];
  const int64_t queries = tokens * (a.heads / a.kv_heads);
  for (int64_t first = 0; first < queries; first += QUERIES) {
    body(Tile{sequence, kv_head, first, static_cast<int>(std::min<int64_t>(QUERIES, queries - first))});
  }
}

}  // namespace

void attend(Workers& workers, const Attention& a, float* out, float* log_sums) {
  thread_local std::vector<Tile> tiles;
  tiles.clear();
  for (int64_t s = 0; s < a.packing->sequences; s++) {
    for (int64_t g = 0; g < a.kv_heads; g++) {
      each_tile(a, s, g, [&](const Tile& tile) { tiles.push_back(tile); });
    }
  }
  const Tile* all = tiles.data();
  workers.run(static_cast<int64_t>(tiles.size()), [&](int64_t i) { attend_tile(a, all[i], out, log_sums); });
}

void attend_backward(Workers& workers, const Attention& a, float* dq, float* dk, float* dv,
                     const float* dout, const float* out, const float* log_sums) {
  // Keys gather from all tiles of their sequence: those run in order, on one thread.
  workers.run(a.packing->sequences * a.kv_heads, [&](int64_t task) {
    const int64_t s = task / a.kv_heads, g = task % a.kv_heads;
    for (int64_t t = a.packing->starts[s]; t < a.packing->starts[s + 1]; t++) {
      std::memset(dv + t * a.v_token + g * a.v_head, 0, a.e * sizeof(float));
      std::memset(dk + t * a.k_token + g * a.k_head, 0, a.d * sizeof(float));
    }
    each_tile(a, s, g, [&](const Tile& tile) {
      attend_tile_backward(a, tile, dq, dk, dv, dout, out, log_sums);
    });
  });
}

void store_in_pages(const hone_packing& p, const float* x, int64_t width, int64_t at) {
  for (int64_t s = 0; s < p.sequences; s++) {
    for (int64_t t = p.starts[s]; t < p.starts[s + 1]; t++) {
      const int64_t token = p.past[s] + t - p.starts[s];
      float* page = p.pages[p.first_page[s] + token / p.page_tokens];
      std::memcpy(page + p.page_offset + token % p.page_tokens * p.page_width + at, x + t * width,
                  width * sizeof(float));
    }
  }
}

}  // namespace hone

extern "C" {

int hone_attention(hone_context* context, float* out, float* log_sums, const float* q,
                   const float* k, const float* v, const hone_packing* packing, int64_t heads,
                   int64_t kv_heads, int64_t d, int64_t e, float scale) {
  HONE_REQUIRE(heads > 0 && kv_heads > 0 && heads % kv_heads == 0 && d > 0 && e > 0);
  HONE_REQUIRE(!packing->pages || packing->page_width >= kv_heads * (d + e));
  return hone::guarded([&] {
    if (packing->pages) {
      hone::store_in_pages(*packing, k, kv_heads * d, 0);
      hone::store_in_pages(*packing, v, kv_heads * e, kv_heads * d);
    }
    hone::attend(context->workers,
                 {packing, heads, kv_heads, d, e, scale, q, k, kv_heads * d, d, v, kv_heads * e, e, kv_heads * d},
                 out, log_sums);
  });
}

int hone_attention_backward(hone_context* context, float* dq, float* dk, float* dv,
                            const float* dout, const float* out, const float* log_sums,
                            const float* q, const float* k, const float* v,
                            const hone_packing* packing, int64_t heads, int64_t kv_heads, int64_t d,
                            int64_t e, float scale) {
  HONE_REQUIRE(heads > 0 && kv_heads > 0 && heads % kv_heads == 0 && d > 0 && e > 0);
  HONE_REQUIRE(!packing->pages);
  return hone::guarded([&] {
    hone::attend_backward(context->workers,
                          {packing, heads, kv_heads, d, e, scale, q, k, kv_heads * d, d, v, kv_heads * e, e, 0},
                          dq, dk, dv, dout, out, log_sums);
  });
}

}  // extern "C"
