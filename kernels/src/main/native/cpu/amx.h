// Intel's matrix tiles, where the processor has them, the system grants them, and they give the bits of
// product_blocks.h.
#pragma once

#include <cstdint>

#include "product_tile.h"

namespace hone {

constexpr int64_t BLOCK_PAIRS = 16;   // of the inner dimension, which a tile multiplies at once
constexpr int BLOCK_TILE_ROWS = 32;   // two tiles of 16 rows by two of 16 columns

// Found out once: a product of random numbers on the tiles and in lanes.
bool has_amx();

// While it lives, this thread's tiles are set up for multiply_on_tiles, if wanted and at hand.
class AmxTiles {
 public:
  explicit AmxTiles(bool wanted);
  ~AmxTiles();
  AmxTiles(const AmxTiles&) = delete;
  AmxTiles& operator=(const AmxTiles&) = delete;

 private:
  bool set_;
};

void multiply_on_tiles(const ProductTile<uint32_t>& t, int rows);

}  // namespace hone
