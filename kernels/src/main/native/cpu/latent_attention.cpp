// Multi-head latent attention, absorbed: one shared latent instead of keys and values for each head.
#include <vector>

#include "attention.h"
#include "context.h"
#include "product.h"

using namespace hone;

namespace {

// One product a head.
template <class Fill>
void each_head(Workers& workers, int64_t heads, const Fill& fill) {
  thread_local std::vector<Product> products;
  products.assign(heads, Product());
  for (int64_t h = 0; h < heads; h++) fill(h, products[h]);
  multiply(workers, products.data(), heads);
}

Attention over_latent(const hone_packing* packing, const hone_latent_shape& s, const float* absorbed,
                      const float* latent) {
  const int64_t width = s.rank + s.rope;
  return {packing, s.heads, 1, width, s.rank, s.scale, absorbed, latent, width, 0, latent, width, 0, 0};
}

bool possible(const hone_latent_shape& s) {
  return s.heads > 0 && s.nope > 0 && s.rope >= 0 && s.rank > 0 && s.v > 0;
}

}  // namespace

extern "C" {

int hone_latent_attention(hone_context* context, float* out, float* absorbed, float* mixed,
                          float* log_sums, const float* q, const float* latent, const float* kv_b,
                          const float* packed_values, const hone_packing* packing,
                          const hone_latent_shape* shape) {
  const hone_latent_shape& s = *shape;
  HONE_REQUIRE(possible(s));
  HONE_REQUIRE(!packing->pages || packing->page_width >= s.rank + s.rope);
  const int64_t tokens = packing->starts[packing->sequences];
  const int64_t d = s.nope + s.rope, width = s.rank + s.rope;
  Workers& workers = context->workers;
  return guarded([&] {
    if (packing->pages) store_in_pages(*packing, latent, width, 0);
    each_head(workers, s.heads, [&](int64_t h, Product& p) {
      p.c = absorbed + h * width, p.ldc = s.heads * width;
      p.a = q + h * d, p.lda = s.heads * d;
      p.b = kv_b + h * (s.nope + s.v) * s.rank, p.ldb = s.rank;
      p.rows = tokens, p.columns = s.rank, p.inner = s.nope;
    });
    hone_copy_columns(context, absorbed, q, tokens * s.heads, width, s.rank, d, s.nope, s.rope, 0);
    attend(workers, over_latent(packing, s, absorbed, latent), mixed, log_sums);
    each_head(workers, s.heads, [&](int64_t h, Product& p) {
      p.c = out + h * s.v, p.ldc = s.heads * s.v;
      p.a = mixed + h * s.rank, p.lda = s.heads * s.rank;
      p.panels = packed_values + h * packed_bytes(s.v, s.rank, false) / 4;
      p.rows = tokens, p.columns = s.v, p.inner = s.rank;
    });
  });
}

int hone_latent_attention_backward(hone_context* context, float* dq, float* dlatent, float* dkv_b,
                                   float* dmixed, float* dabsorbed, const float* dout,
                                   const float* absorbed, const float* mixed, const float* log_sums,
                                   const float* q, const float* latent, const float* kv_b,
                                   const hone_packing* packing, const hone_latent_shape* shape,
                                   int32_t accumulate_kv_b) {
  const hone_latent_shape& s = *shape;
  HONE_REQUIRE(possible(s) && !packing->pages);
  const int64_t tokens = packing->starts[packing->sequences];
  const int64_t d = s.nope + s.rope, width = s.rank + s.rope, rows = s.nope + s.v;
  Workers& workers = context->workers;
  return guarded([&] {
    each_head(workers, s.heads, [&](int64_t h, Product& p) {
      p.c = dmixed + h * s.rank, p.ldc = s.heads * s.rank;
      p.a = dout + h * s.v, p.lda = s.heads * s.v;
      p.b = kv_b + (h * rows + s.nope) * s.rank, p.ldb = s.rank;
      p.rows = tokens, p.columns = s.rank, p.inner = s.v;
    });
    attend_backward(workers, over_latent(packing, s, absorbed, latent), dabsorbed, dlatent, dlatent,
                    dmixed, mixed, log_sums);
    if (dkv_b) {
      each_head(workers, s.heads, [&](int64_t h, Product& p) {
        p.c = dkv_b + (h * rows + s.nope) * s.rank, p.ldc = s.rank;
        p.a = dout + h * s.v, p.lda = s.heads * s.v, p.transposed = true;
        p.b = mixed + h * s.rank, p.ldb = s.heads * s.rank;
        p.rows = s.v, p.columns = s.rank, p.inner = tokens, p.accumulate = accumulate_kv_b;
      });
      each_head(workers, s.heads, [&](int64_t h, Product& p) {
        p.c = dkv_b + h * rows * s.rank, p.ldc = s.rank;
        p.a = q + h * d, p.lda = s.heads * d, p.transposed = true;
        p.b = dabsorbed + h * width, p.ldb = s.heads * width;
        p.rows = s.nope, p.columns = s.rank, p.inner = tokens, p.accumulate = accumulate_kv_b;
      });
    }
    if (dq) {
      thread_local std::vector<float> keys;  // each head's key projection, packed
      const int64_t size = packed_bytes(s.nope, s.rank, false) / 4;
      keys.resize(s.heads * size);
      for (int64_t h = 0; h < s.heads; h++) {
        pack_panels(keys.data() + h * size, kv_b + h * rows * s.rank, s.rank, s.nope, s.rank, false, 0, (s.nope + PANEL - 1) / PANEL);
      }
      const float* packed = keys.data();
      each_head(workers, s.heads, [&](int64_t h, Product& p) {
        p.c = dq + h * d, p.ldc = s.heads * d;
        p.a = dabsorbed + h * width, p.lda = s.heads * width;
        p.panels = packed + h * size;
        p.rows = tokens, p.columns = s.nope, p.inner = s.rank;
      });
      hone_copy_columns(context, dq, dabsorbed, tokens * s.heads, d, s.nope, width, s.rank, s.rope, 0);
    }
  });
}

}  // extern "C"
