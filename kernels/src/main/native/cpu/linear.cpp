// y = x w^T + bias, for one matrix and for one an expert.
#include <algorithm>
#include <vector>

#include "context.h"
#include "product.h"
#include "simd.h"

using namespace hone;

namespace {

// b is matrix `index` of packed ones [out, in].
void set_packed(Product& p, const void* packed, int64_t index, int64_t out, int64_t in, int32_t dtype) {
  p.dtype = dtype;
  p.panels = static_cast<const char*>(packed) + index * packed_bytes(out, in, dtype != HONE_FP32);
}

bool known(int32_t dtype) { return dtype == HONE_FP32 || dtype == HONE_BF16 || dtype == HONE_BF16_AMX; }

std::vector<Product>& scratch_products(int64_t count) {
  thread_local std::vector<Product> products;
  products.assign(count, Product());
  return products;
}

}  // namespace

extern "C" {

int64_t hone_packed_bytes(int64_t matrices, int64_t out, int64_t in, int32_t dtype) {
  return known(dtype) ? matrices * packed_bytes(out, in, dtype != HONE_FP32) : 0;
}

int hone_pack(hone_context* context, void* packed, const float* w, int64_t matrices, int64_t stride,
              int64_t out, int64_t in, int32_t dtype) {
  HONE_REQUIRE(matrices >= 0 && out > 0 && in > 0);
  HONE_REQUIRE(known(dtype));
  const bool bf16 = dtype != HONE_FP32;
  const int64_t panels = (out + PANEL - 1) / PANEL;
  context->workers.pieces(matrices * panels, 1 + 16384 / (in * PANEL), [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const int64_t matrix = i / panels, panel = i % panels;
      pack_panels(static_cast<char*>(packed) + matrix * packed_bytes(out, in, bf16), w + matrix * stride, in, out, in,
                  bf16, panel, panel + 1);
    }
  });
  return HONE_OK;
}

int hone_unpack(hone_context* context, float* w, const void* packed, int64_t matrices, int64_t out,
                int64_t in, int32_t dtype) {
  HONE_REQUIRE(matrices >= 0 && out > 0 && in > 0);
  HONE_REQUIRE(known(dtype));
  const bool bf16 = dtype != HONE_FP32;
  context->workers.pieces(matrices * out, 1 + 16384 / in, [=](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      unpack_row(w + row * in, static_cast<const char*>(packed) + row / out * packed_bytes(out, in, bf16), in, bf16, row % out);
    }
  });
  return HONE_OK;
}

int hone_linear(hone_context* context, float* y, const float* x, const void* packed,
                const float* bias, int64_t n, int64_t in, int64_t out, int32_t dtype) {
  const hone_projection projection{y, packed, bias, out};
  return hone_linears(context, &projection, 1, x, n, in, dtype);
}

int hone_linears(hone_context* context, const hone_projection* projections, int64_t count, const float* x,
                 int64_t n, int64_t in, int32_t dtype) {
  HONE_REQUIRE(count > 0 && n >= 0 && in > 0);
  for (int64_t i = 0; i < count; i++) HONE_REQUIRE(projections[i].out > 0);
  return guarded([&] {
    std::vector<Product>& products = scratch_products(count);
    for (int64_t i = 0; i < count; i++) {
      const hone_projection& own = projections[i];
      Product& p = products[i];
      p.c = own.y, p.ldc = own.out, p.a = x, p.lda = in, p.bias = own.bias;
      set_packed(p, own.packed, 0, own.out, in, dtype);
      p.rows = n, p.columns = own.out, p.inner = in;
    }
    multiply(context->workers, products.data(), count);
  });
}

int hone_linear_backward_input(hone_context* context, float* dx, const float* dy, const float* w,
                               int64_t n, int64_t in, int64_t out, int32_t dtype,
                               int32_t accumulate) {
  HONE_REQUIRE(n >= 0 && in > 0 && out > 0);
  Product p;
  p.c = dx, p.ldc = in, p.a = dy, p.lda = out, p.b = w, p.ldb = in, p.dtype = dtype;
  p.rows = n, p.columns = in, p.inner = out, p.accumulate = accumulate;
  return guarded([&] { multiply(context->workers, p); });
}

int hone_linear_backward_weight(hone_context* context, float* dw, const float* dy, const float* x,
                                int64_t n, int64_t in, int64_t out, int32_t dtype,
                                int32_t accumulate) {
  HONE_REQUIRE(n >= 0 && in > 0 && out > 0);
  Product p;
  p.dtype = dtype;
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

int hone_grouped_linear(hone_context* context, float* y, const float* x, const void* packed,
                        const int32_t* offsets, int64_t experts, int64_t in, int64_t out,
                        int32_t dtype) {
  HONE_REQUIRE(experts > 0 && in > 0 && out > 0);
  return guarded([&] {
    std::vector<Product>& products = scratch_products(experts);
    for (int64_t e = 0; e < experts; e++) {
      Product& p = products[e];
      p.c = y + offsets[e] * out, p.ldc = out, p.a = x + offsets[e] * in, p.lda = in;
      set_packed(p, packed, e, out, in, dtype);
      p.rows = offsets[e + 1] - offsets[e], p.columns = out, p.inner = in;
    }
    multiply(context->workers, products.data(), experts);
  });
}

int hone_grouped_linear_backward_input(hone_context* context, float* dx, const float* dy,
                                       const float* w, const int32_t* offsets, int64_t experts,
                                       int64_t in, int64_t out, int32_t dtype,
                                       int32_t accumulate) {
  HONE_REQUIRE(experts > 0 && in > 0 && out > 0);
  return guarded([&] {
    std::vector<Product>& products = scratch_products(experts);
    for (int64_t e = 0; e < experts; e++) {
      Product& p = products[e];
      p.dtype = dtype;
      p.c = dx + offsets[e] * in, p.ldc = in, p.a = dy + offsets[e] * out, p.lda = out;
      p.b = w + e * out * in, p.ldb = in, p.accumulate = accumulate;
      p.rows = offsets[e + 1] - offsets[e], p.columns = in, p.inner = out;
    }
    multiply(context->workers, products.data(), experts);
  });
}

int hone_grouped_linear_backward_weight(hone_context* context, float* dw, const float* dy,
                                        const float* x, const int32_t* offsets, int64_t experts,
                                        int64_t in, int64_t out, int32_t dtype, int32_t accumulate) {
  HONE_REQUIRE(experts > 0 && in > 0 && out > 0);
  return guarded([&] {
    std::vector<Product>& products = scratch_products(experts);
    for (int64_t e = 0; e < experts; e++) {
      Product& p = products[e];
      p.dtype = dtype;
      p.c = dw + e * out * in, p.ldc = in, p.a = dy + offsets[e] * out, p.lda = out;
      p.transposed = true, p.b = x + offsets[e] * in, p.ldb = in, p.accumulate = accumulate;
      p.rows = out, p.columns = in, p.inner = offsets[e + 1] - offsets[e];
    }
    multiply(context->workers, products.data(), experts);
  });
}

}  // extern "C"
