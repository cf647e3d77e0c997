// Every operation against the oracle on random shapes: its values, and each derivative against the
// central difference of the oracle. Each case runs with one thread and with three, on top of what an
// output held before, and must give the same bits; a checksum of all of them is printed, which is the
// same for every instruction set.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>

#include "hone_kernels.h"
#include "oracle.h"

namespace {

using oracle::Array;
using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;

std::mt19937_64 generator(17);
uint64_t checksum = 1469598103934665603ull;
int cases = 0;

int64_t pick(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(generator);
}

Floats normal(int64_t size) {
  std::normal_distribution<float> distribution;
  Floats x(size);
  for (float& value : x) value = distribution(generator);
  return x;
}

Array doubles(const Floats& x) { return Array(x.begin(), x.end()); }

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "FAILED: %s\n", what.c_str());
  std::exit(1);
}

void ok(int code) {
  if (code != HONE_OK) die(hone_error());
}

void hash(const Floats& x) {
  for (float value : x) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    checksum = (checksum ^ bits) * 1099511628211ull;
  }
}

void close_to(const std::string& what, const Floats& found, const Array& expected, double tolerance) {
  if (found.size() != expected.size()) die(what + ": sizes differ");
  double size = 1;
  for (double value : expected) size = std::max(size, std::abs(value));
  for (size_t i = 0; i < found.size(); i++) {
    if (!(std::abs(found[i] - expected[i]) <= tolerance * size)) {
      die(what + ", element " + std::to_string(i) + ": expected " + std::to_string(expected[i]) +
          ", found " + std::to_string(found[i]));
    }
  }
}

using Oracle = std::function<Array(const std::vector<Array>&)>;
using Forward = std::function<Floats(hone_context*, const std::vector<Floats>&)>;
// Adds to `gradients` (which hold something if `accumulate`) those of each input.
using Backward = std::function<void(hone_context*, const std::vector<Floats>& inputs, const Floats& dy,
                                    std::vector<Floats>& gradients, bool accumulate)>;

hone_context* one;
hone_context* three;

void check(const std::string& name, const std::vector<Floats>& inputs, const Oracle& expected,
           const Forward& forward, const Backward& backward, bool accumulates = true) {
  cases++;
  std::vector<Array> exact;
  for (const Floats& input : inputs) exact.push_back(doubles(input));
  const Floats y = forward(one, inputs);
  close_to(name, y, expected(exact), 3e-5);
  const Floats again = forward(three, inputs);
  if (std::memcmp(y.data(), again.data(), y.size() * 4) != 0) die(name + ": three threads, other bits");
  hash(y);
  if (!backward) return;
  const Floats dy = normal(static_cast<int64_t>(y.size()));
  auto run = [&](hone_context* context, bool accumulate) {
    std::vector<Floats> gradients;
    for (const Floats& input : inputs) gradients.emplace_back(input.size(), accumulate ? 0.5f : NAN);
    backward(context, inputs, dy, gradients, accumulate);
    return gradients;
  };
  const std::vector<Floats> gradients = run(one, false), others = run(three, false);
  const std::vector<Floats> added = accumulates ? run(three, true) : gradients;
  for (size_t which = 0; which < inputs.size(); which++) {
    const std::string label = name + ", gradient " + std::to_string(which);
    if (std::memcmp(gradients[which].data(), others[which].data(), gradients[which].size() * 4) != 0) {
      die(label + ": three threads, other bits");
    }
    hash(gradients[which]);
    Array slope(inputs[which].size()), shifted(inputs[which].size());
    for (size_t i = 0; i < slope.size(); i++) {
      constexpr double step = 1e-5;
      double difference = 0;
      for (int sign : {1, -1}) {
        std::vector<Array> moved = exact;
        moved[which][i] += sign * step;
        const Array value = expected(moved);
        for (size_t j = 0; j < value.size(); j++) difference += sign * value[j] * static_cast<double>(dy[j]);
      }
      slope[i] = difference / (2 * step);
      shifted[i] = slope[i] + (accumulates ? 0.5 : 0);
    }
    close_to(label, gradients[which], slope, 1e-4);
    close_to(label + " on top", added[which], shifted, 1e-4);
  }
}

