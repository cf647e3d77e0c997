// y = x w^T + bias, for one matrix and for one an expert.
#include <algorithm>
#include <vector>

#include "context.h"
#include "product.h"
#include "simd.h"

using namespace hone;

namespace {

std::vector<Product>& expert_products(int64_t experts) {
  thread_local std::vector<Product> products;
  products.assign(experts, Product());
  return products;
}

}  // namespace

extern "C" {

int64_t hone_packed_size(int64_t matrices, int64_t out, int64_t in) {
  return matrices * packed_size(out, in);
}

int hone_pack(hone_context* context, float* packed, const float* w, int64_t matrices,
              int64_t stride, int64_t out, int64_t in) {
  HONE_REQUIRE(matrices >= 0 && out > 0 && in > 0);
  const int64_t panels = (out + PANEL - 1) / PANEL;
  context->workers.pieces(matrices * panels, 1 + 16384 / (in * PANEL), [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const int64_t matrix = i / panels, panel = i % panels;
      pack_panels(packed + matrix * packed_size(out, in), w + matrix * stride, in, out, in, panel, panel + 1);
    }
  });
  return HONE_OK;
}

int hone_unpack(hone_context* context, float* w, const float* packed, int64_t matrices, int64_t out,
                int64_t in) {
  HONE_REQUIRE(matrices >= 0 && out > 0 && in > 0);
  context->workers.pieces(matrices * out, 1 + 16384 / in, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const int64_t matrix = row / out, n = row % out;
      const float* panel = packed + matrix * packed_size(out, in) + n / PANEL * PANEL * in + n % PANEL;
      for (int64_t k = 0; k < in; k++) w[row * in + k] = panel[k * PANEL];
    }
  });
  return HONE_OK;
}

int hone_linear(hone_context* context, float* y, const float* x, const float* packed,
                const float* bias, int64_t n, int64_t in, int64_t out) {
  HONE_REQUIRE(n >= 0 && in > 0 && out > 0);
  Product p;
  p.c = y, p.ldc = out, p.a = x, p.lda = in, p.b = packed, p.packed = true, p.bias = bias;
  p.rows = n, p.columns = out, p.inner = in;
  return guarded([&] { multiply(context->workers, p); });
}

int hone_linear_backward_input(hone_context* context, float* dx, const float* dy, const float* w,
                               int64_t n, int64_t in, int64_t out, int32_t accumulate) {
  HONE_REQUIRE(n >= 0 && in > 0 && out > 0);
  Product p;
  p.c = dx, p.ldc = in, p.a = dy, p.lda = out, p.b = w, p.ldb = in;
  p.rows = n, p.columns = in, p.inner = out, p.accumulate = accumulate;
  return guarded([&] { multiply(context->workers, p); });
}

int hone_linear_backward_weight(hone_context* context, float* dw, const float* dy, const float* x,
                                int64_t n, int64_t in, int64_t out, int32_t accumulate) {
  HONE_REQUIRE(n >= 0 && in > 0 && out > 0);
  Product p;
  p.c = dw, p.ldc = in, p.a = dy, p.lda = out, p.transposed = true, p.b = x, p.ldb = in;
  p.rows = out, p.columns = in, p.inner = n, p.accumulate = accumulate;
  return guarded([&] { multiply(context->workers, p); });
}

int hone_linear_backward_bias(hone_context* context, float* dbias, const float* dy, int64_t n,
                              int64_t out, int32_t accumulate) {
  HONE_REQUIRE(n >= 0 && out > 0);
  context->workers.pieces((out + LANES - 1) / LANES, 16, [=](int64_t from, int64_t to) {
    by_lanes(from * LANES, std::min(out, to * LANES), [&](int64_t i, int count) {
      Lanes total = accumulate ? load(dbias + i, count) : zeros();
      for (int64_t row = 0; row < n; row++) total = total + load(dy + row * out + i, count);
      store(dbias + i, total, count);
    });
  });
  return HONE_OK;
}

int hone_grouped_linear(hone_context* context, float* y, const float* x, const float* packed,
                        const int32_t* offsets, int64_t experts, int64_t in, int64_t out) {
  HONE_REQUIRE(experts > 0 && in > 0 && out > 0);
  return guarded([&] {
    std::vector<Product>& products = expert_products(experts);
    for (int64_t e = 0; e < experts; e++) {
      Product& p = products[e];
      p.c = y + offsets[e] * out, p.ldc = out, p.a = x + offsets[e] * in, p.lda = in;
      p.b = packed + e * packed_size(out, in), p.packed = true;
      p.rows = offsets[e + 1] - offsets[e], p.columns = out, p.inner = in;
    }
    multiply(context->workers, products.data(), experts);
  });
}

int hone_grouped_linear_backward_input(hone_context* context, float* dx, const float* dy,
                                       const float* w, const int32_t* offsets, int64_t experts,
                                       int64_t in, int64_t out, int32_t accumulate) {
  HONE_REQUIRE(experts > 0 && in > 0 && out > 0);
  return guarded([&] {
    std::vector<Product>& products = expert_products(experts);
    for (int64_t e = 0; e < experts; e++) {
      Product& p = products[e];
      p.c = dx + offsets[e] * in, p.ldc = in, p.a = dy + offsets[e] * out, p.lda = out;
      p.b = w + e * out * in, p.ldb = in, p.accumulate = accumulate;
      p.rows = offsets[e + 1] - offsets[e], p.columns = in, p.inner = out;
    }
    multiply(context->workers, products.data(), experts);
  });
}

int hone_grouped_linear_backward_weight(hone_context* context, float* dw, const float* dy,
                                        const float* x, const int32_t* offsets, int64_t experts,
                                        int64_t in, int64_t out, int32_t accumulate) {
  HONE_REQUIRE(experts > 0 && in > 0 && out > 0);
  return guarded([&] {
    std::vector<Product>& products = expert_products(experts);
    for (int64_t e = 0; e < experts; e++) {
      Product& p = products[e];
      p.c = dw + e * out * in, p.ldc = in, p.a = dy + offsets[e] * out, p.lda = out;
      p.transposed = true, p.b = x + offsets[e] * in, p.ldb = in, p.accumulate = accumulate;
      p.rows = out, p.columns = in, p.inner = offsets[e + 1] - offsets[e];
    }
    multiply(context->workers, products.data(), experts);
  });
}

}  // extern "C"
