// AdamW (Loshchilov and Hutter, 2019) as torch.optim.AdamW computes it, and the global norm.
#include <cmath>
#include <vector>

#include "context.h"
#include "simd.h"

using namespace hone;

namespace {

constexpr int64_t BLOCK = 1 << 14;  // partial sums are of so many numbers, whoever computes them

double sum_of_squares(const float* x, int64_t size) {
  double lanes[8] = {};
  int64_t i = 0;
  for (; i + 8 <= size; i += 8) {
    for (int lane = 0; lane < 8; lane++) lanes[lane] += static_cast<double>(x[i + lane]) * x[i + lane];
  }
  for (; i < size; i++) lanes[0] += static_cast<double>(x[i]) * x[i];
  double total = 0;
  for (double lane : lanes) total += lane;
  return total;
}

}  // namespace

extern "C" {

int hone_sum_of_squares(hone_context* context, double* sum, const float* x, int64_t size) {
  HONE_REQUIRE(size >= 0);
  return guarded([&] {
    thread_local std::vector<double> partial;
    partial.assign((size + BLOCK - 1) / BLOCK, 0);
    double* partials = partial.data();
    context->workers.run(static_cast<int64_t>(partial.size()), [=](int64_t block) {
      const int64_t from = block * BLOCK;
      partials[block] = sum_of_squares(x + from, size - from < BLOCK ? size - from : BLOCK);
    });
    for (double part : partial) *sum += part;
  });
}

int hone_adamw(hone_context* context, float* p, float* m, float* v, const float* gradient,
               int64_t size, const hone_adamw_step* step) {
  HONE_REQUIRE(size >= 0 && step->step >= 1);
  const Lanes keep = broadcast(static_cast<float>(1 - step->learning_rate * step->weight_decay));
  const Lanes scale = broadcast(static_cast<float>(step->gradient_scale));
  const Lanes beta2 = broadcast(static_cast<float>(step->beta2));
  const Lanes to_first = broadcast(static_cast<float>(1 - step->beta1));
  const Lanes to_second = broadcast(static_cast<float>(1 - step->beta2));
  const Lanes size_of_step = broadcast(
      static_cast<float>(step->learning_rate / (1 - std::pow(step->beta1, step->step))));
  const Lanes root_correction =
      broadcast(static_cast<float>(std::sqrt(1 - std::pow(step->beta2, step->step))));
  const Lanes epsilon = broadcast(static_cast<float>(step->epsilon));
  context->workers.pieces(size, BLOCK, [=](int64_t from, int64_t to) {
    by_lanes(from, to, [&](int64_t i, int n) {
      Lanes g = gradient ? load(gradient + i, n) * scale : zeros();
      Lanes mean = load(m + i, n);
      mean = mean + (g - mean) * to_first;
      Lanes square = load(v + i, n) * beta2 + g * g * to_second;
      store(m + i, mean, n);
      store(v + i, square, n);
      Lanes change = mean / (sqrt(square) / root_correction + epsilon);
      store(p + i, load(p + i, n) * keep - size_of_step * change, n);
    });
  });
  return HONE_OK;
}

}  // extern "C"
