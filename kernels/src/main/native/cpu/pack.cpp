// Panels of weights, as products read them.
#include <algorithm>

#include "pairs.h"
#include "product.h"
#include "simd.h"

namespace hone {

namespace {

// Sixteen words from word k of a row on, as fp32 lanes, of which `count` are there.
Lanes words_of(const float* row, int64_t k, int count, bool bf16, int64_t in) {
  if (!bf16) return load(row + k, count);
  const float* x = row + 2 * k;
  const int numbers = static_cast<int>(std::clamp<int64_t>(in - 2 * k, 0, 2 * count)), first = std::min(LANES, numbers);
  return as_lanes(pair_neighbours(load(x, first), numbers > LANES ? load(x + LANES, numbers - LANES) : zeros()));
}

}  // namespace

void pack_panels(void* panels, const float* w, int64_t ldw, int64_t out, int64_t in, bool bf16, int64_t from, int64_t to) {
  const int64_t words = panel_words(in, bf16);
  for (int64_t n = from * PANEL; n < to * PANEL; n += LANES) {
    float* place = static_cast<float*>(panels) + n / PANEL * PANEL * words + n % PANEL;
    by_lanes(0, words, [&](int64_t k, int count) {
      Lanes rows[LANES];
      for (int i = 0; i < LANES; i++) {
        rows[i] = n + i < out ? words_of(w + (n + i) * ldw, k, count, bf16, in) : zeros();
      }
      transpose(rows);
      for (int i = 0; i < count; i++) store(place + (k + i) * PANEL, rows[i]);
    });
  }
}

void unpack_row(float* row, const void* panels, int64_t in, bool bf16, int64_t index) {
  const int64_t words = panel_words(in, bf16), at = index / PANEL * PANEL * words + index % PANEL;
  for (int64_t k = 0; k < in; k++) {
    if (bf16) {
      const uint32_t word = static_cast<const uint32_t*>(panels)[at + k / 2 * PANEL];
      row[k] = from_bf16(k % 2 ? word & 0xFFFFu : word >> 16);
    } else {
      row[k] = static_cast<const float*>(panels)[at + k * PANEL];
    }
  }
}

}  // namespace hone
