// silu(gate) * up (Shazeer, 2020).
#include "context.h"
#include "simd.h"

using namespace hone;

extern "C" {

int hone_swiglu(hone_context* context, float* y, const float* gate_up, int64_t rows,
                int64_t width) {
  HONE_REQUIRE(rows >= 0 && width > 0);
  context->workers.pieces(rows, 8192 / width + 1, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float* gate = gate_up + row * 2 * width;
      const float* up = gate + width;
      by_lanes(0, width, [&](int64_t i, int n) {
        Lanes g = load(gate + i, n);
        store(y + row * width + i, g * sigmoid(g) * load(up + i, n), n);
      });
    }
  });
  return HONE_OK;
}

int hone_swiglu_backward(hone_context* context, float* dgate_up, const float* dy,
                         const float* gate_up, int64_t rows, int64_t width, int32_t accumulate) {
  HONE_REQUIRE(rows >= 0 && width > 0);
  context->workers.pieces(rows, 8192 / width + 1, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float* gate = gate_up + row * 2 * width;
      const float* up = gate + width;
      float* dgate = dgate_up + row * 2 * width;
      float* dup = dgate + width;
      by_lanes(0, width, [&](int64_t i, int n) {
        Lanes g = load(gate + i, n), s = sigmoid(g), d = load(dy + row * width + i, n);
        // silu'(g) = s (1 + g (1 - s))
        Lanes slope = s * fma(g, broadcast(1.0f) - s, broadcast(1.0f));
        Lanes by_gate = d * load(up + i, n) * slope;
        Lanes by_up = d * g * s;
        store(dgate + i, accumulate ? load(dgate + i, n) + by_gate : by_gate, n);
        store(dup + i, accumulate ? load(dup + i, n) + by_up : by_up, n);
      });
    }
  });
  return HONE_OK;
}

}  // extern "C"
