// Matrix products, the one engine of all operations that have any.
//
// Every element of a product is one chain of fused multiply-adds over the inner dimension, in
// ascending order:
//
//     c = start; for k in 0 .. inner-1: c = fma(a[k], b[k], c)
//
// however large the product is, wherever the row stands, whichever thread computes it: tiles differ
// only in how many such chains run side by side. That is what makes a sequence's numbers the same
// alone and in any batch, with one row (decoding) and with a thousand (training). Blocks of the
// inner dimension pass the running value through memory, which rounds nothing.
//
// In bf16 the numbers of a and b are rounded first and the chain is the same, in fp32. In the order of AMX it is
// one of blocks of 32 (product_blocks.h) instead, except for a transposed a, whose inner dimension is the rows of a
// batch: there a chain goes on wherever the batch is cut.
#pragma once

#include <cstdint>

#include "hone_kernels.h"
#include "workers.h"

namespace hone {

constexpr int PANEL = 32;  // columns of a packed panel

// c[m][n] = start + sum over k of a(m, k) b(k, n)
struct Product {
  float* c = nullptr;  // [rows, columns], row stride ldc
  int64_t ldc = 0;
  const float* a = nullptr;  // [rows, inner], row stride lda; or [inner, rows] if transposed
  int64_t lda = 0;
  bool transposed = false;
  const float* b = nullptr;  // [inner, columns], row stride ldb; or instead
  int64_t ldb = 0;
  const void* panels = nullptr;  // what pack_panels() makes
  int32_t dtype = HONE_FP32;     // what a and b are rounded to; bf16 panels hold words of two numbers
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t inner = 0;
  bool accumulate = false;      // start is what c holds, else 0 or
  const float* bias = nullptr;  // [columns]
};

// Computes `count` products that do not depend on one another.
void multiply(Workers& workers, const Product* products, int64_t count);

inline void multiply(Workers& workers, const Product& product) { multiply(workers, &product, 1); }

// One product, on the calling thread.
void multiply(const Product& product);

// Words of a column of a panel: `in` numbers, or in bf16 whole blocks of 16 pairs, zeros beyond `in`.
inline int64_t panel_words(int64_t in, bool bf16) { return bf16 ? (in + 31) / 32 * 16 : in; }

// Bytes of the panels of a matrix w [out, in]: [ceil(out / 32), panel_words(in), 32] words of w^T, zeros beyond
// `out`; in bf16 a word is a pair of neighbours (pairs.h).
inline int64_t packed_bytes(int64_t out, int64_t in, bool bf16) {
  return (out + PANEL - 1) / PANEL * PANEL * panel_words(in, bf16) * 4;
}

// Makes panels `from` .. `to` of w, whose row stride is ldw.
void pack_panels(void* panels, const float* w, int64_t ldw, int64_t out, int64_t in, bool bf16, int64_t from, int64_t to);

// The reverse, of one row of w: row [in] as it was rounded.
void unpack_row(float* row, const void* panels, int64_t in, bool bf16, int64_t index);

}  // namespace hone
