// The innermost loops of products: a tile of chains side by side, in registers.
#pragma once

#include <cstdint>
#include <type_traits>

#include "pairs.h"
#include "product.h"
#include "simd.h"

namespace hone {

// A word is what one step of a chain takes from a and from b: a number, or in bf16 a pair of numbers.
template <class Word>
constexpr int64_t NUMBERS = std::is_same_v<Word, float> ? 1 : 2;
template <class Word>
using Vector = decltype(load(static_cast<const Word*>(nullptr)));

// Accumulators of the largest tile: 12 x 2 of the 32 AVX-512 registers. AVX2 has 16 half as wide.
#if defined(__AVX512F__)
constexpr int TILE_ROWS = 12;
#else
constexpr int TILE_ROWS = 3;
#endif

// What one tile needs; a is [ROWS, inner] with row stride lda, or [inner, ROWS] where COLUMNS_OF_A.
template <class Word>
struct ProductTile {
  float* c;
  int64_t ldc;
  const Word* a;
  int64_t lda;
  const Word* b;
  int64_t ldb;
  int64_t inner;  // words
  bool accumulate;
  const float* bias;
  int width;  // columns wanted: all of the vectors but the last are full
  const char* ahead;  // of the block of b that comes next: two lines a step, `second` bytes apart
  int64_t second, step;
};

template <class Word, int ROWS, int VECTORS, bool TAIL, bool COLUMNS_OF_A>
void multiply_tile(const ProductTile<Word>& t) {
  const int last = t.width - (VECTORS - 1) * LANES;
  auto read = [&](const auto* p, int v) {
    // Pairs stand in whole panels only.
    if constexpr (std::is_same_v<decltype(p), const float*>) {
      if (TAIL && v == VECTORS - 1) return load(p + v * LANES, last);
    }
    return load(p + v * LANES);
  };
  Lanes acc[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int m = 0; m < ROWS; m++) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; v++) {
      acc[m][v] = t.accumulate ? read(static_cast<const float*>(t.c + m * t.ldc), v) : t.bias ? read(t.bias, v) : zeros();
    }
  }
  const Word* a = t.a;
  const Word* b = t.b;
  const int64_t lda = t.lda, ldb = t.ldb;
  const char* ahead = t.ahead;
  for (int64_t k = 0; k < t.inner; k++) {
    // Memory works while the later tiles of a few rows pass over what the first has fetched.
    _mm_prefetch(ahead, _MM_HINT_T0);
    _mm_prefetch(ahead + t.second, _MM_HINT_T0);
    ahead += t.step;
    Vector<Word> row[VECTORS];
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; v++) row[v] = read(b, v);
    b += ldb;
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; m++) {
      const Vector<Word> x = broadcast(COLUMNS_OF_A ? a[m] : a[m * lda]);
#pragma GCC unroll 8
      for (int v = 0; v < VECTORS; v++) acc[m][v] = fma(x, row[v], acc[m][v]);
    }
    a += COLUMNS_OF_A ? lda : 1;
  }
#pragma GCC unroll 16
  for (int m = 0; m < ROWS; m++) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; v++) {
      float* c = t.c + m * t.ldc + v * LANES;
      if (TAIL && v == VECTORS - 1) {
        store(c, acc[m][v], last);
      } else {
        store(c, acc[m][v]);
      }
    }
  }
}

template <class Word>
using TileFunction = void (*)(const ProductTile<Word>&);

template <class Word, int ROWS>
TileFunction<Word> tile_of(int vectors, bool tail, bool columns_of_a) {
  static constexpr TileFunction<Word> table[2][2][2] = {
      {{multiply_tile<Word, ROWS, 1, false, false>, multiply_tile<Word, ROWS, 1, false, true>},
       {multiply_tile<Word, ROWS, 1, true, false>, multiply_tile<Word, ROWS, 1, true, true>}},
      {{multiply_tile<Word, ROWS, 2, false, false>, multiply_tile<Word, ROWS, 2, false, true>},
       {multiply_tile<Word, ROWS, 2, true, false>, multiply_tile<Word, ROWS, 2, true, true>}}};
  return table[vectors - 1][tail][columns_of_a];
}

