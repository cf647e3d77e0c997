// Causal attention, forward, and the pages of a cache.
#include "attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "attention_tile.h"
#include "context.h"
#include "few_queries.h"

namespace hone {

namespace {

float* scratch(int64_t size) {
  thread_local std::vector<float> memory;
  if (memory.size() < static_cast<size_t>(size)) memory.resize(size);
  return memory.data();
}

// Divides by the sums and writes the tile's rows of the output.
void finish(const TileWork& work, const Attention& a, const Tile& tile, const float* mixed, const float* maxima, const float* sums,
            float* out, float* log_sums) {
  for (int i = 0; i < tile.count; i++) {
    const int64_t row = work.row(i);
    const Lanes sum = broadcast(sums[i]);
    by_lanes(0, a.e, [&](int64_t j, int n) {
      store(out + row * a.e + j, load(mixed + i * a.e + j, n) / sum, n);
    });
    if (log_sums) log_sums[row] = maxima[i] + std::log(sums[i]);
  }
}

void attend_few(const TileWork& work, const Attention& a, const Tile& tile, float* out, float* log_sums) {
  const int64_t stride = work.keys();
  float* queries = scratch(tile.count * (a.d + a.e + stride));
  float* mixed = queries + tile.count * a.d;
  float* scores = mixed + tile.count * a.e;
  float maxima[FEW_QUERIES], sums[FEW_QUERIES];
  work.gather(queries, a.q, a.d, a.scale);
  with_count(tile.count, [&](auto count) {
    work.key_stretches([&](const float* keys, int64_t key_stride, int64_t first, int64_t number) {
      score_few<count>(scores + first, stride, queries, keys, key_stride, number, a.d);
    });
    softmax_few<count>(scores, stride, work.keys(), work.seen(), maxima, sums);
  });
  work.gathered(mixed, scores, stride, false, a.e, [&](const auto& body) { work.value_stretches(body); });
  finish(work, a, tile, mixed, maxima, sums, out, log_sums);
}

void attend_tile(const Attention& a, const Tile& tile, float* out, float* log_sums) {
  const TileWork work(a, tile);
  work.fetch();
  if (tile.count <= FEW_QUERIES) return attend_few(work, a, tile, out, log_sums);
  float* columns = scratch(QUERIES * (a.d + a.e + work.keys()));
  float* mixed = columns + QUERIES * a.d;
  float* scores = mixed + QUERIES * a.e;
  float maxima[QUERIES], sums[QUERIES];
  work.transpose(columns, a.q, a.d, a.scale);
  work.against(scores, columns, a.d, [&](const auto& body) { work.key_stretches(body); });
  work.softmax(scores, maxima, sums);
  work.gathered(mixed, scores, a.e, [&](const auto& body) { work.value_stretches(body); });
  finish(work, a, tile, mixed, maxima, sums, out, log_sums);
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

}  // extern "C"
