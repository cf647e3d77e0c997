// Causal attention, backward.
//
// A tile's queries give to all keys before them, and every key's sum runs over the tiles in ascending
// order. Where there are sequences enough, each is one thread's; else a few tiles at a time are worked
// out side by side, and then stretches of the keys side by side take from those tiles in their order. The
// sums are the same.
#include <algorithm>
#include <cstring>
#include <vector>

#include "attention.h"
#include "attention_tile.h"
#include "context.h"

namespace hone {

namespace {

constexpr int64_t KEYS = 96;         // that one thread takes for, of a few tiles
constexpr int64_t TILES_A_THREAD = 4;  // worked out side by side

// What goes into a gradient, and where it goes.
struct Gradients {
  float *dq, *dk, *dv;
  const float *dout, *out, *log_sums;
};

// One tile: its probabilities and the gradients of its scores, both [keys, 32], and its rows of q and dout.
class TileGradient {
 public:
  // `memory` holds size(a, keys of the tile) numbers, from compute() to the last give().
  TileGradient(const Attention& a, const Tile& tile, const Gradients& g, float* memory)
      : a_(a), g_(g), tile_(tile), work_(a, tile), q_rows_(memory), d_rows_(q_rows_ + QUERIES * a.d),
        weights_(d_rows_ + QUERIES * a.e), slopes_(weights_ + QUERIES * work_.keys()),
        rest_(slopes_ + QUERIES * work_.keys()) {}

  static int64_t size(const Attention& a, int64_t keys) { return QUERIES * (3 * a.d + 2 * a.e + 2 * keys); }

  // Works it out, and sets the tile's rows of dq.
  void compute() const {
    const int64_t keys = work_.keys();
    float* q_columns = rest_;
    float* d_columns = q_columns + QUERIES * a_.d;
    float* dq_rows = d_columns + QUERIES * a_.e;
    float own_log_sums[QUERIES] = {}, along[QUERIES] = {};
    auto each_key = [&](const auto& body) { work_.key_stretches(body); };
    auto each_value = [&](const auto& body) { work_.value_stretches(body); };

    work_.transpose(q_columns, a_.q, a_.d, a_.scale);
    work_.gather(q_rows_, a_.q, a_.d, a_.scale);
    work_.transpose(d_columns, g_.dout, a_.e, 1.0f);
    work_.gather(d_rows_, g_.dout, a_.e, 1.0f);
    for (int i = 0; i < tile_.count; i++) {
      const int64_t row = work_.row(i);
      own_log_sums[i] = g_.log_sums[row];
      Lanes total = zeros();
      by_lanes(0, a_.e, [&](int64_t j, int n) {
        total = fma(load(g_.dout + row * a_.e + j, n), load(g_.out + row * a_.e + j, n), total);
      });
      along[i] = sum(total);
    }
    work_.against(weights_, q_columns, a_.d, each_key);
    work_.probabilities(weights_, own_log_sums);
    work_.against(slopes_, d_columns, a_.e, each_value);
    for (int v = 0; v < work_.vectors(); v++) {
      const Lanes mean = load(along + v * LANES);
      for (int64_t at = v * LANES; at < keys * QUERIES; at += QUERIES) {
        store(slopes_ + at, load(weights_ + at) * (load(slopes_ + at) - mean));
      }
    }
    work_.gathered(dq_rows, slopes_, a_.d, each_key);
    for (int i = 0; i < tile_.count; i++) {
      float* to = g_.dq + work_.row(i) * a_.d;
      by_lanes(0, a_.d, [&](int64_t j, int n) { store(to + j, load(dq_rows + i * a_.d + j, n) * broadcast(a_.scale), n); });
    }
  }

