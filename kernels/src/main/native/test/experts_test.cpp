// Rows to their experts and back, and the router.
#include <algorithm>

#include "check.h"

namespace test {

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

}  // namespace test
