// Rows in order of expert, and back.
#include <algorithm>
#include <vector>

#include "context.h"
#include "simd.h"

using namespace hone;

namespace {

int64_t grain(int64_t top_k, int64_t width) { return 8192 / (top_k * width + 1) + 1; }

}  // namespace

extern "C" {

int hone_dispatch(hone_context*, int32_t* offsets, int32_t* row_of_choice, int32_t* token_of_row,
                  const int32_t* chosen, int64_t tokens, int64_t top_k, int64_t experts) {
  HONE_REQUIRE(top_k > 0 && experts > 0);
  const int64_t choices = tokens * top_k;
  for (int64_t i = 0; i < choices; i++) HONE_REQUIRE(chosen[i] >= 0 && chosen[i] < experts);
  return guarded([&] {
    thread_local std::vector<int32_t> next;
    std::fill(offsets, offsets + experts + 1, 0);
    for (int64_t i = 0; i < choices; i++) offsets[chosen[i] + 1]++;
    for (int64_t e = 0; e < experts; e++) offsets[e + 1] += offsets[e];
    next.assign(offsets, offsets + experts);
    for (int64_t i = 0; i < choices; i++) {
      const int32_t row = next[chosen[i]]++;
      row_of_choice[i] = row;
      token_of_row[row] = static_cast<int32_t>(i / top_k);
    }
  });
}

int hone_permute_backward(hone_context* context, float* dx, const float* drows,
                          const int32_t* row_of_choice, int64_t tokens, int64_t top_k,
                          int64_t width, int32_t accumulate) {
  HONE_REQUIRE(top_k > 0 && width > 0);
  context->workers.pieces(tokens, grain(top_k, width), [=](int64_t from, int64_t to) {
    for (int64_t token = from; token < to; token++) {
      by_lanes(0, width, [&](int64_t i, int n) {
        float* at = dx + token * width + i;
        Lanes total = accumulate ? load(at, n) : zeros();
        for (int64_t j = 0; j < top_k; j++) {
          total = total + load(drows + row_of_choice[token * top_k + j] * width + i, n);
        }
        store(at, total, n);
      });
    }
  });
  return HONE_OK;
}

int hone_unpermute(hone_context* context, float* y, const float* rows, const float* weights,
                   const int32_t* row_of_choice, int64_t tokens, int64_t top_k, int64_t width) {
  HONE_REQUIRE(top_k > 0 && width > 0);
  context->workers.pieces(tokens, grain(top_k, width), [=](int64_t from, int64_t to) {
    for (int64_t token = from; token < to; token++) {
      by_lanes(0, width, [&](int64_t i, int n) {
        Lanes total = zeros();
        for (int64_t j = token * top_k; j < (token + 1) * top_k; j++) {
          total = fma(broadcast(weights[j]), load(rows + row_of_choice[j] * width + i, n), total);
        }
        store(y + token * width + i, total, n);
      });
    }
  });
  return HONE_OK;
}

int hone_unpermute_backward(hone_context* context, float* drows, float* dweights, const float* dy,
                            const float* rows, const float* weights, const int32_t* row_of_choice,
                            int64_t tokens, int64_t top_k, int64_t width, int32_t accumulate_rows,
                            int32_t accumulate_weights) {
  HONE_REQUIRE(top_k > 0 && width > 0);
  context->workers.pieces(tokens, grain(top_k, width), [=](int64_t from, int64_t to) {
    for (int64_t j = from * top_k; j < to * top_k; j++) {
      const float* up = dy + j / top_k * width;
      const int64_t row = row_of_choice[j] * width;
      const Lanes weight = broadcast(weights[j]);
      Lanes total = zeros();
      by_lanes(0, width, [&](int64_t i, int n) {
        const Lanes d = load(up + i, n);
        total = fma(d, load(rows + row + i, n), total);
        if (drows) {
          const Lanes value = weight * d;
          store(drows + row + i, accumulate_rows ? load(drows + row + i, n) + value : value, n);
        }
      });
      if (dweights) dweights[j] = accumulate_weights ? dweights[j] + sum(total) : sum(total);
    }
  });
  return HONE_OK;
}

}  // extern "C"
