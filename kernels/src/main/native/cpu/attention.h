// Causal attention of packed sequences, for heads that share keys in groups.
#pragma once

#include "hone_kernels.h"
#include "workers.h"

namespace hone {

// Rows are [tokens, heads, width] for queries and outputs. Keys and values of the pack have a
// stride a token and a stride a head of their own; values may lie within the keys' rows.
struct Attention {
  const hone_packing* packing;
  int64_t heads, kv_heads, d, e;
  float scale;
  const float* q;  // [tokens, heads, d]
  const float* k;
  int64_t k_token, k_head;
  const float* v;
  int64_t v_token, v_head;
  int64_t page_v;  // in a page's row, where values begin (keys begin at 0)
};

// out [tokens, heads, e]; log_sums [tokens, heads] or NULL.
void attend(Workers& workers, const Attention& attention, float* out, float* log_sums);

// Without pages: dq [tokens, heads, d] is set; dk and dv, laid out as k and v, are set, or where dv
// lies within dk both add up there.
void attend_backward(Workers& workers, const Attention& attention, float* dq, float* dk, float* dv,
                     const float* dout, const float* out, const float* log_sums);

// Copies the new rows' `width` numbers x [tokens, width] to `at` in their rows of the pages.
void store_in_pages(const hone_packing& packing, const float* x, int64_t width, int64_t at);

}  // namespace hone
