// Reading memory, and nothing else.
#include "context.h"
#include "simd.h"

using namespace hone;

extern "C" {

int hone_read(hone_context* context, const void* memory, int64_t bytes) {
  HONE_REQUIRE(bytes >= 0);
  constexpr int64_t STREAMS = 4, STEP = 2 * LANES;
  return guarded([&] {
    const float* x = static_cast<const float*>(memory);
    const int64_t size = bytes / static_cast<int64_t>(sizeof(float)), threads = context->workers.threads();
    const int64_t stream = size / threads / STREAMS / STEP * STEP, whole = stream * STREAMS * threads;
    volatile float sink = 0;
    context->workers.run(threads, [&](int64_t i) {
      const float* from = x + i * STREAMS * stream;
      Lanes sums[2 * STREAMS] = {};
      for (int64_t j = 0; j < stream; j += STEP) {
#pragma GCC unroll 4
        for (int64_t s = 0; s < STREAMS; s++) {
          sums[2 * s] = sums[2 * s] + load(from + s * stream + j);
          sums[2 * s + 1] = sums[2 * s + 1] + load(from + s * stream + j + LANES);
        }
      }
      for (const Lanes& each : sums) sink = sum(each);
    });
    for (int64_t j = whole; j < size; j++) sink = x[j];
  });
}

}  // extern "C"
