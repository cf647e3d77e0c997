// AdamW and the norm of gradients.
#include <algorithm>

#include "check.h"

namespace test {

void optimizer() {
  const int64_t size = 40000;
  Floats p = normal(size), m(size), v(size);
  Array ep = doubles(p), em(size), ev(size);
  for (int step = 1; step <= 3; step++) {
    const Floats g = normal(size);
    const hone_adamw_step s{0.9, 0.95, 1e-8, 0.01, 0.1, 0.5, step};
    ok(hone_adamw(three, p.data(), m.data(), v.data(), step == 2 ? nullptr : g.data(), size, &s));
    for (int64_t i = 0; i < size; i++) {
      const double gradient = step == 2 ? 0 : g[i] * 0.5;
      em[i] = 0.9 * em[i] + 0.1 * gradient;
      ev[i] = 0.95 * ev[i] + 0.05 * gradient * gradient;
      ep[i] -= 0.01 * 0.1 * ep[i];
      ep[i] -= 0.01 * em[i] / (1 - std::pow(0.9, step)) / (std::sqrt(ev[i] / (1 - std::pow(0.95, step))) + 1e-8);
    }
    double sum = 0, alone = 0, exact = 0;
    ok(hone_sum_of_squares(three, &sum, g.data(), size));
    ok(hone_sum_of_squares(one, &alone, g.data(), size));
    for (float value : g) exact += static_cast<double>(value) * value;
    if (sum != alone || std::abs(sum - exact) > 1e-9 * exact) die("sum_of_squares");
  }
  close_to("adamw", p, ep, 1e-5);
  hash(p);
}

}  // namespace test
