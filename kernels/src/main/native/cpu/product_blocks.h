// Products in the order of AMX's tiles (TDPBF16PS; Intel, Architecture Instruction Set Extensions, 319433). The inner
// dimension goes in blocks of 16 pairs from its beginning, zeros beyond its end, and a block has one chain of the
// earlier and one of the later numbers of its pairs:
//
//     for each block: earlier = later = 0
//                     for each of its pairs: earlier = fma(a.high, b.high, earlier), later = fma(a.low, b.low, later)
//                     c = c + (earlier + later)
//
// Subnormal numbers count as zero throughout. Here with plain multiply-adds, on any processor; amx.h has the tiles.
#pragma once

#include <algorithm>
#include <cstdint>

#include "amx.h"
#include "pairs.h"
#include "product_tile.h"

namespace hone {

// ROWS rows of a tile, by 16 columns; FlushSubnormals holds.
template <int ROWS>
void multiply_blocks_of(const ProductTile<uint32_t>& t, int row, int column) {
  const int width = std::min(LANES, t.width - column);
  float* c = t.c + row * t.ldc + column;
  const uint32_t* a = t.a + row * t.lda;
  Lanes acc[ROWS];
  for (int m = 0; m < ROWS; m++) {
    acc[m] = t.accumulate ? load(c + m * t.ldc, width) : t.bias ? load(t.bias + column, width) : zeros();
  }
  for (int64_t block = 0; block < t.inner; block += BLOCK_PAIRS) {
    Lanes earlier[ROWS] = {}, later[ROWS] = {};
    for (int64_t k = block; k < block + BLOCK_PAIRS; k++) {
      const Pairs words = load(t.b + k * t.ldb + column);
      const Lanes high = high_halves(words), low = low_halves(words);
#pragma GCC unroll 4
      for (int m = 0; m < ROWS; m++) {
        const Pairs x = broadcast(a[m * t.lda + k]);
        earlier[m] = fma(high_halves(x), high, earlier[m]);
        later[m] = fma(low_halves(x), low, later[m]);
      }
    }
    for (int m = 0; m < ROWS; m++) acc[m] = acc[m] + (earlier[m] + later[m]);
  }
  for (int m = 0; m < ROWS; m++) store(c + m * t.ldc, acc[m], width);
}

// As the tiles would, but without them.
inline void multiply_blocks_in_lanes(const ProductTile<uint32_t>& t, int rows) {
  for (int column = 0; column < t.width; column += LANES) {
    int row = 0;
    for (; row + 4 <= rows; row += 4) multiply_blocks_of<4>(t, row, column);
    for (; row < rows; row++) multiply_blocks_of<1>(t, row, column);
  }
}

// A tile of at most BLOCK_TILE_ROWS rows, whose a is a row of words of whole blocks; rows of a past the last are
// there, with anything in them.
inline void multiply_blocks(const ProductTile<uint32_t>& t, int rows) {
  if (has_amx()) {
    multiply_on_tiles(t, rows);
  } else {
    multiply_blocks_in_lanes(t, rows);
  }
}

}  // namespace hone
