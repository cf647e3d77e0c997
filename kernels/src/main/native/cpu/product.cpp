#include "product.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "pairs.h"
#include "simd.h"

namespace hone {

namespace {

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
// A block of a [BLOCK_ROWS, DEPTH] or so, 512 KB, stays in the L2 cache while all panels of b pass,
// of each a stretch [STRETCH, 32], 36 KB, stays in L1 while all rows pass.
constexpr int64_t STRETCH = 288;
constexpr int64_t DEPTH = 2 * STRETCH;
constexpr int64_t BLOCK_WORDS = 1 << 17;
constexpr int64_t BLOCK_ROWS = 768;
constexpr int64_t BLOCK_PANELS = 4;  // of an unpacked b are copied at once, whole lines of its rows
constexpr int64_t FEW_ROWS = 48;     // so many read b but a few times: not worth copying
constexpr int64_t CLOSE = 64;        // numbers: rows of a so near one another are not worth copying either
constexpr int64_t SMALL = 1 << 16;   // multiply-adds below which a second thread costs more than it helps
constexpr int64_t LINE = 64;         // bytes of a cache line
constexpr int64_t PAD = 16;          // words, so that rows of a copy do not fall onto the same cache lines

int64_t blocks(int64_t n, int64_t size) { return (n + size - 1) / size; }

// Stretches of [0, count), as equal as can be and none above `most`: body(from, to). One, if count is 0.
template <class Body>
void each_stretch(int64_t count, int64_t most, const Body& body) {
  const int64_t number = std::max<int64_t>(1, blocks(count, most));
  for (int64_t i = 0; i < number; i++) body(count * i / number, count * (i + 1) / number);
}

// What one tile needs; a is [ROWS, inner] with row stride lda, or [inner, ROWS] where COLUMNS_OF_A.
template <class Word>
struct Tile {
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
void multiply_tile(const Tile<Word>& t) {
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
    _mm_prefetch(ahead, _MM_HINT_T1);
    _mm_prefetch(ahead + t.second, _MM_HINT_T1);
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
using TileFunction = void (*)(const Tile<Word>&);

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
TileFunction<Word> tile_function(int rows, int vectors, bool tail, bool columns_of_a) {
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

constexpr int64_t ROW_PANELS = 4;

// A row x [words] times ROW_PANELS panels at once: eight chains hide the latency of one.
template <class Word>
void multiply_row(const Product& p, float* c, const Word* x, int64_t step, int64_t words, int64_t panel) {
  const int64_t stride = words * PANEL;
  const Word* b = static_cast<const Word*>(p.panels) + panel * stride;
  Lanes acc[2 * ROW_PANELS];
#pragma GCC unroll 8
  for (int v = 0; v < 2 * ROW_PANELS; v++) {
    acc[v] = p.accumulate ? load(c + v * LANES)
             : p.bias     ? load(p.bias + panel * PANEL + v * LANES)
                          : zeros();
  }
  for (int64_t k = 0; k < words; k++) {
    const Vector<Word> all = broadcast(x[k * step]);
#pragma GCC unroll 8
    for (int i = 0; i < ROW_PANELS; i++) {
      const Word* row = b + i * stride + k * PANEL;
      acc[2 * i] = fma(all, load(row), acc[2 * i]);
      acc[2 * i + 1] = fma(all, load(row + LANES), acc[2 * i + 1]);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < 2 * ROW_PANELS; v++) store(c + v * LANES, acc[v]);
}

template <class Word>
Word* scratch(int64_t size) {
  thread_local std::vector<Word> memory;
  if (memory.size() < static_cast<size_t>(size)) memory.resize(size);
  return memory.data();
}

// Rows [row, row + rows) and panels [from, to) of a product.
struct Part {
  const Product* product;
  int64_t row, rows, from, to;

  // Calls body(first row, rows) for the tiles, which are as equal as can be.
  template <class Body>
  void each_tile(const Body& body) const {
    const int64_t tiles = blocks(rows, TILE_ROWS), least = rows / tiles, larger = rows % tiles;
    for (int64_t i = 0, first = row; i < tiles; i++) {
      const int64_t count = least + (i < larger);
      body(first, static_cast<int>(count));
      first += count;
    }
  }
};

// Words of the numbers of a row: to [ceil(count / 2)].
void pair_row(uint32_t* to, const float* from, int64_t count) {
  int64_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    store(to + i / 2, pair_neighbours(load(from + i), load(from + i + LANES)), LANES);
  }
  for (; i < count; i += 2) to[i / 2] = pair(from[i], i + 1 < count ? from[i + 1] : 0.0f);
}

// `count` words of row k of a matrix of numbers [inner, .]: in bf16, of rows 2 k and 2 k + 1.
inline Lanes row_words(const float* from, int64_t ld, int64_t k, int64_t, int count, float) {
  return load(from + k * ld, count);
}
inline Pairs row_words(const float* from, int64_t ld, int64_t k, int64_t inner, int count, uint32_t) {
  const float* row = from + 2 * k * ld;
  return pair(load(row, count), 2 * k + 1 < inner ? load(row + ld, count) : zeros());
}

// Words [k, end) of the part's rows of a: [rows, stride].
template <class Word>
void copy_a_rows(Word* to, int64_t stride, const Part& part, int64_t k, int64_t end) {
  const Product& p = *part.product;
  const int64_t first = k * NUMBERS<Word>, count = std::min(end * NUMBERS<Word>, p.inner) - first;
  for (int64_t i = 0; i < part.rows; i++) {
    const float* from = p.a + (part.row + i) * p.lda + first;
    if constexpr (std::is_same_v<Word, float>) {
      std::copy(from, from + count, to + i * stride);
    } else {
      pair_row(to + i * stride, from, count);
    }
  }
}

// Words [k, end) of a transposed a, so that each tile's lie together: [tiles, words, rows of the tile].
template <class Word>
void copy_a_columns(Word* to, const Part& part, int64_t k, int64_t end) {
  const Product& p = *part.product;
  constexpr int64_t LINES = 16;  // so many rows of a are read side by side, along all tiles
  for (int64_t first = k; first < end; first += LINES) {
    part.each_tile([&](int64_t row, int rows) {
      Word* place = to + (row - part.row) * (end - k);
      for (int64_t j = first; j < std::min(end, first + LINES); j++) {
        store(place + (j - k) * rows, row_words(p.a + row, p.lda, j, p.inner, rows, Word{}), rows);
      }
    });
  }
}

constexpr int64_t AHEAD = 8;

// Words [k, end) of panels [panel, panel + count) of an unpacked b: [count, words, 32].
template <class Word>
void copy_b(Word* to, const Product& p, int64_t k, int64_t end, int64_t panel, int64_t count) {
  const int64_t first = panel * PANEL, columns = std::min(p.columns - first, count * PANEL);
  for (int64_t j = k; j < end; j++) {
    // Rows lie pages apart, where the processor does not look ahead by itself.
    const float* later = p.b + std::min((j + AHEAD) * NUMBERS<Word>, p.inner - 1) * p.ldb + first;
    for (int64_t n = 0; n < columns; n += LANES) {
      _mm_prefetch(later + n, _MM_HINT_T0);
      const int width = static_cast<int>(std::min<int64_t>(LANES, columns - n));
      store(to + n / PANEL * (end - k) * PANEL + (j - k) * PANEL + n % PANEL,
            row_words(p.b + first + n, p.ldb, j, p.inner, width, Word{}), width);
    }
  }
}

template <class Word>
void compute(const Part& part) {
  constexpr bool PLAIN = std::is_same_v<Word, float>;
  const Product& p = *part.product;
  const int64_t words = blocks(p.inner, NUMBERS<Word>);
  int64_t start = part.from;
  if (p.panels && part.rows == 1) {
    const float* row = p.a + part.row * (p.transposed ? 1 : p.lda);
    const Word* x;
    int64_t step = 1;
    if constexpr (PLAIN) {
      x = row;
      step = p.transposed ? p.lda : 1;
    } else {
      Word* own = scratch<Word>(words);
      if (p.transposed) {
        copy_a_columns(own, part, 0, words);
      } else {
        pair_row(own, row, p.inner);
      }
      x = own;
    }
    for (; start + ROW_PANELS <= part.to && (start + ROW_PANELS) * PANEL <= p.columns; start += ROW_PANELS) {
      multiply_row(p, p.c + part.row * p.ldc + start * PANEL, x, step, words, start);
    }
    if (start == part.to) return;
  }
  const bool copies_b = !p.panels && (!PLAIN || part.rows > FEW_ROWS);
  const bool copies_a = !PLAIN || (p.transposed && part.to - start > 1 && p.lda > CLOSE);
  Word* own_b = scratch<Word>(PANEL * BLOCK_PANELS * STRETCH + part.rows * (std::min(words, DEPTH) + PAD));
  Word* own_a = own_b + PANEL * BLOCK_PANELS * STRETCH;
  each_stretch(words, DEPTH, [&](int64_t k_block, int64_t block_end) {
    const int64_t depth = block_end - k_block;
    if (copies_a && p.transposed) copy_a_columns(own_a, part, k_block, block_end);
    if (copies_a && !p.transposed) copy_a_rows(own_a, depth + PAD, part, k_block, block_end);
    for (int64_t group = start; group < part.to; group += BLOCK_PANELS) {
      const int64_t group_end = std::min(part.to, group + BLOCK_PANELS);
      each_stretch(depth, STRETCH, [&](int64_t from, int64_t to) {
        const int64_t k = k_block + from;
        if (copies_b) copy_b(own_b, p, k, k_block + to, group, group_end - group);
        for (int64_t n = group; n < group_end; n++) {
          Tile<Word> tile{};
          tile.width = static_cast<int>(std::min<int64_t>(PANEL, p.columns - n * PANEL));
          tile.ldb = PANEL;
          if (copies_b) {
            tile.b = own_b + (n - group) * (to - from) * PANEL;
          } else if (p.panels) {
            tile.b = static_cast<const Word*>(p.panels) + (n * words + k) * PANEL;
          } else if constexpr (PLAIN) {
            tile.b = p.b + k * p.ldb + n * PANEL;
            tile.ldb = p.ldb;
          }
          tile.ldc = p.ldc;
          tile.inner = to - from;
          tile.accumulate = p.accumulate || k > 0;
          tile.bias = p.bias ? p.bias + n * PANEL : nullptr;
          const int vectors = tile.width > LANES ? 2 : 1;
          const bool tail = tile.width % LANES != 0;
          // What comes next of packed panels: the same stretch of the next panel, or the next stretch of the
          // group's first. A step is two lines of it, which a lone tile fetches; else two tiles fetch one each.
          const Word* next = tile.b;
          if (p.panels && n + 1 < group_end) {
            next += words * PANEL;
          } else if (p.panels && to < depth) {
            next = static_cast<const Word*>(p.panels) + (group * words + k_block + to) * PANEL;
          } else if (p.panels && group_end < part.to) {
            next = static_cast<const Word*>(p.panels) + (group_end * words + k_block) * PANEL;
          }
          const bool lone = part.rows <= TILE_ROWS;
          tile.ahead = reinterpret_cast<const char*>(next);
          tile.second = lone ? LINE : 0;
          tile.step = next == tile.b ? 0 : lone ? 2 * LINE : LINE;
          int64_t fetching = lone ? 1 : 2;
          part.each_tile([&](int64_t row, int rows) {
            tile.c = p.c + row * p.ldc + n * PANEL;
            if (copies_a && p.transposed) {
              tile.a = own_a + (row - part.row) * depth + from * rows;
              tile.lda = rows;
            } else if (copies_a) {
              tile.a = own_a + (row - part.row) * (depth + PAD) + from;
              tile.lda = depth + PAD;
            } else if constexpr (PLAIN) {
              tile.a = p.transposed ? p.a + k * p.lda + row : p.a + row * p.lda + k;
              tile.lda = p.lda;
            }
            tile_function<Word>(rows, vectors, tail, p.transposed)(tile);
            tile.ahead += tile.step * tile.inner;
            if (--fetching == 0) tile.ahead = reinterpret_cast<const char*>(tile.b), tile.second = tile.step = 0;
          });
        }
      });
    }
  });
}

void compute(const Part& part) {
  if (part.product->bf16) {
    [[maybe_unused]] const FlushSubnormals flush;
    compute<uint32_t>(part);
  } else {
    compute<float>(part);
  }
}

int64_t block_rows(const Product& p) {
  const int64_t words = p.bf16 ? blocks(p.inner, 2) : p.inner, deepest = std::max<int64_t>(1, blocks(words, DEPTH));
  return std::clamp<int64_t>(BLOCK_WORDS / std::max<int64_t>(1, blocks(words, deepest)), 8 * TILE_ROWS, BLOCK_ROWS);
}

// Cuts a product into parts enough for the threads: by rows, where a part's rows of a are copied once
// for all its columns, else by columns. No result depends on the cut.
void cut(const Product& p, int threads, std::vector<Part>& parts) {
  if (p.rows == 0 || p.columns == 0) return;
  const int64_t panels = blocks(p.columns, PANEL);
  int64_t row_blocks = blocks(p.rows, block_rows(p));
  int64_t wide = panels;
  if (threads > 1 && p.rows * p.columns * p.inner > SMALL) {
    const int64_t wanted = threads * 4;
    if (p.transposed || p.bf16) row_blocks = std::max(row_blocks, std::min(wanted, p.rows / (4 * TILE_ROWS)));
    wide = std::max<int64_t>(1, std::min(panels, panels * row_blocks / wanted));
    if (p.rows == 1) wide = std::max<int64_t>(ROW_PANELS, wide / ROW_PANELS * ROW_PANELS);
  }
  for (int64_t i = 0; i < row_blocks; i++) {
    const int64_t row = p.rows * i / row_blocks, end = p.rows * (i + 1) / row_blocks;
    for (int64_t from = 0; from < panels; from += wide) {
      parts.push_back({&p, row, end - row, from, std::min(panels, from + wide)});
    }
  }
}

}  // namespace

void multiply(Workers& workers, const Product* products, int64_t count) {
  thread_local std::vector<Part> parts;
  parts.clear();
  int64_t work = 0;
  for (int64_t i = 0; i < count; i++) {
    cut(products[i], workers.threads(), parts);
    work += products[i].rows * products[i].columns * products[i].inner;
  }
  const Part* all = parts.data();
  const int64_t number = static_cast<int64_t>(parts.size());
  if (work <= SMALL) {
    for (int64_t i = 0; i < number; i++) compute(all[i]);
  } else {
    workers.run(number, [=](int64_t i) { compute(all[i]); });
  }
}

void multiply(const Product& product) {
  if (product.rows == 0 || product.columns == 0) return;
  const int64_t panels = blocks(product.columns, PANEL), most = block_rows(product);
  for (int64_t row = 0; row < product.rows; row += most) {
    compute({&product, row, std::min(most, product.rows - row), 0, panels});
  }
}

}  // namespace hone