  // Adds what it gives to keys [from, to) to their dk and dv.
  void give(int64_t from, int64_t to) const {
    to = std::min(to, work_.keys());
    if (from >= to) return;
    const int64_t first = a_.packing->starts[tile_.sequence] + from;
    Product p;
    p.lda = QUERIES, p.rows = to - from, p.inner = tile_.count, p.accumulate = true;
    p.a = weights_ + from * QUERIES, p.b = d_rows_, p.ldb = a_.e, p.columns = a_.e;
    p.c = g_.dv + first * a_.v_token + tile_.kv_head * a_.v_head, p.ldc = a_.v_token;
    multiply(p);
    p.a = slopes_ + from * QUERIES, p.b = q_rows_, p.ldb = a_.d, p.columns = a_.d;
    p.c = g_.dk + first * a_.k_token + tile_.kv_head * a_.k_head, p.ldc = a_.k_token;
    multiply(p);
  }

 private:
  const Attention& a_;
  const Gradients& g_;
  const Tile& tile_;
  const TileWork work_;
  float *q_rows_, *d_rows_, *weights_, *slopes_, *rest_;
};

float* scratch(int64_t size) {
  thread_local std::vector<float> memory;
  if (memory.size() < static_cast<size_t>(size)) memory.resize(size);
  return memory.data();
}

// Keys and values of one sequence and group of heads begin without a gradient.
void clear(const Attention& a, const Gradients& g, int64_t sequence, int64_t kv_head) {
  for (int64_t t = a.packing->starts[sequence]; t < a.packing->starts[sequence + 1]; t++) {
    std::memset(g.dv + t * a.v_token + kv_head * a.v_head, 0, a.e * sizeof(float));
    std::memset(g.dk + t * a.k_token + kv_head * a.k_head, 0, a.d * sizeof(float));
  }
}

// One sequence and group of heads by all threads.
void side_by_side(Workers& workers, const Attention& a, const Gradients& g, int64_t sequence, int64_t kv_head) {
  std::vector<Tile> tiles;
  each_tile(a, sequence, kv_head, [&](const Tile& tile) { tiles.push_back(tile); });
  const int64_t tokens = a.packing->starts[sequence + 1] - a.packing->starts[sequence];
  const int64_t most = workers.threads() * TILES_A_THREAD, size = TileGradient::size(a, tokens);
  float* memory = scratch(most * size);
  for (size_t first = 0; first < tiles.size(); first += most) {
    const Tile* some = tiles.data() + first;
    const int64_t count = std::min<int64_t>(most, tiles.size() - first);
    workers.run(count, [&](int64_t i) { TileGradient(a, some[i], g, memory + i * size).compute(); });
    const int64_t keys = TileWork(a, some[count - 1]).keys();
    workers.run((keys + KEYS - 1) / KEYS, [&](int64_t stretch) {
      for (int64_t i = 0; i < count; i++) {
        TileGradient(a, some[i], g, memory + i * size).give(stretch * KEYS, (stretch + 1) * KEYS);
      }
    });
  }
}

}  // namespace

void attend_backward(Workers& workers, const Attention& a, float* dq, float* dk, float* dv,
                     const float* dout, const float* out, const float* log_sums) {
  const Gradients g{dq, dk, dv, dout, out, log_sums};
  const int64_t groups = a.packing->sequences * a.kv_heads;
  if (workers.threads() > 1 && groups < 2 * workers.threads()) {
    for (int64_t i = 0; i < groups; i++) {
      clear(a, g, i / a.kv_heads, i % a.kv_heads);
      side_by_side(workers, a, g, i / a.kv_heads, i % a.kv_heads);
    }
    return;
  }
  workers.run(groups, [&](int64_t i) {
    clear(a, g, i / a.kv_heads, i % a.kv_heads);
    each_tile(a, i / a.kv_heads, i % a.kv_heads, [&](const Tile& tile) {
      const int64_t keys = TileWork(a, tile).keys();
      const TileGradient gradient(a, tile, g, scratch(TileGradient::size(a, keys)));
      gradient.compute();
      gradient.give(0, keys);
    });
  });
}

}  // namespace hone

extern "C" {

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
