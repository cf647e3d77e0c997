/* The operations of a decoder language model, forward beside backward: the ABI of Hone's kernels.
 *
 * Plain C: raw pointers, explicit shapes, nothing of Java. Outputs come first, then inputs, then
 * sizes. Arrays are dense, row-major and fp32 unless said otherwise; shapes stand in the comment of
 * each operation, outermost first. Outputs and inputs must not overlap.
 *
 * Promise. A row's result depends on nothing but that row's own inputs: every reduction has one
 * order, which the number of rows, a row's place, the number of threads and the instruction set do
 * not change. So a sequence gives the same bits alone, in any batch, decoded on a cache, and in
 * training. Sums over rows (gradients of weights) run in ascending order of the rows, and where
 * `accumulate` is not 0 they go on from what the output holds: a batch cut at any row sums alike.
 *
 * Errors. An operation returns 0, or a code below; hone_error() then says what happened, on the
 * calling thread. Nothing is thrown across this border.
 */
#ifndef HONE_KERNELS_H
#define HONE_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define HONE_OK 0
#define HONE_INVALID 1       /* arguments that cannot be */
#define HONE_OUT_OF_MEMORY 2
#define HONE_FAILED 3        /* a self-test that did not hold, or a bug */

/* What the two operands of a product are rounded to: arrays are fp32, only packed matrices are held as
 * bf16. Sums are fp32 either way: chains in ascending order; for HONE_BF16_AMX in the order of AMX's tiles, on any
 * processor, at speed where hone_has_amx. Packed matrices are the same for both bf16. */
#define HONE_FP32 0
#define HONE_BF16 1
#define HONE_BF16_AMX 2

/* ---- contexts, memory, errors */

/* A team of threads. Any thread may use it; several at once share nothing but the team. */
typedef struct hone_context hone_context;

int hone_open(hone_context** context, int32_t threads);
void hone_close(hone_context* context);

/* The instruction set this library was compiled for: "avx2", "avx512" or "avx512_bf16". */
const char* hone_instruction_set(void);

/* Whether products of HONE_BF16_AMX run on this processor's tiles, which the system grants and which give the bits
 * that they must. */
int32_t hone_has_amx(void);

/* What the last failed call of this thread ran into; empty if none did. */
const char* hone_error(void);

/* Checks on the machine at hand that a row's product does not depend on the rows beside it, and that bf16
 * and fp32 products of the same numbers are equal. */
int hone_self_test(hone_context* context);

/* Bytes aligned to 64; NULL where there are none. */
void* hone_allocate(int64_t bytes);
void hone_free(void* memory);
/* Reads memory and does nothing with it, each thread in streams of its own: how long that takes is what an operation
 * that waits for memory is to be measured against. */
int hone_read(hone_context*, const void* memory, int64_t bytes);

/* ---- rows and columns */

int hone_zero(hone_context*, float* y, int64_t size);
/* y = x, or y += x */
int hone_copy(hone_context*, float* y, const float* x, int64_t size, int32_t accumulate);
int hone_add(hone_context*, float* y, const float* a, const float* b, int64_t size);
/* y[:, to .. to+width) = (or +=) x[:, from .. from+width); y [rows, y_width], x [rows, x_width] */
int hone_copy_columns(hone_context*, float* y, const float* x, int64_t rows, int64_t y_width,
                      int64_t to, int64_t x_width, int64_t from, int64_t width, int32_t accumulate);
/* y[i] = table[rows[i]]; y [count, width], table [table_rows, width], rows int32 [count] */
int hone_gather_rows(hone_context*, float* y, const float* table, const int32_t* rows,
                     int64_t count, int64_t table_rows, int64_t width);
/* dtable[rows[i]] += dy[i], in ascending i; dtable is set to zero first unless accumulating */
int hone_gather_rows_backward(hone_context*, float* dtable, const float* dy, const int32_t* rows,
                              int64_t count, int64_t table_rows, int64_t width, int32_t accumulate);

/* ---- linear: y = x w^T + bias, for one matrix or for one an expert */

/* Bytes that `matrices` packed matrices [out, in] take; 0 for a dtype that is not known. */
int64_t hone_packed_bytes(int64_t matrices, int64_t out, int64_t in, int32_t dtype);
/* Lays w [matrices, out, in] out for hone_linear, rounded to dtype; matrices begin `stride` numbers
 * apart. */
