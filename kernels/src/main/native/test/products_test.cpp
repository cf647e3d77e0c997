// Linear layers and the products behind them.
#include <algorithm>
#include <cmath>

#include "check.h"

namespace test {

void linears() {
  for (int round = 0; round < 40; round++) {
    const bool large = round % 10 == 9;
    const int64_t n = pick(1, large ? 40 : 18), in = pick(1, large ? 300 : 20), out = pick(1, large ? 9 : 70);
    check("linear", {normal(n * in), normal(out * in), normal(out)},
          [=](const auto& x) { return oracle::linear(x[0], x[1], x[2], n, in, out); },
          [=](hone_context* c, const auto& x) {
            Floats y(n * out), p = packed(c, x[1], 1, 0, out * in, out, in);
            ok(hone_linear(c, y.data(), x[0].data(), p.data(), x[2].data(), n, in, out, HONE_FP32));
            Floats w(out * in);
            ok(hone_unpack(c, w.data(), p.data(), 1, out, in, HONE_FP32));
            if (w != x[1]) die("unpack is not the reverse of pack");
            return y;
          },
          [=](hone_context* c, const auto& x, const Floats& dy, auto& d, bool add) {
            ok(hone_linear_backward_input(c, d[0].data(), dy.data(), x[1].data(), n, in, out, HONE_FP32, add));
            ok(hone_linear_backward_weight(c, d[1].data(), dy.data(), x[0].data(), n, in, out, HONE_FP32, add));
            ok(hone_linear_backward_bias(c, d[2].data(), dy.data(), n, out, add));
          });
  }
}

// Several of one input at once are each its own, bit for bit.
void linears_at_once() {
  for (int round = 0; round < 40; round++) {
    const int64_t n = round % 4 ? pick(1, 3) : pick(1, 100), in = pick(1, 300), count = pick(1, 4);
    const int32_t dtype = std::vector<int32_t>{HONE_FP32, HONE_BF16, HONE_BF16_AMX}[round % 3];
    const Floats x = normal(n * in);
    std::vector<Floats> y, alone, p, bias;
    std::vector<hone_projection> projections;
    for (int64_t i = 0; i < count; i++) {
      const int64_t out = pick(1, 400);
      y.emplace_back(n * out), alone.emplace_back(n * out), bias.push_back(normal(out));
      p.push_back(packed(one, normal(out * in), 1, 0, out * in, out, in, dtype));
      projections.push_back({y[i].data(), p[i].data(), i % 2 ? bias[i].data() : nullptr, out});
      ok(hone_linear(one, alone[i].data(), x.data(), p[i].data(), projections[i].bias, n, in, out, dtype));
    }
    ok(hone_linears(three, projections.data(), count, x.data(), n, in, dtype));
    if (y != alone) die("linears: other bits than each alone");
  }
}

// A product in bf16 is the product in fp32 of numbers rounded beforehand, bit for bit.
void bf16_products() {
  for (int round = 0; round < 40; round++) {
    const int64_t n = pick(1, round % 4 ? 30 : 300), in = pick(1, round % 5 ? 40 : 1300), out = pick(1, 90);
    const Floats x = normal(n * in), w = normal(out * in), dy = normal(n * out);
    const Floats exact_x = rounded(x), exact_w = rounded(w), exact_dy = rounded(dy);
    auto products = [=](hone_context* c, const Floats& a, const Floats& b, const Floats& d, int32_t dtype, bool add) {
      const Floats p = packed(c, b, 1, 0, out * in, out, in, dtype);
      std::vector<Floats> all{Floats(n * out), Floats(n * in, 0.5f), Floats(out * in, 0.5f)};
      ok(hone_linear(c, all[0].data(), a.data(), p.data(), d.data(), n, in, out, dtype));
      ok(hone_linear_backward_input(c, all[1].data(), d.data(), b.data(), n, in, out, dtype, add));
      ok(hone_linear_backward_weight(c, all[2].data(), d.data(), a.data(), n, in, out, dtype, add));
      Floats again(out * in);
      ok(hone_unpack(c, again.data(), p.data(), 1, out, in, dtype));
      all.push_back(again);
      return all;
    };
    const bool add = round % 2;
    // The bias is the first row of dy, which is added as it stands: both sides are given the same.
    std::vector<Floats> found = products(round % 3 ? three : one, x, w, exact_dy, HONE_BF16, add);
    if (found != products(one, exact_x, exact_w, exact_dy, HONE_FP32, add)) die("bf16: other bits than in fp32 of the rounded numbers");
    Floats dx(n * in), expected(n * in);
    ok(hone_linear_backward_input(three, dx.data(), dy.data(), w.data(), n, in, out, HONE_BF16, 0));
    ok(hone_linear_backward_input(one, expected.data(), exact_dy.data(), exact_w.data(), n, in, out, HONE_FP32, 0));
    if (dx != expected) die("bf16: gradients are not rounded to the nearest");
    // Rows cut at an odd place go on in the same chain.
    if (n > 2) {
      Floats dw(out * in), pieces(out * in);
      ok(hone_linear_backward_weight(three, dw.data(), dy.data(), x.data(), n, in, out, HONE_BF16, 0));
      ok(hone_linear_backward_weight(one, pieces.data(), dy.data(), x.data(), 1, in, out, HONE_BF16, 0));
      ok(hone_linear_backward_weight(one, pieces.data(), &dy[out], &x[in], n - 1, in, out, HONE_BF16, 1));
      if (dw != pieces) die("bf16: a batch in two pieces has another gradient");
      hash(dw);
    }
    // Subnormal operands and sums: every instruction set takes them for zero.
    Floats small = x, y(n * out);
    for (size_t i = 0; i < small.size(); i++) small[i] *= i % 3 ? 0x1p-126f : 0x1p-120f;
    const Floats p = packed(three, w, 1, 0, out * in, out, in, HONE_BF16);
    ok(hone_linear(three, y.data(), small.data(), p.data(), nullptr, n, in, out, HONE_BF16));
    hash(y);
    for (const Floats& each : found) hash(each);
  }
}

// In the order of AMX's tiles a product is that of the numbers rounded, in blocks of 32; gradients by weight, whose inner
// dimension is the batch, stay chains.
void amx_products() {
  for (int round = 0; round < 40; round++) {
    const int64_t n = pick(1, round % 4 ? 40 : 130), in = pick(1, round % 5 ? 70 : 1300), out = pick(1, 90);
    const Floats x = normal(n * in), w = normal(out * in), bias = normal(out), dy = normal(n * out);
    const Floats a = rounded(x), b = rounded(w), c = rounded(dy);
    auto in_blocks = [](float start, int64_t inner, auto left, auto right) {
      for (int64_t block = 0; block < inner; block += 32) {
        float earlier = 0, later = 0;
        for (int64_t k = block; k < std::min(inner, block + 32); k++) {
          float& sum = k % 2 ? later : earlier;
          sum = std::fma(left(k), right(k), sum);
        }
        start += earlier + later;
      }
      return start;
    };
    Floats y(n * out), expected(n * out);
    const Floats p = packed(three, w, 1, 0, out * in, out, in, HONE_BF16_AMX);
    ok(hone_linear(three, y.data(), x.data(), p.data(), bias.data(), n, in, out, HONE_BF16_AMX));
    for (int64_t i = 0; i < n * out; i++) {
      expected[i] = in_blocks(bias[i % out], in, [&](int64_t k) { return a[i / out * in + k]; }, [&](int64_t k) { return b[i % out * in + k]; });
    }
    if (y != expected) die("amx: a product has not the bits of blocks of 32");
    const bool add = round % 2;
    Floats dx(n * in, 0.5f), expected_dx(n * in);
    ok(hone_linear_backward_input(three, dx.data(), dy.data(), w.data(), n, in, out, HONE_BF16_AMX, add));
    for (int64_t i = 0; i < n * in; i++) {
      expected_dx[i] = in_blocks(add ? 0.5f : 0.0f, out, [&](int64_t k) { return c[i / in * out + k]; }, [&](int64_t k) { return b[k * in + i % in]; });
    }
    if (dx != expected_dx) die("amx: a gradient by input has not the bits of blocks of 32");
    Floats dw(out * in), chains(out * in), again(out * in);
    ok(hone_linear_backward_weight(three, dw.data(), dy.data(), x.data(), n, in, out, HONE_BF16_AMX, 0));
    ok(hone_linear_backward_weight(one, chains.data(), dy.data(), x.data(), n, in, out, HONE_BF16, 0));
    if (dw != chains) die("amx: a gradient by weight is not that of bf16");
    ok(hone_unpack(three, again.data(), p.data(), 1, out, in, HONE_BF16_AMX));
    if (again != b) die("amx: unpack is not the reverse of pack");
    hash(y);
    hash(dx);
  }
}

void rows_alone_and_together() {
  for (int round = 0; round < 40; round++) {
    const int32_t dtype = std::vector<int32_t>{HONE_FP32, HONE_BF16, HONE_BF16_AMX}[round % 3];
    const int64_t n = pick(2, 900), in = pick(1, 700), out = pick(1, 300);
    const Floats x = normal(n * in), p = packed(three, normal(out * in), 1, 0, out * in, out, in, dtype);
    Floats together(n * out);
    ok(hone_linear(three, together.data(), x.data(), p.data(), nullptr, n, in, out, dtype));
    for (int part = 0; part < 6; part++) {
      const int64_t first = pick(0, n - 1), count = std::min(n - first, pick(1, 20));
      Floats own(count * out);
      ok(hone_linear(one, own.data(), x.data() + first * in, p.data(), nullptr, count, in, out, dtype));
      if (std::memcmp(own.data(), &together[first * out], own.size() * 4) != 0) die("a row depends on its neighbours");
    }
    hash(together);
  }
}

// Products so large that a plain operand is laid out piece by piece for several blocks of rows: cut for three threads or
// computed by one, the bits are those of rows a few at a time.
void large_products() {
  struct Case {
    int32_t dtype;
    int64_t out;  // 2048: rows of dy fall onto the same lines of a cache, and are copied
  };
  for (const auto& [dtype, out] : {Case{HONE_FP32, 2500}, Case{HONE_FP32, 2048}, Case{HONE_BF16, 2500}, Case{HONE_BF16_AMX, 2500}}) {
    const int64_t n = 1400, in = 75, few = 40;
    const Floats x = normal(n * in), w = normal(out * in), dy = normal(n * out);
    Floats expected_dx(n * in, 0.5f), expected_dw(out * in, 0.5f);
    for (int64_t row = 0; row < n; row += few) {
      ok(hone_linear_backward_input(one, &expected_dx[row * in], &dy[row * out], w.data(), few, in, out, dtype, 1));
      ok(hone_linear_backward_weight(one, expected_dw.data(), &dy[row * out], &x[row * in], few, in, out, dtype, 1));
    }
    for (hone_context* team : {one, three}) {
      Floats dx(n * in, 0.5f), dw(out * in, 0.5f);
      ok(hone_linear_backward_input(team, dx.data(), dy.data(), w.data(), n, in, out, dtype, 1));
      ok(hone_linear_backward_weight(team, dw.data(), dy.data(), x.data(), n, in, out, dtype, 1));
      if (dx != expected_dx) die("a large product: the gradient by input has other bits");
      if (dw != expected_dw) die("a large product: the gradient by weight has other bits");
    }
    hash(expected_dx);
    hash(expected_dw);
  }
}

// Experts of which most have no rows, with work enough for all threads.
void idle_experts() {
  const int64_t experts = 6, rows = 500, in = 80, out = 70;
  const Ints offsets{0, 0, 30, 30, 500, 500, 500};
  const Floats x = normal(rows * in), dy = normal(rows * out), w = normal(experts * out * in);
  for (const int32_t dtype : {HONE_FP32, HONE_BF16, HONE_BF16_AMX}) {
    auto gradients = [&](hone_context* team) {
      std::vector<Floats> d{Floats(rows * in), Floats(w.size(), NAN)};
      ok(hone_grouped_linear_backward_input(team, d[0].data(), dy.data(), w.data(), offsets.data(), experts, in, out, dtype, 0));
      ok(hone_grouped_linear_backward_weight(team, d[1].data(), dy.data(), x.data(), offsets.data(), experts, in, out, dtype, 0));
      return d;
    };
    const std::vector<Floats> d = gradients(three);
    if (d != gradients(one)) die("idle experts: three threads, other bits");
    if (d[1][0] != 0 || d[1].back() != 0) die("idle experts: a gradient from nothing");
    hash(d[1]);
  }
}

}  // namespace test
