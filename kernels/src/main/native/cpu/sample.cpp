// Draws from softmax(logits / temperature) through the inverse of its cumulative distribution.
#include <algorithm>
#include <cmath>
#include <vector>

#include "context.h"
#include "simd.h"

using namespace hone;

namespace {

constexpr int64_t BLOCK = 256;  // sums of so many weights are compared before single weights are
constexpr int64_t CHAINS = 16;

class Row {
 public:
  Row(const float* logits, int64_t vocabulary, float temperature)
      : logits_(logits), vocabulary_(vocabulary), inverse_(1.0f / temperature) {
    Lanes most = broadcast(-__builtin_inff());
    int64_t i = 0;
    for (; i + LANES <= vocabulary; i += LANES) most = max(most, load(logits + i));
    highest_ = max(most);
    for (; i < vocabulary; i++) highest_ = std::max(highest_, logits[i]);
  }

  // Sum of the weights of one block, of which `weights` gets each, and zeros beyond. In chains side by side, the same for
  // every instruction set.
  double block(int64_t first, float* weights) const {
    std::fill(weights, weights + BLOCK, 0.0f);
    by_lanes(first, end_of(first), [&](int64_t i, int n) {
      store(weights + i - first, exp((load(logits_ + i, n) - broadcast(highest_)) * broadcast(inverse_)), n);
    });
    double chains[CHAINS] = {};
    for (int64_t i = 0; i < BLOCK; i += CHAINS) {
      for (int64_t chain = 0; chain < CHAINS; chain++) chains[chain] += weights[i + chain];
    }
    for (int64_t half = CHAINS / 2; half > 0; half /= 2) {
      for (int64_t chain = 0; chain < half; chain++) chains[chain] += chains[chain + half];
    }
    return chains[0];
  }

  int32_t draw(double uniform) const {
    thread_local std::vector<double> sums;
    sums.clear();
    float weights[BLOCK];
    double total = 0;
    for (int64_t first = 0; first < vocabulary_; first += BLOCK) {
      sums.push_back(block(first, weights));
      total += sums.back();
    }
    // The likeliest token weighs 1; a NaN anywhere is a NaN here.
    if (!(total >= 1) || std::isinf(total)) return -1;
    const double target = uniform * total;
    double sum = 0;
    int32_t last = 0;
    for (int64_t first = 0; first < vocabulary_; first += BLOCK) {
      const double own = sums[first / BLOCK];
      const bool final = first + BLOCK >= vocabulary_;
      if (sum + own <= target && !final) {
        sum += own;
        continue;
      }
      block(first, weights);
      for (int64_t i = first; i < end_of(first); i++) {
        sum += weights[i - first];
        if (weights[i - first] > 0) {
          last = static_cast<int32_t>(i);
          if (sum > target) return last;
        }
      }
      // Rounding left the target at the border: the next block's first token, or the last of all.
    }
    return last;
  }

 private:
  int64_t end_of(int64_t first) const { return std::min(vocabulary_, first + BLOCK); }

  const float* logits_;
  int64_t vocabulary_;
  float inverse_, highest_;
};

}  // namespace

extern "C" {

int hone_sample(hone_context* context, int32_t* tokens, const float* logits, const int32_t* rows,
                const double* uniforms, int64_t count, int64_t vocabulary, float temperature) {
  HONE_REQUIRE(count >= 0 && vocabulary > 0 && temperature > 0);
  context->workers.pieces(count, 16384 / vocabulary + 1, [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      tokens[i] = Row(logits + rows[i] * vocabulary, vocabulary, temperature).draw(uniforms[i]);
    }
  });
  return HONE_OK;
}

}  // extern "C"
