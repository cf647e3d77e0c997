// How the operands of a product are laid out for its tiles: numbers as they are, or rounded to bf16 and in pairs.
#pragma once

#include <algorithm>
#include <cstdint>

#include "product_tile.h"

namespace hone {

inline int64_t blocks(int64_t n, int64_t size) { return (n + size - 1) / size; }

// Rows [row, row + rows) and panels [from, to) of a product.
struct Part {
  const Product* product;
  int64_t row, rows, from, to;

  // Calls body(first row, rows) for the tiles of at most so many rows, which are as equal as can be.
  template <class Body>
  void each_tile(int64_t most, const Body& body) const {
    const int64_t tiles = blocks(rows, most), least = rows / tiles, larger = rows % tiles;
    for (int64_t i = 0, first = row; i < tiles; i++) {
      const int64_t count = least + (i < larger);
      body(first, static_cast<int>(count));
      first += count;
    }
  }
};

// Words of the numbers of a row: to [ceil(count / 2)].
inline void pair_row(uint32_t* to, const float* from, int64_t count) {
  int64_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    store(to + i / 2, pair_neighbours(load(from + i), load(from + i + LANES)), LANES);
  }
  for (; i < count; i += 2) to[i / 2] = pair(from[i], i + 1 < count ? from[i + 1] : 0.0f);
}

// `count` words of row k of a matrix of numbers [inner, .]: in bf16, of rows 2 k and 2 k + 1, zeros beyond `inner`.
inline Lanes row_words(const float* from, int64_t ld, int64_t k, int64_t, int count, float) {
  return load(from + k * ld, count);
}
inline Pairs row_words(const float* from, int64_t ld, int64_t k, int64_t inner, int count, uint32_t) {
  if (2 * k >= inner) return pair(zeros(), zeros());
  const float* row = from + 2 * k * ld;
  return pair(load(row, count), 2 * k + 1 < inner ? load(row + ld, count) : zeros());
}

// Words [k, end) of the part's rows of a: [rows, stride].
template <class Word>
void copy_a_rows(Word* to, int64_t stride, const Part& part, int64_t k, int64_t end) {
  const Product& p = *part.product;
  const int64_t first = k * NUMBERS<Word>, count = std::max<int64_t>(0, std::min(end * NUMBERS<Word>, p.inner) - first);
  for (int64_t i = 0; i < part.rows; i++) {
    const float* from = p.a + (part.row + i) * p.lda + first;
    if constexpr (std::is_same_v<Word, float>) {
      std::copy(from, from + count, to + i * stride);
    } else {
      pair_row(to + i * stride, from, count);
      std::fill(to + i * stride + blocks(count, 2), to + i * stride + end - k, 0u);
    }
  }
}

// Words [k, end) of a transposed a, so that each tile's lie together: [tiles, words, rows of the tile].
template <class Word>
void copy_a_columns(Word* to, const Part& part, int64_t k, int64_t end) {
  const Product& p = *part.product;
  constexpr int64_t LINES = 16;  // so many rows of a are read side by side, along all tiles
  for (int64_t first = k; first < end; first += LINES) {
    part.each_tile(TILE_ROWS, [&](int64_t row, int rows) {
      Word* place = to + (row - part.row) * (end - k);
      for (int64_t j = first; j < std::min(end, first + LINES); j++) {
        store(place + (j - k) * rows, row_words(p.a + row, p.lda, j, p.inner, rows, Word{}), rows);
      }
    });
  }
}

// Words [k, end) of panels [panel, panel + count) of an unpacked b, those of a panel `stride` words of 32 columns from
// those of the next: [count, stride, 32].
template <class Word>
void copy_b(Word* to, int64_t stride, const Product& p, int64_t k, int64_t end, int64_t panel, int64_t count) {
  constexpr int64_t AHEAD = 8;  // rows lie pages apart, where the processor does not look ahead by itself
  const int64_t first = panel * PANEL, columns = std::min(p.columns - first, count * PANEL);
  for (int64_t j = k; j < end; j++) {
    const float* later[NUMBERS<Word>];
    for (int64_t i = 0; i < NUMBERS<Word>; i++) {
      later[i] = p.b + std::min((j + AHEAD) * NUMBERS<Word> + i, p.inner - 1) * p.ldb + first;
    }
    for (int64_t n = 0; n < columns; n += LANES) {
      for (const float* row : later) _mm_prefetch(row + n, _MM_HINT_T0);
      const int width = static_cast<int>(std::min<int64_t>(LANES, columns - n));
      store(to + (n / PANEL * stride + j - k) * PANEL + n % PANEL,
            row_words(p.b + first + n, p.ldb, j, p.inner, width, Word{}), width);
    }
  }
}

}  // namespace hone
