#include "amx.h"

#include <cstring>

#include "product_blocks.h"

#if defined(HONE_EMULATED_TILES)
#include "emulated_tiles.h"
#elif defined(__AVX512BF16__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace hone {

#if defined(HONE_EMULATED_TILES) || (defined(__AVX512BF16__) && __has_include(<amxtileintrin.h>))

namespace {

constexpr int SIDE = 16;  // rows of a tile, and its columns of 4 bytes

// The memory that LDTILECFG reads: palette 1, all eight tiles of 16 rows of 64 bytes.
struct alignas(64) TileConfiguration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE};
};

#if defined(HONE_EMULATED_TILES)

#define WITH_TILES
bool granted() { return true; }

#else

#define WITH_TILES __attribute__((target("amx-tile,amx-bf16")))


bool granted() {
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned AMX_BF16 = 1u << 22, AMX_TILE = 1u << 24;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(edx & AMX_BF16) || !(edx & AMX_TILE)) return false;
  constexpr long REQUEST_PERMISSION = 0x1023, TILE_DATA = 18;  // asm/prctl.h: ARCH_REQ_XCOMP_PERM
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

#endif

WITH_TILES void set_up() {
  static const TileConfiguration configuration;
  _tile_loadconfig(&configuration);
}

WITH_TILES void release() { _tile_release(); }

// Tiles 0 to 3 are c's quarters, 4 and 5 a's halves, 6 and 7 b's.
WITH_TILES void multiply_quarters(float* c, int64_t ldc, bool accumulate, const ProductTile<uint32_t>& t, bool low, bool right) {
  const int64_t c_bytes = ldc * 4, a_bytes = t.lda * 4, b_bytes = t.ldb * 4;
  if (accumulate) {
    _tile_loadd(0, c, c_bytes);
    if (right) _tile_loadd(1, c + SIDE, c_bytes);
    if (low) _tile_loadd(2, c + SIDE * ldc, c_bytes);
    if (low && right) _tile_loadd(3, c + SIDE * ldc + SIDE, c_bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t k = 0; k < t.inner; k += BLOCK_PAIRS) {
    const uint32_t* b = t.b + k * t.ldb;
    _tile_loadd(6, b, b_bytes);
    _tile_loadd(4, t.a + k, a_bytes);
    _tile_dpbf16ps(0, 4, 6);
    if (low) {
      _tile_loadd(5, t.a + SIDE * t.lda + k, a_bytes);
      _tile_dpbf16ps(2, 5, 6);
    }
    if (right) {
      _tile_loadd(7, b + SIDE, b_bytes);
      _tile_dpbf16ps(1, 4, 7);
      if (low) _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, c, c_bytes);
  if (right) _tile_stored(1, c + SIDE, c_bytes);
  if (low) _tile_stored(2, c + SIDE * ldc, c_bytes);
  if (low && right) _tile_stored(3, c + SIDE * ldc + SIDE, c_bytes);
}

// A product of random numbers, on the tiles and in lanes.
bool agree() {
  constexpr int64_t pairs = 3 * BLOCK_PAIRS;
  constexpr int rows = 29, width = 23;
  uint32_t a[BLOCK_TILE_ROWS * pairs], b[pairs * PANEL], state = 1;
  auto word = [&] {
    auto next = [&] { return static_cast<float>(static_cast<int32_t>(state = state * 1664525u + 1013904223u)) * 0x1p-31f; };
    const float scale = state % 5 ? 1.0f : 0x1p-70f;  // whose products are subnormal
    return pair(next() * scale, next() * scale);
  };
  for (uint32_t& x : a) x = word();
  for (uint32_t& x : b) x = word();
  float in_lanes[BLOCK_TILE_ROWS * PANEL] = {}, on_tiles[BLOCK_TILE_ROWS * PANEL] = {};
  for (int i = 0; i < BLOCK_TILE_ROWS * PANEL; i++) in_lanes[i] = on_tiles[i] = from_bf16(word() >> 16);
  ProductTile<uint32_t> t{};
  t.ldc = PANEL, t.a = a, t.lda = pairs, t.b = b, t.ldb = PANEL, t.inner = pairs, t.width = width, t.accumulate = true;
  const FlushSubnormals flush;
  t.c = in_lanes;
  multiply_blocks_in_lanes(t, rows);
  set_up();
  t.c = on_tiles;
  multiply_on_tiles(t, rows);
  release();
  return std::memcmp(in_lanes, on_tiles, sizeof in_lanes) == 0;
}

}  // namespace

bool has_amx() {
  static const bool found = granted() && agree();
  return found;
}

AmxTiles::AmxTiles(bool wanted) : set_(wanted && has_amx()) {
  if (set_) set_up();
}

AmxTiles::~AmxTiles() {
  if (set_) release();
}

void multiply_on_tiles(const ProductTile<uint32_t>& t, int rows) {
  const bool low = rows > SIDE, right = t.width > SIDE;
  const bool whole = rows % SIDE == 0 && t.width % SIDE == 0;
  if (whole && (t.accumulate || !t.bias)) return multiply_quarters(t.c, t.ldc, t.accumulate, t, low, right);
  alignas(64) float c[BLOCK_TILE_ROWS * PANEL];
  for (int m = 0; m < rows; m++) {
    const float* from = t.accumulate ? t.c + m * t.ldc : t.bias;
    if (from) {
      std::memcpy(c + m * PANEL, from, t.width * sizeof(float));
    } else {
      std::memset(c + m * PANEL, 0, t.width * sizeof(float));
    }
  }
  multiply_quarters(c, PANEL, true, t, low, right);
  for (int m = 0; m < rows; m++) std::memcpy(t.c + m * t.ldc, c + m * PANEL, t.width * sizeof(float));
}

#else

bool has_amx() { return false; }
AmxTiles::AmxTiles(bool) : set_(false) {}
AmxTiles::~AmxTiles() {}
void multiply_on_tiles(const ProductTile<uint32_t>&, int) {}

#endif

}  // namespace hone

extern "C" int32_t hone_has_amx(void) { return hone::has_amx() ? 1 : 0; }
