// Log-probabilities of tokens and entropies, from logits or fused with the head.
//
// With z = (l - max l) / T and Z = sum e^z: log p = z - log Z and H = log Z - sum e^z z / Z. The
// gradient by the logits is
//
//     d l_j = (dlogp ([j = target] - p_j) - dH p_j (log p_j + H)) / T.
#include <algorithm>
#include <cmath>

#include "context.h"
#include "product.h"
#include "simd.h"

using namespace hone;

namespace {

constexpr int64_t BLOCK = 4096;  // fp32 sums are of so many numbers; blocks add up in fp64
constexpr float NEVER = -1e30f;  // stands beyond the last logit: finite, and of no weight

struct RowLogProbs {
  float log_prob, entropy, log_sum;  // log_sum: of e^(l / T)
};

RowLogProbs row_log_probs(const float* logits, int32_t target, int64_t vocabulary, float temperature) {
  const float inverse = 1.0f / temperature;
  Lanes most = broadcast(NEVER);
  by_lanes(0, vocabulary, [&](int64_t i, int n) { most = max(most, load(logits + i, n, NEVER)); });
  const float highest = max(most);
  double total = 0, weighted = 0;
  for (int64_t block = 0; block < vocabulary; block += BLOCK) {
    Lanes sums = zeros(), products = zeros();
    by_lanes(block, std::min(vocabulary, block + BLOCK), [&](int64_t i, int n) {
      const Lanes z = (load(logits + i, n, NEVER) - broadcast(highest)) * broadcast(inverse);
      const Lanes weight = exp(z);
      sums = sums + weight;
      products = fma(weight, z, products);
    });
    total += sum(sums);
    weighted += sum(products);
  }
  const double log_total = std::log(total);
  const double z = static_cast<double>(logits[target] - highest) * inverse;
  return {static_cast<float>(z - log_total), static_cast<float>(log_total - weighted / total),
          static_cast<float>(static_cast<double>(highest) * inverse + log_total)};
}

// Logits of one row become their gradient.
void row_backward(float* logits, int32_t target, int64_t vocabulary, float temperature, float log_sum,
                  float entropy, float d_log_prob, float d_entropy) {
  const float inverse = 1.0f / temperature;
  const Lanes shift = broadcast(-(d_log_prob + d_entropy * entropy) * inverse);
  const Lanes slope = broadcast(-d_entropy * inverse);
  by_lanes(0, vocabulary, [&](int64_t i, int n) {
    const Lanes log_p = load(logits + i, n) * broadcast(inverse) - broadcast(log_sum);
    store(logits + i, exp(log_p) * fma(slope, log_p, shift), n);
  });
  logits[target] += d_log_prob * inverse;
}

Product logits_of(float* logits, const float* hidden, const void* packed_head, int64_t rows,
                  int64_t width, int64_t vocabulary, int32_t dtype) {
  Product p;
  p.c = logits, p.ldc = vocabulary, p.a = hidden, p.lda = width;
  p.panels = packed_head, p.dtype = dtype;
  p.rows = rows, p.columns = vocabulary, p.inner = width;
  return p;
}

bool all_within(const int32_t* targets, int64_t rows, int64_t vocabulary) {
  return std::all_of(targets, targets + rows, [=](int32_t t) { return t >= 0 && t < vocabulary; });
}

}  // namespace

extern "C" {

int hone_log_probs(hone_context* context, float* log_probs, float* entropies, const float* logits,
                   const int32_t* targets, int64_t rows, int64_t vocabulary, float temperature) {
  HONE_REQUIRE(vocabulary > 0 && temperature > 0);
  HONE_REQUIRE(all_within(targets, rows, vocabulary));
  context->workers.pieces(rows, 16384 / vocabulary + 1, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const RowLogProbs r = row_log_probs(logits + row * vocabulary, targets[row], vocabulary, temperature);
      log_probs[row] = r.log_prob;
      entropies[row] = r.entropy;
    }
  });
  return HONE_OK;
}

int hone_token_log_probs(hone_context* context, float* log_probs, float* entropies, float* log_sums,
                         float* scratch, const float* hidden, const void* packed_head,
                         const int32_t* targets, int64_t rows, int64_t width, int64_t vocabulary,
                         float temperature, int64_t chunk, int32_t dtype) {
  HONE_REQUIRE(width > 0 && vocabulary > 0 && chunk > 0 && temperature > 0);
  HONE_REQUIRE(all_within(targets, rows, vocabulary));
  return guarded([&] {
    for (int64_t first = 0; first < rows; first += chunk) {
      const int64_t count = std::min(chunk, rows - first);
      multiply(context->workers, logits_of(scratch, hidden + first * width, packed_head, count, width, vocabulary, dtype));
      context->workers.pieces(count, 16384 / vocabulary + 1, [=](int64_t from, int64_t to) {
        for (int64_t i = from; i < to; i++) {
          const int64_t row = first + i;
          const RowLogProbs r = row_log_probs(scratch + i * vocabulary, targets[row], vocabulary, temperature);
          log_probs[row] = r.log_prob;
          entropies[row] = r.entropy;
          if (log_sums) log_sums[row] = r.log_sum;
        }
      });
    }
  });
}

int hone_token_log_probs_backward(hone_context* context, float* dhidden, float* dhead,
                                  float* scratch, const float* d_log_probs,
                                  const float* d_entropies, const float* log_sums,
                                  const float* entropies, const float* hidden, const float* head,
                                  const void* packed_head, const int32_t* targets, int64_t rows,
                                  int64_t width, int64_t vocabulary, float temperature,
                                  int64_t chunk, int32_t dtype, int32_t logits_kept,
                                  int32_t accumulate_hidden, int32_t accumulate_head) {
  HONE_REQUIRE(width > 0 && vocabulary > 0 && chunk > 0 && temperature > 0);
  HONE_REQUIRE(all_within(targets, rows, vocabulary));
  HONE_REQUIRE(!logits_kept || rows <= chunk);
  return guarded([&] {
    for (int64_t first = 0; first < rows; first += chunk) {
      const int64_t count = std::min(chunk, rows - first);
      const float* own = hidden + first * width;
      if (!logits_kept) {
        multiply(context->workers, logits_of(scratch, own, packed_head, count, width, vocabulary, dtype));
      }
      context->workers.pieces(count, 16384 / vocabulary + 1, [=](int64_t from, int64_t to) {
        for (int64_t i = from; i < to; i++) {
          const int64_t row = first + i;
          row_backward(scratch + i * vocabulary, targets[row], vocabulary, temperature, log_sums[row],
                       entropies[row], d_log_probs[row], d_entropies ? d_entropies[row] : 0.0f);
        }
      });
      if (dhidden) {
        Product p;
        p.c = dhidden + first * width, p.ldc = width, p.a = scratch, p.lda = vocabulary;
        p.b = head, p.ldb = width, p.dtype = dtype, p.accumulate = accumulate_hidden;
        p.rows = count, p.columns = width, p.inner = vocabulary;
        multiply(context->workers, p);
      }
      if (dhead) {
        Product p;
        p.c = dhead, p.ldc = width, p.a = scratch, p.lda = vocabulary, p.transposed = true;
        p.b = own, p.ldb = width, p.dtype = dtype, p.accumulate = accumulate_head || first > 0;
        p.rows = vocabulary, p.columns = width, p.inner = count;
        multiply(context->workers, p);
      }
    }
  });
}

}  // extern "C"