int hone_pack(hone_context*, void* packed, const float* w, int64_t matrices, int64_t stride,
              int64_t out, int64_t in, int32_t dtype);
/* The weights again, as they were rounded: w [matrices, out, in], dense. */
int hone_unpack(hone_context*, float* w, const void* packed, int64_t matrices, int64_t out,
                int64_t in, int32_t dtype);

/* y [n, out], x [n, in], packed [out, in], bias [out] or NULL */
int hone_linear(hone_context*, float* y, const float* x, const void* packed, const float* bias,
                int64_t n, int64_t in, int64_t out, int32_t dtype);
/* Several of one x at once, each as hone_linear. */
typedef struct {
  float* y;           /* [n, out] */
  const void* packed; /* [out, in] */
  const float* bias;  /* [out] or NULL */
  int64_t out;
} hone_projection;
int hone_linears(hone_context*, const hone_projection* projections, int64_t count, const float* x,
                 int64_t n, int64_t in, int32_t dtype);
/* dx [n, in] = (or +=) dy w; dy [n, out], w [out, in] */
int hone_linear_backward_input(hone_context*, float* dx, const float* dy, const float* w, int64_t n,
                               int64_t in, int64_t out, int32_t dtype, int32_t accumulate);
/* dw [out, in] = (or +=) dy^T x */
int hone_linear_backward_weight(hone_context*, float* dw, const float* dy, const float* x,
                                int64_t n, int64_t in, int64_t out, int32_t dtype,
                                int32_t accumulate);
/* dbias [out] = (or +=) sum of the rows of dy */
int hone_linear_backward_bias(hone_context*, float* dbias, const float* dy, int64_t n, int64_t out,
                              int32_t accumulate);

/* Rows [offsets[e], offsets[e + 1]) through matrix e; offsets int32 [experts + 1].
 * y [rows, out], x [rows, in], packed [experts, out, in] */
int hone_grouped_linear(hone_context*, float* y, const float* x, const void* packed,
                        const int32_t* offsets, int64_t experts, int64_t in, int64_t out,
                        int32_t dtype);
int hone_grouped_linear_backward_input(hone_context*, float* dx, const float* dy, const float* w,
                                       const int32_t* offsets, int64_t experts, int64_t in,
                                       int64_t out, int32_t dtype, int32_t accumulate);
int hone_grouped_linear_backward_weight(hone_context*, float* dw, const float* dy, const float* x,
                                        const int32_t* offsets, int64_t experts, int64_t in,
                                        int64_t out, int32_t dtype, int32_t accumulate);

/* ---- norm, rotation, gate */

/* y = x * rsqrt(mean(x^2) + epsilon) * gain; x, y [rows, width], gain [width];
 * scales [rows] = the factor of each row, kept for the backward pass, or NULL */
int hone_rms_norm(hone_context*, float* y, float* scales, const float* x, const float* gain,
                  int64_t rows, int64_t width, float epsilon);
/* dx [rows, width] or NULL; dgain [width] or NULL */
int hone_rms_norm_backward(hone_context*, float* dx, float* dgain, const float* dy, const float* x,
                           const float* gain, const float* scales, int64_t rows, int64_t width,
                           int32_t accumulate_x, int32_t accumulate_gain);

/* Rotates columns [from, from + 2 pairs) of x [tokens, heads, width] by table row positions[t]:
 * table [., 2, pairs] = cosines, sines. Input pairs are neighbours if interleaved, else halves;
 * output pairs are halves. */
int hone_rope(hone_context*, float* y, const float* x, const float* table, const int32_t* positions,
              int64_t tokens, int64_t heads, int64_t width, int64_t from, int64_t pairs,
              int32_t interleaved);
int hone_rope_backward(hone_context*, float* dx, const float* dy, const float* table,
                       const int32_t* positions, int64_t tokens, int64_t heads, int64_t width,
                       int64_t from, int64_t pairs, int32_t interleaved, int32_t accumulate);

/* y [rows, width] = silu(gate) * up; gate_up [rows, 2 width], gate beside up */
int hone_swiglu(hone_context*, float* y, const float* gate_up, int64_t rows, int64_t width);
int hone_swiglu_backward(hone_context*, float* dgate_up, const float* dy, const float* gate_up,
                         int64_t rows, int64_t width, int32_t accumulate);

/* ---- attention, causal over packed sequences */

