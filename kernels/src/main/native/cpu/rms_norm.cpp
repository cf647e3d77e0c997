// y = x * rsqrt(mean(x^2) + epsilon) * gain.
#include <algorithm>
#include <cmath>

#include "context.h"
#include "simd.h"

using namespace hone;

namespace {

constexpr int64_t GRAIN = 1 << 14;

int64_t grain(int64_t width) { return GRAIN / (width + 1) + 1; }

// Sum of a[i] b[i] c[i]: four chains a lane in turn, which hide one another's latency; then the
// chains and the lanes as trees.
template <class Term>
float sum_of(int64_t width, const Term& add) {
  Lanes total[4] = {zeros(), zeros(), zeros(), zeros()};
  int64_t i = 0;
  for (; i + 4 * LANES <= width; i += 4 * LANES) {
#pragma GCC unroll 4
    for (int chain = 0; chain < 4; chain++) total[chain] = add(i + chain * LANES, LANES, total[chain]);
  }
  by_lanes(i, width, [&](int64_t j, int n) { total[0] = add(j, n, total[0]); });
  return sum((total[0] + total[1]) + (total[2] + total[3]));
}

float dot(const float* a, const float* b, int64_t width) {
  return sum_of(width, [=](int64_t i, int n, Lanes total) {
    return fma(load(a + i, n), load(b + i, n), total);
  });
}

float dot(const float* a, const float* b, const float* c, int64_t width) {
  return sum_of(width, [=](int64_t i, int n, Lanes total) {
    return fma(load(a + i, n) * load(b + i, n), load(c + i, n), total);
  });
}

}  // namespace

extern "C" {

int hone_rms_norm(hone_context* context, float* y, float* scales, const float* x, const float* gain,
                  int64_t rows, int64_t width, float epsilon) {
  HONE_REQUIRE(rows >= 0 && width > 0);
  context->workers.pieces(rows, grain(width), [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float* in = x + row * width;
      float* out = y + row * width;
      const float scale = 1.0f / std::sqrt(dot(in, in, width) / static_cast<float>(width) + epsilon);
      if (scales) scales[row] = scale;
      const Lanes factor = broadcast(scale);
      by_lanes(0, width, [&](int64_t i, int n) {
        store(out + i, load(in + i, n) * factor * load(gain + i, n), n);
      });
    }
  });
  return HONE_OK;
}

int hone_rms_norm_backward(hone_context* context, float* dx, float* dgain, const float* dy,
                           const float* x, const float* gain, const float* scales, int64_t rows,
                           int64_t width, int32_t accumulate_x, int32_t accumulate_gain) {
  HONE_REQUIRE(rows >= 0 && width > 0);
  if (dx) {
    // With s the row's scale and g = dy * gain: dx = s g - x s^3 mean(g x).
    context->workers.pieces(rows, grain(width), [=](int64_t from, int64_t to) {
      for (int64_t row = from; row < to; row++) {
        const float* in = x + row * width;
        const float* up = dy + row * width;
        float* out = dx + row * width;
        const float s = scales[row];
        const Lanes along = broadcast(-s * s * s * dot(up, in, gain, width) / static_cast<float>(width));
        const Lanes factor = broadcast(s);
        by_lanes(0, width, [&](int64_t i, int n) {
          Lanes value = fma(load(in + i, n), along, load(up + i, n) * load(gain + i, n) * factor);
          store(out + i, accumulate_x ? load(out + i, n) + value : value, n);
        });
      }
    });
  }
  if (dgain) {
    context->workers.pieces((width + LANES - 1) / LANES, 4, [=](int64_t from, int64_t to) {
      by_lanes(from * LANES, std::min(width, to * LANES), [&](int64_t i, int n) {
        Lanes total = accumulate_gain ? load(dgain + i, n) : zeros();
        for (int64_t row = 0; row < rows; row++) {
          const int64_t at = row * width + i;
          total = fma(load(dy + at, n) * broadcast(scales[row]), load(x + at, n), total);
        }
        store(dgain + i, total, n);
      });
    });
  }
  return HONE_OK;
}

}  // extern "C"
