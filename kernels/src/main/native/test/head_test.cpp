// The fused head and the sampler.
#include <algorithm>

#include "check.h"

namespace test {

void heads() {
  for (int round = 0; round < 20; round++) {
    const int64_t rows = pick(1, 9), width = pick(1, 6), vocabulary = pick(2, 40), chunk = pick(1, 9);
    const float temperature = round % 2 ? 1.0f : 0.7f;
    Ints targets;
    for (int64_t i = 0; i < rows; i++) targets.push_back(static_cast<int32_t>(pick(0, vocabulary - 1)));
    auto run = [=](hone_context* c, const std::vector<Floats>& x, Floats& log_sums, Floats& scratch) {
      const Floats head = packed(c, x[1], 1, 0, vocabulary * width, vocabulary, width);
      Floats both(2 * rows);
      ok(hone_token_log_probs(c, both.data(), both.data() + rows, log_sums.data(), scratch.data(), x[0].data(), head.data(), targets.data(), rows, width, vocabulary, temperature, chunk, HONE_FP32));
      Floats logits(rows * vocabulary), again(2 * rows);
      ok(hone_linear(c, logits.data(), x[0].data(), head.data(), nullptr, rows, width, vocabulary, HONE_FP32));
      ok(hone_log_probs(c, again.data(), again.data() + rows, logits.data(), targets.data(), rows, vocabulary, temperature));
      if (both != again) die("token_log_probs: other bits than of the logits at hand");
      return both;
    };
    check("token_log_probs", {normal(rows * width), normal(vocabulary * width)},
          [=](const auto& x) { return oracle::log_probs(oracle::linear(x[0], x[1], {}, rows, width, vocabulary), targets, temperature); },
          [=](hone_context* c, const auto& x) {
            Floats log_sums(rows), scratch(chunk * vocabulary);
            return run(c, x, log_sums, scratch);
          },
          [=](hone_context* c, const auto& x, const Floats& dy, auto& d, bool add) {
            Floats log_sums(rows), scratch(chunk * vocabulary);
            const Floats both = run(c, x, log_sums, scratch);
            const Floats head = packed(c, x[1], 1, 0, vocabulary * width, vocabulary, width);
            ok(hone_token_log_probs_backward(c, d[0].data(), d[1].data(), scratch.data(), dy.data(), dy.data() + rows, log_sums.data(), both.data() + rows, x[0].data(), x[1].data(), head.data(), targets.data(), rows, width, vocabulary, temperature, chunk, HONE_FP32, rows <= chunk, add, add));
          });
  }
}

void sampling() {
  for (int round = 0; round < 40; round++) {
    const int64_t vocabulary = pick(1, 900), count = pick(1, 9);
    const float temperature = round % 2 ? 1.0f : 0.6f;
    const Floats logits = normal(3 * vocabulary);
    Ints rows, tokens(count), again(count);
    Array uniforms;
    for (int64_t i = 0; i < count; i++) {
      rows.push_back(static_cast<int32_t>(pick(0, 2)));
      uniforms.push_back(std::uniform_real_distribution<double>()(generator));
    }
    uniforms[0] = round % 3 ? 0.0 : 1.0 - 0x1p-53;
    ok(hone_sample(three, tokens.data(), logits.data(), rows.data(), uniforms.data(), count, vocabulary, temperature));
    ok(hone_sample(one, again.data(), logits.data(), rows.data(), uniforms.data(), count, vocabulary, temperature));
    if (tokens != again) die("sample: three threads, other tokens");
    for (int64_t i = 0; i < count; i++) {
      const float* own = &logits[rows[i] * vocabulary];
      const double most = *std::max_element(own, own + vocabulary);
      double total = 0, below = 0, at = 0;
      for (int64_t j = 0; j < vocabulary; j++) total += std::exp((own[j] - most) / temperature);
      for (int64_t j = 0; j <= tokens[i]; j++) {
        below = at;
        at += std::exp((own[j] - most) / temperature) / total;
      }
      if (tokens[i] < 0 || tokens[i] >= vocabulary || uniforms[i] < below - 1e-6 || uniforms[i] > at + 1e-6) die("sample: another token");
    }
    hash(Floats(tokens.begin(), tokens.end()));
  }
  const Floats broken{0.0f, NAN, 1.0f};
  const Ints row{0};
  const Array uniform{0.5};
  int32_t token = 0;
  ok(hone_sample(one, &token, broken.data(), row.data(), uniform.data(), 1, 3, 1.0f));
  if (token != -1) die("sample: a token of logits that are no numbers");
}

}  // namespace test