/* Sequence s owns rows [starts[s], starts[s + 1]) of the pack; its first row stands at position
 * past[s]. Without pages past is 0 and keys are those of the pack. With pages, token j of sequence
 * s lies in row j % page_tokens of page pages[first_page[s] + j / page_tokens], whose rows are
 * page_width numbers, `page_offset` numbers behind the page's address; an operation first stores
 * the new rows there. */
typedef struct {
  int64_t sequences;
  const int32_t* starts;     /* [sequences + 1] */
  const int32_t* past;       /* [sequences] */
  float* const* pages;       /* NULL without a cache */
  const int32_t* first_page; /* [sequences] */
  int64_t page_tokens;
  int64_t page_width;
  int64_t page_offset;
} hone_packing;

/* out [tokens, heads, e]; q [tokens, heads, d], k [tokens, kv_heads, d], v [tokens, kv_heads, e].
 * A page row is [kv_heads, d | kv_heads, e]. log_sums [tokens, heads]: the logarithm of each
 * softmax's denominator, kept for the backward pass, or NULL. Scores are never stored beyond a tile
 * of queries. */
int hone_attention(hone_context*, float* out, float* log_sums, const float* q, const float* k,
                   const float* v, const hone_packing* packing, int64_t heads, int64_t kv_heads,
                   int64_t d, int64_t e, float scale);
/* Without pages. dq, dk, dv are set, not accumulated. */
int hone_attention_backward(hone_context*, float* dq, float* dk, float* dv, const float* dout,
                            const float* out, const float* log_sums, const float* q, const float* k,
                            const float* v, const hone_packing* packing, int64_t heads,
                            int64_t kv_heads, int64_t d, int64_t e, float scale);

/* Multi-head latent attention (DeepSeek-V2, section 2.1) in its absorbed form, in decoding and in
 * training: queries go into the latent space, all heads attend to the one latent, and what they
 * gather comes back through the values' projection.
 * out [tokens, heads, v]; q [tokens, heads, nope + rope]; latent [tokens, rank + rope];
 * kv_b [heads, nope + v, rank]; packed_values: rows nope .. of each head, as hone_pack
 * (fp32, matrices = heads, stride = (nope + v) rank, out = v, in = rank) lays them out.
 * Kept for the backward pass: absorbed [tokens, heads, rank + rope], mixed [tokens, heads, rank],
 * log_sums [tokens, heads] or NULL. A page row is the latent's. */
typedef struct {
  int64_t heads, nope, rope, rank, v;
  float scale;
} hone_latent_shape;

int hone_latent_attention(hone_context*, float* out, float* absorbed, float* mixed, float* log_sums,
                          const float* q, const float* latent, const float* kv_b,
                          const float* packed_values, const hone_packing* packing,
                          const hone_latent_shape* shape);
/* dq and dlatent are set; dkv_b [heads, nope + v, rank] is set or accumulated; any may be NULL.
 * dmixed [tokens, heads, rank], dabsorbed [tokens, heads, rank + rope] are scratch. */
int hone_latent_attention_backward(hone_context*, float* dq, float* dlatent, float* dkv_b,
                                   float* dmixed, float* dabsorbed, const float* dout,
                                   const float* absorbed, const float* mixed, const float* log_sums,
                                   const float* q, const float* latent, const float* kv_b,
                                   const hone_packing* packing, const hone_latent_shape* shape,
                                   int32_t accumulate_kv_b);

/* ---- experts */

typedef struct {
  int32_t sigmoid;      /* scores: 1 sigmoid, 0 softmax of the logits */
  int32_t groups;       /* equal groups the experts are divided into; 1 for none */
  int32_t kept_groups;  /* groups the choice may come from */
  int32_t top_two_sum;  /* a group's score: 1 the sum of its two best, others masked with -inf; 0 its best, others masked with 0 */
  int32_t top_k;
  int32_t normalize;    /* divide the chosen weights by their sum + 1e-20 */
  float scale;
} hone_router;

/* experts int32 [tokens, top_k], ascending in a row; weights [tokens, top_k]; scores [tokens,
 * experts]; x [tokens, width]; packed gate [experts, width], fp32; bias [experts] or NULL. Of equal
 * scores the lower expert's counts more. */
int hone_route(hone_context*, int32_t* chosen, float* weights, float* scores, const float* x,
               const float* packed_gate, const float* bias, int64_t tokens, int64_t width,
               int64_t experts, const hone_router* router);
/* dlogits [tokens, experts] from dweights [tokens, top_k] or NULL and dscores [tokens, experts] or
 * NULL; the rest is hone_linear_backward_*. */