Floats packed(hone_context* c, const Floats& w, int64_t matrices, int64_t offset, int64_t stride, int64_t out, int64_t in, int32_t dtype = HONE_FP32) {
  Floats p(hone_packed_bytes(matrices, out, in, dtype) / 4);
  ok(hone_pack(c, p.data(), w.data() + offset, matrices, stride, out, in, dtype));
  return p;
}

// Numbers as bf16 holds them, which keeps eight bits of the mantissa, ties to even.
Floats rounded(const Floats& w) {
  Floats r = w;
  for (float& x : r) {
    if (x == 0) continue;
    int exponent;
    const double mantissa = std::frexp(static_cast<double>(x), &exponent);
    x = static_cast<float>(std::ldexp(std::nearbyint(mantissa * 256), exponent - 8));
  }
  return r;
}

Ints lengths_of(int64_t sequences) {
  Ints lengths;
  for (int64_t s = 0; s < sequences; s++) lengths.push_back(static_cast<int32_t>(pick(0, 20)));
  lengths.push_back(static_cast<int32_t>(pick(1, 9)));
  return lengths;
}

struct Pack {
  Ints starts{0}, past;
  hone_packing packing{};
  explicit Pack(const Ints& lengths) : past(lengths.size(), 0) {
    for (int32_t length : lengths) starts.push_back(starts.back() + length);
    packing.sequences = static_cast<int64_t>(lengths.size());
    packing.starts = starts.data();
    packing.past = past.data();
  }
  int64_t tokens() const { return starts.back(); }
};

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