template <class Word>
inline TileFunction<Word> tile_function(int rows, int vectors, bool tail, bool columns_of_a) {
  switch (rows) {
    case 1: return tile_of<Word, 1>(vectors, tail, columns_of_a);
    case 2: return tile_of<Word, 2>(vectors, tail, columns_of_a);
    case 3: return tile_of<Word, 3>(vectors, tail, columns_of_a);
#if defined(__AVX512F__)
    case 4: return tile_of<Word, 4>(vectors, tail, columns_of_a);
    case 5: return tile_of<Word, 5>(vectors, tail, columns_of_a);
    case 6: return tile_of<Word, 6>(vectors, tail, columns_of_a);
    case 7: return tile_of<Word, 7>(vectors, tail, columns_of_a);
    case 8: return tile_of<Word, 8>(vectors, tail, columns_of_a);
    case 9: return tile_of<Word, 9>(vectors, tail, columns_of_a);
    case 10: return tile_of<Word, 10>(vectors, tail, columns_of_a);
    case 11: return tile_of<Word, 11>(vectors, tail, columns_of_a);
    case 12: return tile_of<Word, 12>(vectors, tail, columns_of_a);
#endif
  }
  return nullptr;
}

constexpr int64_t ROW_STREAMS = 4;  // panels that one row meets at once, at most

// Panels of each stream of a row's, of so many in all.
inline int64_t stream_panels(int64_t panels) { return (panels + ROW_STREAMS - 1) / ROW_STREAMS; }

// A row x [words] times COUNT panels, each of `held` words, that lie `apart` panels from one another: so many chains hide
// the latency of one, and so many streams that of memory.
template <class Word, int COUNT>
void multiply_row(const Product& p, float* c, const Word* x, int64_t step, int64_t words, int64_t held, int64_t panel, int64_t apart) {
  const int64_t stride = apart * held * PANEL;
  const Word* b = static_cast<const Word*>(p.panels) + panel * held * PANEL;
  Lanes acc[COUNT][2];
#pragma GCC unroll 4
  for (int i = 0; i < COUNT; i++) {
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++) {
      const int64_t at = (panel + i * apart) * PANEL + v * LANES;
      acc[i][v] = p.accumulate ? load(c + at) : p.bias ? load(p.bias + at) : zeros();
    }
  }
  for (int64_t k = 0; k < words; k++) {
    const Vector<Word> all = broadcast(x[k * step]);
#pragma GCC unroll 4
    for (int i = 0; i < COUNT; i++) {
      const Word* row = b + i * stride + k * PANEL;
      acc[i][0] = fma(all, load(row), acc[i][0]);
      acc[i][1] = fma(all, load(row + LANES), acc[i][1]);
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < COUNT; i++) {
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++) store(c + (panel + i * apart) * PANEL + v * LANES, acc[i][v]);
  }
}

// A row times whole panels [from, to): long streams side by side, then the panels that are left.
template <class Word>
void multiply_row_panels(const Product& p, float* c, const Word* x, int64_t step, int64_t words, int64_t held, int64_t from, int64_t to) {
  static_assert(ROW_STREAMS == 4);
  static constexpr decltype(&multiply_row<Word, 1>) by_streams[] = {multiply_row<Word, 1>, multiply_row<Word, 2>,
                                                                    multiply_row<Word, 3>, multiply_row<Word, 4>};
  while (from < to) {
    const int64_t apart = stream_panels(to - from), streams = (to - from) / apart;
    for (int64_t i = 0; i < apart; i++) by_streams[streams - 1](p, c, x, step, words, held, from + i, apart);
    from += streams * apart;
  }
}

}  // namespace hone