int hone_route_backward(hone_context*, float* dlogits, const float* dweights, const float* dscores,
                        const int32_t* chosen, const float* scores, int64_t tokens, int64_t experts,
                        const hone_router* router);

/* Rows in order of expert, then token: offsets [experts + 1]; row_of_choice [tokens * top_k];
 * token_of_row [tokens * top_k]; all int32. */
int hone_dispatch(hone_context*, int32_t* offsets, int32_t* row_of_choice, int32_t* token_of_row,
                  const int32_t* chosen, int64_t tokens, int64_t top_k, int64_t experts);
/* dx [tokens, width] = (or +=) sum over a token's rows of drows, in ascending expert */
int hone_permute_backward(hone_context*, float* dx, const float* drows,
                          const int32_t* row_of_choice, int64_t tokens, int64_t top_k,
                          int64_t width, int32_t accumulate);
/* y [tokens, width] = sum over a token's choices of weight times row, in ascending expert */
int hone_unpermute(hone_context*, float* y, const float* rows, const float* weights,
                   const int32_t* row_of_choice, int64_t tokens, int64_t top_k, int64_t width);
/* drows [tokens * top_k, width] and dweights [tokens, top_k] are set or accumulated; either may be
 * NULL. */
int hone_unpermute_backward(hone_context*, float* drows, float* dweights, const float* dy,
                            const float* rows, const float* weights, const int32_t* row_of_choice,
                            int64_t tokens, int64_t top_k, int64_t width, int32_t accumulate_rows,
                            int32_t accumulate_weights);

/* ---- head */

/* Of softmax(logits / temperature): log_probs [rows] of targets int32 [rows], entropies [rows];
 * logits [rows, vocabulary]. */
int hone_log_probs(hone_context*, float* log_probs, float* entropies, const float* logits,
                   const int32_t* targets, int64_t rows, int64_t vocabulary, float temperature);

/* Draws tokens int32 [count] from softmax(logits / temperature) of rows[i] (int32, of logits [.,
 * vocabulary]): the first token, ids ascending, at which the distribution's running sum passes
 * uniforms[i] (fp64, in [0, 1)); -1 where a row's logits are not finite. */
int hone_sample(hone_context*, int32_t* tokens, const float* logits, const int32_t* rows,
                const double* uniforms, int64_t count, int64_t vocabulary, float temperature);

/* hone_log_probs of logits = hidden head^T, which are held for `chunk` rows at a time, in scratch [chunk,
 * vocabulary]: bit for bit what hone_linear and hone_log_probs give. hidden [rows, width];
 * packed_head [vocabulary, width]; log_sums [rows] is kept for the backward pass, or NULL. */
int hone_token_log_probs(hone_context*, float* log_probs, float* entropies, float* log_sums,
                         float* scratch, const float* hidden, const void* packed_head,
                         const int32_t* targets, int64_t rows, int64_t width, int64_t vocabulary,
                         float temperature, int64_t chunk, int32_t dtype);
/* From d_log_probs [rows] and d_entropies [rows] or NULL: dhidden [rows, width] and dhead
 * [vocabulary, width], set or accumulated; either may be NULL. head [vocabulary, width]. Where
 * logits_kept is not 0 (all rows are one chunk), scratch still holds them. */
int hone_token_log_probs_backward(hone_context*, float* dhidden, float* dhead, float* scratch,
                                  const float* d_log_probs, const float* d_entropies,
                                  const float* log_sums, const float* entropies,
                                  const float* hidden, const float* head, const void* packed_head,
                                  const int32_t* targets, int64_t rows, int64_t width,
                                  int64_t vocabulary, float temperature, int64_t chunk,
                                  int32_t dtype, int32_t logits_kept, int32_t accumulate_hidden,
                                  int32_t accumulate_head);

/* ---- optimizer */

/* *sum += the sum of the squares of x [size], in double precision and a fixed order */
int hone_sum_of_squares(hone_context*, double* sum, const float* x, int64_t size);

typedef struct {
  double beta1, beta2, epsilon, learning_rate, weight_decay, gradient_scale;
  int32_t step; /* from 1 */
} hone_adamw_step;

/* One step of AdamW, in place: p, m, v [size]; gradient [size], or NULL where nothing flowed. */
int hone_adamw(hone_context*, float* p, float* m, float* v, const float* gradient, int64_t size,
               const hone_adamw_step* step);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
