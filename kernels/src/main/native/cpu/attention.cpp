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

// Asks memory for rows of the cache before they are needed. A row is a token's keys and values, whole lines of both.
class RowsAhead {
 public:
  RowsAhead(const Attention& a, const TileWork& work, const Stretch& keys)
      : a_(a), keys_(keys), values_(work.values_from(keys.first)), values_apart_(a.page_v >= a.kv_heads * a.d) {
    const int64_t next = keys.first + keys.count;
    if (next < work.keys()) next_keys_ = work.keys_from(next), next_values_ = work.values_from(next);
  }

  // LANES tokens from `token` of this stretch on, or the next stretch's first ones where it is over: of each the line at
  // `column` of a head.
  void operator()(int64_t token, int64_t head, int64_t column) const {
    if (!a_.packing->pages) return;
    const bool here = token < keys_.count;
    const int64_t at = here ? token : 0;
    fetch(here ? keys_ : next_keys_, at, head * a_.k_head + column);
    if (values_apart_ && column < a_.e) fetch(here ? values_ : next_values_, at, head * a_.v_head + column);
  }

 private:
  static void fetch(const Stretch& s, int64_t token, int64_t column) {
    const int64_t end = std::min<int64_t>(s.count, token + LANES);
    for (int64_t j = token; j < end; j++) _mm_prefetch(s.rows + j * s.stride + column, _MM_HINT_T0);
  }

  const Attention& a_;
  const Stretch keys_, values_;
  const bool values_apart_;
  Stretch next_keys_{}, next_values_{};
};

// Tiles of few queries, of neighbouring groups of heads of one sequence: each row of the cache passes once for all of them.
void attend_few(const Attention& a, const Tile* tiles, int64_t heads, float* out, float* log_sums) {
  const TileWork work(a, tiles[0]);
  const int64_t queries = tiles[0].count, stride = work.keys();
  float* columns = scratch(heads * queries * (a.d + a.e + stride));
  float* mixed = columns + heads * queries * a.d;
  float* scores = mixed + heads * queries * a.e;
  float maxima[FEW_QUERIES], sums[FEW_QUERIES];
  for (int64_t h = 0; h < heads; h++) TileWork(a, tiles[h]).gather(columns + h * queries * a.d, a.q, a.d, a.scale);
  with_count(tiles[0].count, [&](auto count) {
    for (int64_t first = 0; first < work.keys();) {
      const Stretch s = work.keys_from(first);
      score_few<count>(scores + first, stride, columns, heads, a.d, s.rows, s.stride, a.k_head, s.count, RowsAhead(a, work, s));
      first += s.count;
    }
    for (int64_t h = 0; h < heads; h++) {
      const TileWork head(a, tiles[h]);
      float* weights = scores + h * count * stride;
      softmax_few<count>(weights, stride, stride, head.seen(), maxima, sums);
      for (int64_t first = 0; first < head.keys();) {
        const Stretch s = head.values_from(first);
        mix_few<count>(mixed + h * count * a.e, a.e, weights + first, stride, s.rows, s.stride, s.count, first > 0);
        first += s.count;
      }
      finish(head, a, tiles[h], mixed + h * count * a.e, maxima, sums, out, log_sums);
    }
  });
}

void attend_tile(const Attention& a, const Tile& tile, float* out, float* log_sums) {
  const TileWork work(a, tile);
  work.fetch();
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

// Tiles that one thread takes together.
struct Share {
  int64_t first, tiles;
};

}  // namespace

void attend(Workers& workers, const Attention& a, float* out, float* log_sums) {
  thread_local std::vector<Tile> tiles;
  thread_local std::vector<Share> shares;
  tiles.clear();
  shares.clear();
  const int64_t sequences = a.packing->sequences;
  // Of few queries a thread takes all of a sequence, or where there are fewer sequences than threads some of its heads.
  const int64_t parts = std::min(a.kv_heads, (workers.threads() + sequences - 1) / std::max<int64_t>(1, sequences));
  for (int64_t s = 0; s < sequences; s++) {
    const int64_t first = static_cast<int64_t>(tiles.size());
    for (int64_t g = 0; g < a.kv_heads; g++) {
      each_tile(a, s, g, [&](const Tile& tile) { tiles.push_back(tile); });
    }
    const int64_t number = static_cast<int64_t>(tiles.size()) - first;
    const bool few = number > 0 && tiles.back().count <= FEW_QUERIES && number == a.kv_heads;
    const int64_t cuts = few ? parts : number;
    for (int64_t i = 0; i < cuts; i++) {
      const int64_t from = (number * i + cuts - 1) / cuts;
      shares.push_back({first + from, (number * (i + 1) + cuts - 1) / cuts - from});
    }
  }
  const Tile* all = tiles.data();
  const Share* each = shares.data();
  workers.run(static_cast<int64_t>(shares.size()), [&](int64_t i) {
    const Tile* own = all + each[i].first;
    if (own->count <= FEW_QUERIES) {
      attend_few(a, own, each[i].tiles, out, log_sums);
    } else {
      attend_tile(a, *own, out, log_sums);
    }
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

}  // extern "C"