void rows_alone_and_together() {
  for (int round = 0; round < 30; round++) {
    const int32_t dtype = round % 3 ? HONE_FP32 : HONE_BF16;
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

void experts() {
  for (int round = 0; round < 20; round++) {
    const int64_t count = pick(1, 7), top_k = pick(1, std::min<int64_t>(3, count)), tokens = pick(1, 20);
    const int64_t in = pick(1, 20), out = pick(1, 40);
    Ints chosen;
    for (int64_t t = 0; t < tokens; t++) {
      Ints all(count);
      for (int64_t e = 0; e < count; e++) all[e] = static_cast<int32_t>(e);
      std::shuffle(all.begin(), all.end(), generator);
      std::sort(all.begin(), all.begin() + top_k);
      chosen.insert(chosen.end(), all.begin(), all.begin() + top_k);
    }
    const int64_t rows = tokens * top_k;
    Ints offsets(count + 1), row_of(rows), token_of(rows), expert(rows);
    ok(hone_dispatch(one, offsets.data(), row_of.data(), token_of.data(), chosen.data(), tokens, top_k, count));
    for (int64_t i = 0; i < rows; i++) expert[row_of[i]] = chosen[i];
    if (!std::is_sorted(expert.begin(), expert.end())) die("dispatch: rows are not in order of expert");
    check("grouped_linear", {normal(rows * in), normal(count * out * in)},
          [=](const auto& x) { return oracle::grouped_linear(x[0], x[1], expert, in, out); },
          [=](hone_context* c, const auto& x) {
            Floats y(rows * out), p = packed(c, x[1], count, 0, out * in, out, in);
            ok(hone_grouped_linear(c, y.data(), x[0].data(), p.data(), offsets.data(), count, in, out, HONE_FP32));
            return y;
          },
          [=](hone_context* c, const auto& x, const Floats& dy, auto& d, bool add) {
            ok(hone_grouped_linear_backward_input(c, d[0].data(), dy.data(), x[1].data(), offsets.data(), count, in, out, HONE_FP32, add));
            ok(hone_grouped_linear_backward_weight(c, d[1].data(), dy.data(), x[0].data(), offsets.data(), count, in, out, HONE_FP32, add));
          });
    check("unpermute", {normal(rows * in), normal(rows)},
          [=](const auto& x) { return oracle::unpermute(x[0], x[1], row_of, top_k, in); },
          [=](hone_context* c, const auto& x) {
            Floats y(tokens * in);
            ok(hone_unpermute(c, y.data(), x[0].data(), x[1].data(), row_of.data(), tokens, top_k, in));
            return y;
          },
          [=](hone_context* c, const auto& x, const Floats& dy, auto& d, bool add) {
            ok(hone_unpermute_backward(c, d[0].data(), d[1].data(), dy.data(), x[0].data(), x[1].data(), row_of.data(), tokens, top_k, in, add, add));
          });
    check("permute", {normal(tokens * in)},
          [=](const auto& x) {
            Array y;
            for (int32_t token : token_of) y.insert(y.end(), x[0].begin() + token * in, x[0].begin() + (token + 1) * in);
            return y;
          },
          [=](hone_context* c, const auto& x) {
            Floats y(rows * in);
            ok(hone_gather_rows(c, y.data(), x[0].data(), token_of.data(), rows, tokens, in));
            return y;
          },
          [=](hone_context* c, const auto&, const Floats& dy, auto& d, bool add) {
            ok(hone_permute_backward(c, d[0].data(), dy.data(), row_of.data(), tokens, top_k, in, add));
          });
    check("gather_rows", {normal(tokens * in)},
          [=](const auto& x) {
            Array y;
            for (int32_t token : token_of) y.insert(y.end(), x[0].begin() + token * in, x[0].begin() + (token + 1) * in);
            return y;
          },
          [=](hone_context* c, const auto& x) {
            Floats y(rows * in);
            ok(hone_gather_rows(c, y.data(), x[0].data(), token_of.data(), rows, tokens, in));
            return y;
          },
          [=](hone_context* c, const auto&, const Floats& dy, auto& d, bool add) {
            ok(hone_gather_rows_backward(c, d[0].data(), dy.data(), token_of.data(), rows, tokens, in, add));
          });
  }
}

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

void attentions() {
  for (int round = 0; round < 16; round++) {
    const Ints lengths = lengths_of(pick(0, 2));
    const Pack pack(lengths);
    const int64_t tokens = pack.tokens(), kv_heads = pick(1, 2), heads = kv_heads * pick(1, 5), d = pick(1, 5), e = pick(1, 4);
    check("attention", {normal(tokens * heads * d), normal(tokens * kv_heads * d), normal(tokens * kv_heads * e)},
          [=](const auto& x) { return oracle::attention(x[0], x[1], x[2], lengths, heads, kv_heads, d, e, 0.6); },
          [&](hone_context* c, const auto& x) {
            Floats y(tokens * heads * e);
            ok(hone_attention(c, y.data(), nullptr, x[0].data(), x[1].data(), x[2].data(), &pack.packing, heads, kv_heads, d, e, 0.6f));
            return y;
          },
          [&](hone_context* c, const auto& x, const Floats& dy, auto& g, bool) {
            Floats y(tokens * heads * e), log_sums(tokens * heads);
            ok(hone_attention(c, y.data(), log_sums.data(), x[0].data(), x[1].data(), x[2].data(), &pack.packing, heads, kv_heads, d, e, 0.6f));
            ok(hone_attention_backward(c, g[0].data(), g[1].data(), g[2].data(), dy.data(), y.data(), log_sums.data(), x[0].data(), x[1].data(), x[2].data(), &pack.packing, heads, kv_heads, d, e, 0.6f));
          },
          false);
    const hone_latent_shape s{pick(1, 4), pick(1, 5), pick(1, 3), pick(1, 6), pick(1, 5), 0.4f};
    const int64_t width = s.rank + s.rope, rows = s.nope + s.v;
    auto run = [&](hone_context* c, const std::vector<Floats>& x, Floats& absorbed, Floats& mixed, Floats& log_sums) {
      Floats y(tokens * s.heads * s.v), values = packed(c, x[2], s.heads, s.nope * s.rank, rows * s.rank, s.v, s.rank);
      ok(hone_latent_attention(c, y.data(), absorbed.data(), mixed.data(), log_sums.data(), x[0].data(), x[1].data(), x[2].data(), values.data(), &pack.packing, &s));
      return y;
    };
    check("latent_attention", {normal(tokens * s.heads * (s.nope + s.rope)), normal(tokens * width), normal(s.heads * rows * s.rank)},
          [=](const auto& x) { return oracle::latent_attention(x[0], x[1], x[2], lengths, s.heads, s.nope, s.rope, s.rank, s.v, 0.4); },
          [&](hone_context* c, const auto& x) {
            Floats absorbed(tokens * s.heads * width), mixed(tokens * s.heads * s.rank), log_sums(tokens * s.heads);
            return run(c, x, absorbed, mixed, log_sums);
          },
          [&](hone_context* c, const auto& x, const Floats& dy, auto& g, bool) {
            Floats absorbed(tokens * s.heads * width), mixed(tokens * s.heads * s.rank), log_sums(tokens * s.heads);
            run(c, x, absorbed, mixed, log_sums);
            Floats dmixed(mixed.size()), dabsorbed(absorbed.size());
            ok(hone_latent_attention_backward(c, g[0].data(), g[1].data(), g[2].data(), dmixed.data(), dabsorbed.data(), dy.data(), absorbed.data(), mixed.data(), log_sums.data(), x[0].data(), x[1].data(), x[2].data(), &pack.packing, &s, false));
          },
          false);
  }
}

// A sequence fed to the cache in pieces gives the bits of the sequence at once.
void pages() {
  for (int round = 0; round < 20; round++) {
    const int64_t kv_heads = pick(1, 2), heads = kv_heads * pick(1, 9), d = pick(1, 40), e = pick(1, 40), length = pick(2, 90);
    const Floats q = normal(length * heads * d), k = normal(length * kv_heads * d), v = normal(length * kv_heads * e);
    const Pack whole({static_cast<int32_t>(length)});
    Floats expected(length * heads * e), found(length * heads * e);
    ok(hone_attention(three, expected.data(), nullptr, q.data(), k.data(), v.data(), &whole.packing, heads, kv_heads, d, e, 0.3f));
    const int64_t page_tokens = 16, width = kv_heads * (d + e);
    std::vector<Floats> memory(length / page_tokens + 1, Floats(2 * page_tokens * width, NAN));  // poisoned
    std::vector<float*> addresses;
    for (Floats& page : memory) addresses.push_back(page.data());
    const int32_t first_page = 0;
    for (int64_t at = 0; at < length;) {
      const int64_t count = std::min(length - at, pick(1, 3) == 1 ? pick(1, 40) : 1);
      Pack piece({static_cast<int32_t>(count)});
      piece.past[0] = static_cast<int32_t>(at);
      piece.packing.pages = addresses.data();
      piece.packing.first_page = &first_page;
      piece.packing.page_tokens = page_tokens;
      piece.packing.page_width = width;
      piece.packing.page_offset = page_tokens * width;
      ok(hone_attention(one, &found[at * heads * e], nullptr, &q[at * heads * d], &k[at * kv_heads * d], &v[at * kv_heads * e], &piece.packing, heads, kv_heads, d, e, 0.3f));
      at += count;
    }
    if (found != expected) die("attention on a cache: other bits than at once");
    hash(expected);
  }
}

void routers() {
  for (int round = 0; round < 24; round++) {
    const int64_t groups = pick(1, 3), experts = groups * pick(2, 5), tokens = pick(1, 9), width = pick(1, 8);
    const hone_router r{round % 2, static_cast<int32_t>(groups), static_cast<int32_t>(pick(1, groups)), round / 2 % 2,
                        static_cast<int32_t>(pick(1, 2)), round / 4 % 2, 2.5f};
    const Floats bias = normal(experts);
    auto run = [=](hone_context* c, const std::vector<Floats>& x, Ints& chosen, Floats& weights, Floats& scores) {
      const Floats gate = packed(c, x[1], 1, 0, experts * width, experts, width);
      ok(hone_route(c, chosen.data(), weights.data(), scores.data(), x[0].data(), gate.data(), bias.data(), tokens, width, experts, &r));
    };
    const std::vector<Floats> inputs{normal(tokens * width), normal(experts * width)};
    Ints chosen(tokens * r.top_k);
    Floats w(tokens * r.top_k), s(tokens * experts);
    run(one, inputs, chosen, w, s);
    check("route", inputs,
          [=](const auto& x) {
            const Array scores = oracle::scores(oracle::linear(x[0], x[1], {}, tokens, width, experts), experts, r.sigmoid);
            Array y = oracle::router_weights(scores, chosen, experts, r.top_k, r.normalize, r.scale);
            y.insert(y.end(), scores.begin(), scores.end());
            return y;
          },
          [=](hone_context* c, const auto& x) {
            Ints own(tokens * r.top_k);
            Floats weights(tokens * r.top_k), scores(tokens * experts);
            run(c, x, own, weights, scores);
            if (own != chosen) die("route: another choice");
            weights.insert(weights.end(), scores.begin(), scores.end());
            return weights;
          },
          [=](hone_context* c, const auto& x, const Floats& dy, auto& d, bool add) {
            Floats dlogits(tokens * experts);
            ok(hone_route_backward(c, dlogits.data(), dy.data(), dy.data() + tokens * r.top_k, chosen.data(), s.data(), tokens, experts, &r));
            ok(hone_linear_backward_input(c, d[0].data(), dlogits.data(), x[1].data(), tokens, width, experts, HONE_FP32, add));
            ok(hone_linear_backward_weight(c, d[1].data(), dlogits.data(), x[0].data(), tokens, width, experts, HONE_FP32, add));
          });
  }
}

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

void refusals() {
  Floats y(4), x(4);
  const Ints rows{7};
  if (hone_gather_rows(one, y.data(), x.data(), rows.data(), 1, 2, 2) != HONE_INVALID || !*hone_error()) die("a row that is not there");
  if (hone_linear(one, y.data(), x.data(), x.data(), nullptr, -1, 2, 2, HONE_FP32) != HONE_INVALID) die("a negative number of rows");
  hone_context* none = nullptr;
  if (hone_open(&none, 0) != HONE_INVALID || none) die("a team of nobody");
  if (hone_allocate(-1)) die("negative memory");
}

}  // namespace

int main() {
  const std::string set = hone_instruction_set();
  if (!(set == "avx2"     ? __builtin_cpu_supports("avx2")
        : set == "avx512" ? __builtin_cpu_supports("avx512vl")
                          : __builtin_cpu_supports("avx512bf16"))) {
    std::fprintf(stderr, "skipped: this processor has no %s\n", hone_instruction_set());
    return 77;
  }
  ok(hone_open(&one, 1));
  ok(hone_open(&three, 3));
  ok(hone_self_test(three));
  linears();
  bf16_products();
  rows_alone_and_together();
  experts();
  layers();
  attentions();
  pages();
  routers();
  heads();
  sampling();
  optimizer();
  refusals();
  hone_close(one);
  hone_close(three);
  std::fprintf(stderr, "%s: %d cases\n", hone_instruction_set(), cases);
  std::printf("checksum %016llx\n", static_cast<unsigned long long>(checksum));
  return 0;
}
