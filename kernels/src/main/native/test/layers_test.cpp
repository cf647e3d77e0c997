// Norms, gates and rotations.
#include <algorithm>

#include "check.h"

namespace test {

void layers() {
  for (int round = 0; round < 20; round++) {
    const int64_t rows = pick(1, 9), width = pick(1, 70);
    check("rms_norm", {normal(rows * width), normal(width)},
          [=](const auto& x) { return oracle::rms_norm(x[0], x[1], 1e-5); },
          [=](hone_context* c, const auto& x) {
            Floats y(rows * width);
            ok(hone_rms_norm(c, y.data(), nullptr, x[0].data(), x[1].data(), rows, width, 1e-5f));
            return y;
          },
          [=](hone_context* c, const auto& x, const Floats& dy, auto& d, bool add) {
            Floats y(rows * width), scales(rows);
            ok(hone_rms_norm(c, y.data(), scales.data(), x[0].data(), x[1].data(), rows, width, 1e-5f));
            ok(hone_rms_norm_backward(c, d[0].data(), d[1].data(), dy.data(), x[0].data(), x[1].data(), scales.data(), rows, width, add, add));
          });
    check("swiglu", {normal(rows * 2 * width)},
          [=](const auto& x) { return oracle::swiglu(x[0], width); },
          [=](hone_context* c, const auto& x) {
            Floats y(rows * width);
            ok(hone_swiglu(c, y.data(), x[0].data(), rows, width));
            return y;
          },
          [=](hone_context* c, const auto& x, const Floats& dy, auto& d, bool add) {
            ok(hone_swiglu_backward(c, d[0].data(), dy.data(), x[0].data(), rows, width, add));
          });
    const int64_t heads = pick(1, 3), pairs = pick(1, 5), from = pick(0, 3), head = from + 2 * pairs + pick(0, 2);
    const bool interleaved = round % 2 == 0;
    Ints positions;
    for (int64_t t = 0; t < rows; t++) positions.push_back(static_cast<int32_t>(pick(0, 30)));
    const Floats table = normal(31 * 2 * pairs);
    check("rope", {normal(rows * heads * head)},
          [=](const auto& x) { return oracle::rope(x[0], doubles(table), positions, heads, head, from, pairs, interleaved); },
          [=](hone_context* c, const auto& x) {
            Floats y(x[0].size());
            ok(hone_rope(c, y.data(), x[0].data(), table.data(), positions.data(), rows, heads, head, from, pairs, interleaved));
            return y;
          },
          [=](hone_context* c, const auto&, const Floats& dy, auto& d, bool add) {
            ok(hone_rope_backward(c, d[0].data(), dy.data(), table.data(), positions.data(), rows, heads, head, from, pairs, interleaved, add));
          });
  }
}

}  // namespace test
