// Panels of weights, as products read them.
#include <algorithm>

#include "product.h"
#include "simd.h"

namespace hone {

namespace {

// Panel `panel` [words, 32], of word(n, k) for row n of w, in blocks of 16 words so that each line of w is read
// once.
template <class Word, class Of>
void pack_panel(Word* panel, int64_t width, int64_t words, const Of& word) {
  for (int64_t first = 0; first < words; first += 16) {
    const int64_t end = std::min<int64_t>(words, first + 16);
    for (int64_t n = 0; n < PANEL; n++) {
      for (int64_t k = first; k < end; k++) panel[k * PANEL + n] = n < width ? word(n, k) : Word{};
    }
  }
}

}  // namespace

void pack_panels(void* panels, const float* w, int64_t ldw, int64_t out, int64_t in, bool bf16, int64_t from, int64_t to) {
  for (int64_t panel = from; panel < to; panel++) {
    const float* rows = w + panel * PANEL * ldw;
    const int64_t width = std::min<int64_t>(PANEL, out - panel * PANEL);
    if (bf16) {
      const int64_t words = (in + 1) / 2;
      pack_panel(static_cast<uint32_t*>(panels) + panel * PANEL * words, width, words, [=](int64_t n, int64_t k) {
        const float* x = rows + n * ldw + 2 * k;
        return bf16_bits(x[0]) << 16 | (2 * k + 1 < in ? bf16_bits(x[1]) : 0u);
      });
    } else {
      pack_panel(static_cast<float*>(panels) + panel * PANEL * in, width, in,
                 [=](int64_t n, int64_t k) { return rows[n * ldw + k]; });
    }
  }
}

void unpack_row(float* row, const void* panels, int64_t in, bool bf16, int64_t index) {
  const int64_t words = bf16 ? (in + 1) / 2 : in, at = index / PANEL * PANEL * words + index % PANEL;
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
