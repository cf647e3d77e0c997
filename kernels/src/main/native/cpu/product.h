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
#pragma once

#include <cstdint>

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
  const float* b = nullptr;  // [inner, columns], row stride ldb; or panels, see pack_panels()
  int64_t ldb = 0;
  bool packed = false;
  const uint32_t* halves = nullptr;  // instead of b: panels of bf16
  bool rounded = false;              // b [inner, columns] is to be rounded to bf16 as it is read
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

// Panels of a matrix w [out, in]: [ceil(out / 32), in, 32] numbers of w^T, zeros beyond `out`. Of
// bf16, number n of a row shares a word with number n + 16.
inline int64_t packed_size(int64_t out, int64_t in) { return (out + PANEL - 1) / PANEL * PANEL * in; }

// Makes panels `from` .. `to` of w, whose row stride is ldw.
void pack_panels(float* panels, const float* w, int64_t ldw, int64_t out, int64_t in, int64_t from, int64_t to);
void pack_panels(uint32_t* panels, const float* w, int64_t ldw, int64_t out, int64_t in, int64_t from, int64_t to);

}  // namespace hone
