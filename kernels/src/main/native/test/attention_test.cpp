// Attention of both kinds, at once and on a cache.
#include <algorithm>

#include "check.h"

namespace test {

namespace {

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

}  // namespace

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

// One long sequence is worked on by all threads, a few tiles at a time: with the bits of one thread.
void long_sequences() {
  for (int round = 0; round < 6; round++) {
    const Pack pack({static_cast<int32_t>(pick(150, 400))});
    const int64_t tokens = pack.tokens(), kv_heads = pick(1, 2), heads = kv_heads * pick(2, 8), d = pick(1, 40), e = pick(1, 40);
    const Floats q = normal(tokens * heads * d), k = normal(tokens * kv_heads * d), v = normal(tokens * kv_heads * e), dy = normal(tokens * heads * e);
    auto gradients = [&](hone_context* c) {
      Floats y(dy.size()), log_sums(tokens * heads);
      std::vector<Floats> all{Floats(q.size(), NAN), Floats(k.size(), NAN), Floats(v.size(), NAN)};
      ok(hone_attention(c, y.data(), log_sums.data(), q.data(), k.data(), v.data(), &pack.packing, heads, kv_heads, d, e, 0.3f));
      ok(hone_attention_backward(c, all[0].data(), all[1].data(), all[2].data(), dy.data(), y.data(), log_sums.data(), q.data(), k.data(), v.data(), &pack.packing, heads, kv_heads, d, e, 0.3f));
      return all;
    };
    const std::vector<Floats> expected = gradients(one);
    if (gradients(three) != expected) die("attention of a long sequence: three threads, other bits");
    for (const Floats& each : expected) hash(each);
  }
}

// A sequence fed to the cache in pieces gives the bits of the sequence at once, with one thread and with several.
void pages() {
  for (int round = 0; round < 20; round++) {
    const int64_t kv_heads = pick(1, 5), heads = kv_heads * pick(1, 9), d = pick(1, 40), e = pick(1, 40), length = pick(2, 90);
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
      ok(hone_attention(pick(0, 1) ? one : three, &found[at * heads * e], nullptr, &q[at * heads * d], &k[at * kv_heads * d], &v[at * kv_heads * e], &piece.packing, heads, kv_heads, d, e, 0.3f));
      at += count;
    }
    if (found != expected) die("attention on a cache: other bits than at once");
    hash(expected);
  }
}

}  // namespace test
