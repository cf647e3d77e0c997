// The tile instructions of amx.cpp as their manual describes them, for processors without: a number at a time.
#pragma once

#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace emulated {

struct Tile {
  uint32_t words[16][16];
};

inline thread_local Tile tiles[8];
inline thread_local bool configured = false;

inline Tile& tile(int index) {
  if (!configured) __builtin_trap();  // as the processor does
  return tiles[index];
}

inline void configure(const void* memory) {
  const auto* bytes = static_cast<const uint8_t*>(memory);
  if (bytes[0] != 1 || bytes[16] != 64 || bytes[48] != 16) __builtin_trap();
  std::memset(tiles, 0, sizeof tiles);
  configured = true;
}
inline void release() { configured = false; }
inline void zero(int index) { std::memset(&tile(index), 0, sizeof(Tile)); }
inline void load(int index, const void* from, int64_t stride) {
  for (int row = 0; row < 16; row++) std::memcpy(tile(index).words[row], static_cast<const char*>(from) + row * stride, 64);
}
inline void store(int index, void* to, int64_t stride) {
  for (int row = 0; row < 16; row++) std::memcpy(static_cast<char*>(to) + row * stride, tile(index).words[row], 64);
}

inline float number(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, 4);
  return x;
}
inline float flushed(float x) { return std::fabs(x) < 0x1p-126f ? std::copysign(0.0f, x) : x; }

inline void multiply_add(int c, int a, int b) {
  for (int m = 0; m < 16; m++) {
    for (int n = 0; n < 16; n++) {
      float sums[2] = {};
      for (int k = 0; k < 16; k++) {
        for (int half = 0; half < 2; half++) {
          const float x = flushed(number(tile(a).words[m][k] >> (16 * half) << 16));
          const float y = flushed(number(tile(b).words[k][n] >> (16 * half) << 16));
          sums[half] = flushed(std::fma(x, y, sums[half]));
        }
      }
      const float sum = flushed(flushed(number(tile(c).words[m][n])) + flushed(sums[0] + sums[1]));
      std::memcpy(&tile(c).words[m][n], &sum, 4);
    }
  }
}

}  // namespace emulated

#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbf16ps
#define _tile_loadconfig emulated::configure
#define _tile_release emulated::release
#define _tile_zero emulated::zero
#define _tile_loadd emulated::load
#define _tile_stored emulated::store
#define _tile_dpbf16ps emulated::multiply_add
