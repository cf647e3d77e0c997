// The router of DeepSeek-V2 and V3 (and, without groups, of Qwen-MoE).
#include <algorithm>
#include <cmath>
#include <vector>

#include "context.h"
#include "product.h"
#include "simd.h"

using namespace hone;

namespace {

constexpr int64_t GRAIN = 16;  // tokens worth a task of their own

// Logits become scores, in place.
void score(float* row, int64_t experts, bool by_sigmoid) {
  if (by_sigmoid) {
    by_lanes(0, experts, [&](int64_t i, int n) { store(row + i, sigmoid(load(row + i, n)), n); });
    return;
  }
  const float most = *std::max_element(row, row + experts);
  by_lanes(0, experts, [&](int64_t i, int n) { store(row + i, exp(load(row + i, n) - broadcast(most)), n); });
  float total = 0;
  for (int64_t i = 0; i < experts; i++) total += row[i];
  for (int64_t i = 0; i < experts; i++) row[i] /= total;
}

// Places of the `count` largest of values, the earlier of equals first.
void largest(const float* values, int64_t size, int64_t count, int32_t* places) {
  for (int64_t rank = 0; rank < count; rank++) {
    int64_t best = -1;
    for (int64_t i = 0; i < size; i++) {
      const bool taken = std::find(places, places + rank, static_cast<int32_t>(i)) != places + rank;
      if (!taken && (best < 0 || values[i] > values[best])) best = i;
    }
    places[rank] = static_cast<int32_t>(best);
  }
}

void mask_groups(float* biased, int64_t experts, const hone_router& r, float* groups, int32_t* kept) {
  const int64_t size = experts / r.groups;
  for (int64_t g = 0; g < r.groups; g++) {
    float best = -__builtin_inff(), second = best;
    for (int64_t e = g * size; e < (g + 1) * size; e++) {
      if (biased[e] > best) {
        second = best;
        best = biased[e];
      } else if (biased[e] > second) {
        second = biased[e];
      }
    }
    groups[g] = r.top_two_sum && size > 1 ? best + second : best;
  }
  largest(groups, r.groups, r.kept_groups, kept);
  const float masked = r.top_two_sum ? -__builtin_inff() : 0.0f;
  for (int64_t g = 0; g < r.groups; g++) {
    if (std::find(kept, kept + r.kept_groups, static_cast<int32_t>(g)) == kept + r.kept_groups) {
      std::fill(biased + g * size, biased + (g + 1) * size, masked);
    }
  }
}

bool possible(const hone_router& r, int64_t experts) {
  return r.top_k >= 1 && r.top_k <= experts && r.groups >= 1 && experts % r.groups == 0 &&
         r.kept_groups >= 1 && r.kept_groups <= r.groups;
}

// What the chosen scores are divided by.
float divisor(const float* scores, const int32_t* chosen, const hone_router& r) {
  if (!r.normalize) return 1.0f;
  float total = 0;
  for (int64_t j = 0; j < r.top_k; j++) total += scores[chosen[j]];
  return total + 1e-20f;
}

}  // namespace

extern "C" {

int hone_route(hone_context* context, int32_t* chosen, float* weights, float* scores, const float* x,
               const float* packed_gate, const float* bias, int64_t tokens, int64_t width,
               int64_t experts, const hone_router* router) {
  const hone_router& r = *router;
  HONE_REQUIRE(possible(r, experts));
  return guarded([&] {
    Product p;
    p.c = scores, p.ldc = experts, p.a = x, p.lda = width, p.panels = packed_gate;
    p.rows = tokens, p.columns = experts, p.inner = width;
    multiply(context->workers, p);
    context->workers.pieces(tokens, GRAIN, [=](int64_t from, int64_t to) {
      thread_local std::vector<float> biased, groups;
      thread_local std::vector<int32_t> kept;
      biased.resize(experts);
      groups.resize(r.groups);
      kept.resize(r.groups);
      for (int64_t token = from; token < to; token++) {
        float* own = scores + token * experts;
        int32_t* choice = chosen + token * r.top_k;
        score(own, experts, r.sigmoid);
        for (int64_t e = 0; e < experts; e++) biased[e] = own[e] + (bias ? bias[e] : 0.0f);
        if (r.groups > 1 && r.kept_groups < r.groups) {
          mask_groups(biased.data(), experts, r, groups.data(), kept.data());
        }
        largest(biased.data(), experts, r.top_k, choice);
        std::sort(choice, choice + r.top_k);
        const float by = divisor(own, choice, r);
        for (int64_t j = 0; j < r.top_k; j++) {
          weights[token * r.top_k + j] = own[choice[j]] / by * r.scale;
        }
      }
    });
  });
}

int hone_route_backward(hone_context* context, float* dlogits, const float* dweights,
                        const float* dscores, const int32_t* chosen, const float* scores,
                        int64_t tokens, int64_t experts, const hone_router* router) {
  const hone_router& r = *router;
  HONE_REQUIRE(possible(r, experts));
  context->workers.pieces(tokens, GRAIN, [=](int64_t from, int64_t to) {
    for (int64_t token = from; token < to; token++) {
      const float* s = scores + token * experts;
      const int32_t* choice = chosen + token * r.top_k;
      float* d = dlogits + token * experts;  // first the gradient by scores, then by logits
      for (int64_t e = 0; e < experts; e++) d[e] = dscores ? dscores[token * experts + e] : 0.0f;
      if (dweights) {
        // w_i = scale s_i / S: d w_i / d s_j = scale ([i = j] S - s_i) / S^2, S = 1 and constant
        // where nothing is normalised.
        const float* dw = dweights + token * r.top_k;
        const float by = divisor(s, choice, r);
        float along = 0;
        for (int64_t j = 0; j < r.top_k; j++) along += dw[j] * s[choice[j]];
        along = r.normalize ? along / by : 0.0f;
        for (int64_t j = 0; j < r.top_k; j++) d[choice[j]] += r.scale * (dw[j] - along) / by;
      }
      if (r.sigmoid) {
        for (int64_t e = 0; e < experts; e++) d[e] *= s[e] * (1.0f - s[e]);
      } else {
        float mean = 0;
        for (int64_t e = 0; e < experts; e++) mean += d[e] * s[e];
        for (int64_t e = 0; e < experts; e++) d[e] = s[e] * (d[e] - mean);
      }
    }
  });
  return HONE_OK;
}

}  // extern "C"
