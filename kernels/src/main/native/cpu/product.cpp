#include "product.h"

#include <algorithm>
#include <vector>

#include "simd.h"

namespace hone {

namespace {

// Accumulators of the largest tile: 12 x 2 of the 32 AVX-512 registers. AVX2 has 16 half as wide.
#if defined(__AVX512F__)
constexpr int TILE_ROWS = 12;
#else
constexpr int TILE_ROWS = 3;
#endif
constexpr int BLOCK_INNER = 256;  // a block of a panel, 32 KB, stays in the L1 cache
constexpr int BLOCK_ROWS = 768;   // rows that pass over it from the L2 cache
constexpr int BLOCK_PANELS = 4;   // of an unpacked b are copied at once, whole lines of its rows
constexpr int FEW_ROWS = 16;      // below, b is read once or twice: not worth copying
constexpr int64_t SMALL = 1 << 16;  // multiply-adds below which a second thread costs more than it helps

int64_t blocks(int64_t n, int64_t size) { return (n + size - 1) / size; }

// What one tile needs; a is [ROWS, inner] with row stride lda, or [inner, ROWS] where COLUMNS_OF_A.
struct Tile {
  float* c;
  int64_t ldc;
  const float* a;
  int64_t lda;
  const float* b;
  int64_t ldb;
  const uint32_t* halves;  // instead of b
  int64_t inner;
  bool accumulate;
  const float* bias;
  int width;  // columns wanted: all of the vectors but the last are full
};

template <int ROWS, int VECTORS, bool TAIL, bool COLUMNS_OF_A, bool HALVES>
void multiply_tile(const Tile& t) {
  const int last = t.width - (VECTORS - 1) * LANES;
  auto read = [&](const float* p, int v) {
    return TAIL && v == VECTORS - 1 ? load(p + v * LANES, last) : load(p + v * LANES);
  };
  Lanes acc[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int m = 0; m < ROWS; m++) {
#pragma GCC unroll 8
    for (int v = 0; v < VECTORS; v++) {
      acc[m][v] = t.accumulate ? read(t.c + m * t.ldc, v) : t.bias ? read(t.bias, v) : zeros();
    }
  }
  const float* a = t.a;
  const float* b = t.b;
  const uint32_t* halves = t.halves;
  const int64_t lda = t.lda, ldb = t.ldb;
  for (int64_t k = 0; k < t.inner; k++) {
    Lanes row[2];
    if (HALVES) {
      load_halves(halves, row[0], row[1]);
      halves += LANES;
    } else {
#pragma GCC unroll 8
      for (int v = 0; v < VECTORS; v++) row[v] = read(b, v);
      b += ldb;
    }
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; m++) {
      Lanes x = broadcast(COLUMNS_OF_A ? a[m] : a[m * lda]);
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

using TileFunction = void (*)(const Tile&);

// How a tile reads its operands.
enum Reading { ROWS_OF_A, COLUMNS_OF_A, ROWS_OF_A_HALVES };

template <int ROWS, Reading READING>
TileFunction tile_of(int vectors, bool tail) {
  constexpr bool columns = READING == COLUMNS_OF_A, halves = READING == ROWS_OF_A_HALVES;
  static constexpr TileFunction table[2][2] = {
      {multiply_tile<ROWS, 1, false, columns, halves>, multiply_tile<ROWS, 1, true, columns, halves>},
      {multiply_tile<ROWS, 2, false, columns, halves>, multiply_tile<ROWS, 2, true, columns, halves>}};
  return table[vectors - 1][tail];
}

template <Reading READING>
TileFunction tile_function(int rows, int vectors, bool tail) {
  switch (rows) {
    case 1: return tile_of<1, READING>(vectors, tail);
    case 2: return tile_of<2, READING>(vectors, tail);
    case 3: return tile_of<3, READING>(vectors, tail);
#if defined(__AVX512F__)
    case 4: return tile_of<4, READING>(vectors, tail);
    case 5: return tile_of<5, READING>(vectors, tail);
    case 6: return tile_of<6, READING>(vectors, tail);
    case 7: return tile_of<7, READING>(vectors, tail);
    case 8: return tile_of<8, READING>(vectors, tail);
    case 9: return tile_of<9, READING>(vectors, tail);
    case 10: return tile_of<10, READING>(vectors, tail);
    case 11: return tile_of<11, READING>(vectors, tail);
    case 12: return tile_of<12, READING>(vectors, tail);
#endif
  }
  return nullptr;
}

TileFunction tile_function(int rows, int vectors, bool tail, const Product& p) {
  return p.halves       ? tile_function<ROWS_OF_A_HALVES>(rows, vectors, tail)
         : p.transposed ? tile_function<COLUMNS_OF_A>(rows, vectors, tail)
                        : tile_function<ROWS_OF_A>(rows, vectors, tail);
}

// One row times four panels at once: eight chains hide the latency of one.
template <bool HALVES>
void multiply_row(const Product& p, int64_t panel) {
  constexpr int PANELS = 4;
  const int64_t stride = p.inner * PANEL;
  const float* b = HALVES ? nullptr : p.b + panel * stride;
  const uint32_t* halves = HALVES ? p.halves + panel * stride / 2 : nullptr;
  float* c = p.c + panel * PANEL;
  Lanes acc[2 * PANELS];
#pragma GCC unroll 8
  for (int v = 0; v < 2 * PANELS; v++) {
    acc[v] = p.accumulate ? load(c + v * LANES)
             : p.bias     ? load(p.bias + panel * PANEL + v * LANES)
                          : zeros();
  }
  const int64_t step = p.transposed ? p.lda : 1;
  for (int64_t k = 0; k < p.inner; k++) {
    Lanes x = broadcast(p.a[k * step]);
#pragma GCC unroll 8
    for (int i = 0; i < PANELS; i++) {
      Lanes low, high;
      if (HALVES) {
        load_halves(halves + i * stride / 2 + k * LANES, low, high);
      } else {
        low = load(b + i * stride + k * PANEL);
        high = load(b + i * stride + k * PANEL + LANES);
      }
      acc[2 * i] = fma(x, low, acc[2 * i]);
      acc[2 * i + 1] = fma(x, high, acc[2 * i + 1]);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < 2 * PANELS; v++) store(c + v * LANES, acc[v]);
}

float* scratch(int64_t size) {
  thread_local std::vector<float> memory;
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

// Inner rows [k, k + inner) of a transposed a, so that each tile's numbers lie together: [tiles,
// inner, rows of the tile].
void copy_a_block(float* to, const Part& part, int64_t k, int64_t inner) {
  const Product& p = *part.product;
  constexpr int64_t LINES = 16;  // so many rows of a are read side by side, along all tiles
  for (int64_t first = 0; first < inner; first += LINES) {
    const int64_t end = std::min(inner, first + LINES);
    part.each_tile([&](int64_t row, int rows) {
      float* place = to + (row - part.row) * inner;
      for (int64_t j = first; j < end; j++) {
        store(place + j * rows, load(p.a + (k + j) * p.lda + row, rows), rows);
      }
    });
  }
}

constexpr int64_t AHEAD = 8;

// Inner rows [k, k + inner) of panels [panel, panel + count) of an unpacked b: [count, inner, 32].
void copy_b_block(float* to, const Product& p, int64_t k, int64_t inner, int64_t panel, int64_t count) {
  const int64_t first = panel * PANEL, end = std::min(p.columns, (panel + count) * PANEL);
  for (int64_t j = 0; j < inner; j++) {
    const float* from = p.b + (k + j) * p.ldb;
    // Rows lie pages apart, where the processor does not look ahead by itself.
    const float* later = j + AHEAD < inner ? from + AHEAD * p.ldb : from;
    for (int64_t n = first; n < end; n += LANES) {
      _mm_prefetch(later + n, _MM_HINT_T0);
      float* place = to + (n - first) / PANEL * inner * PANEL + j * PANEL + n % PANEL;
      const int width = static_cast<int>(std::min<int64_t>(LANES, end - n));
      if (p.rounded) {
        for (int i = 0; i < width; i++) place[i] = from_bf16(bf16_bits(from[n + i]));
      } else {
        store(place, load(from + n, width), width);
      }
    }
  }
}

void compute(const Part& part) {
  const Product& p = *part.product;
  const bool in_panels = p.packed || p.halves;
  int64_t start = part.from;
  if (in_panels && part.rows == 1) {
    Product row = p;
    row.a += part.row * (p.transposed ? 1 : p.lda);
    row.c += part.row * p.ldc;
    for (; start + 4 <= part.to && (start + 4) * PANEL <= p.columns; start += 4) {
      p.halves ? multiply_row<true>(row, start) : multiply_row<false>(row, start);
    }
  }
  const bool copy_b = !in_panels && (part.rows > FEW_ROWS || p.rounded);
  const bool copy_a = p.transposed && part.to - start > 1;
  float* own_b = scratch(BLOCK_INNER * (PANEL * BLOCK_PANELS + BLOCK_ROWS));
  float* own_a = own_b + BLOCK_INNER * PANEL * BLOCK_PANELS;
  for (int64_t k = 0; k < p.inner || (k == 0 && p.inner == 0); k += BLOCK_INNER) {
    const int64_t inner = std::min<int64_t>(BLOCK_INNER, p.inner - k);
    if (copy_a) copy_a_block(own_a, part, k, inner);
    for (int64_t n = start; n < part.to; n++) {
      const int64_t place = (n - start) % BLOCK_PANELS;
      if (copy_b && place == 0) {
        copy_b_block(own_b, p, k, inner, n, std::min<int64_t>(BLOCK_PANELS, part.to - n));
      }
      Tile tile{};
      tile.width = static_cast<int>(std::min<int64_t>(PANEL, p.columns - n * PANEL));
      tile.ldb = copy_b || p.packed ? PANEL : p.ldb;
      if (copy_b) {
        tile.b = own_b + place * inner * PANEL;
      } else if (p.halves) {
        tile.halves = p.halves + (n * p.inner + k) * LANES;
      } else {
        tile.b = p.packed ? p.b + (n * p.inner + k) * PANEL : p.b + k * p.ldb + n * PANEL;
      }
      tile.ldc = p.ldc;
      tile.inner = inner;
      tile.accumulate = p.accumulate || k > 0;
      tile.bias = p.bias ? p.bias + n * PANEL : nullptr;
      const int vectors = tile.width > LANES ? 2 : 1;
      const bool tail = tile.width % LANES != 0;
      part.each_tile([&](int64_t row, int rows) {
        tile.c = p.c + row * p.ldc + n * PANEL;
        tile.a = copy_a         ? own_a + (row - part.row) * inner
                 : p.transposed ? p.a + k * p.lda + row
                                : p.a + row * p.lda + k;
        tile.lda = copy_a ? rows : p.lda;
        tile_function(rows, vectors, tail, p)(tile);
      });
    }
  }
}

// Cuts a product into parts enough for the threads: by rows, where a part's rows of a transposed a
// are copied once for all its columns, else by columns. No result depends on the cut.
void cut(const Product& p, int threads, std::vector<Part>& parts) {
  if (p.rows == 0 || p.columns == 0) return;
  const int64_t panels = blocks(p.columns, PANEL);
  int64_t row_blocks = blocks(p.rows, BLOCK_ROWS);
  int64_t wide = panels;
  if (threads > 1 && p.rows * p.columns * p.inner > SMALL) {
    const int64_t wanted = threads * 4;
    if (p.transposed) row_blocks = std::max(row_blocks, std::min(wanted, p.rows / (4 * TILE_ROWS)));
    wide = std::max<int64_t>(1, std::min(panels, panels * row_blocks / wanted));
    if (p.rows == 1) wide = std::max<int64_t>(4, wide / 4 * 4);
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
  const int64_t panels = blocks(product.columns, PANEL);
  for (int64_t row = 0; row < product.rows; row += BLOCK_ROWS) {
    compute({&product, row, std::min<int64_t>(BLOCK_ROWS, product.rows - row), 0, panels});
  }
}

void pack_panels(float* panels, const float* w, int64_t ldw, int64_t out, int64_t in, int64_t from, int64_t to) {
  for (int64_t panel = from; panel < to; panel++) {
    float* p = panels + panel * PANEL * in;
    const int64_t first = panel * PANEL;
    const int64_t width = std::min<int64_t>(PANEL, out - first);
    // In blocks of 16 columns, so that each line of w is read once.
    for (int64_t k0 = 0; k0 < in; k0 += 16) {
      const int64_t end = std::min<int64_t>(in, k0 + 16);
      for (int64_t n = 0; n < PANEL; n++) {
        const float* row = w + (first + n) * ldw;
        for (int64_t k = k0; k < end; k++) p[k * PANEL + n] = n < width ? row[k] : 0.0f;
      }
    }
  }
}

void pack_panels(uint32_t* panels, const float* w, int64_t ldw, int64_t out, int64_t in, int64_t from, int64_t to) {
  for (int64_t panel = from; panel < to; panel++) {
    uint32_t* p = panels + panel * LANES * in;
    const int64_t first = panel * PANEL;
    const int64_t width = std::min<int64_t>(PANEL, out - first);
    for (int64_t k0 = 0; k0 < in; k0 += 16) {
      const int64_t end = std::min<int64_t>(in, k0 + 16);
      for (int64_t n = 0; n < LANES; n++) {
        const float* low = w + (first + n) * ldw;
        const float* high = low + LANES * ldw;
        for (int64_t k = k0; k < end; k++) {
          p[k * LANES + n] = (n < width ? bf16_bits(low[k]) : 0u) | (n + LANES < width ? bf16_bits(high[k]) << 16 : 0u);
        }
      }
    }
  }
}

}  // namespace hone
