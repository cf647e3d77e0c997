// Every operation once more: naive loops in double precision, written from the formulas and from
// nothing else. Shapes are those of hone_kernels.h.
#pragma once

#include <cstdint>
#include <vector>

namespace oracle {

using Array = std::vector<double>;

// x [n, in], w [out, in], bias [out] or empty -> [n, out]
Array linear(const Array& x, const Array& w, const Array& bias, int64_t n, int64_t in, int64_t out);

// Row r through matrix expert[r]: x [rows, in], w [experts, out, in] -> [rows, out]
Array grouped_linear(const Array& x, const Array& w, const std::vector<int32_t>& expert, int64_t in, int64_t out);

// x [rows, width], gain [width]
Array rms_norm(const Array& x, const Array& gain, double epsilon);

// x [tokens, heads, width], table [positions, 2, pairs]
Array rope(const Array& x, const Array& table, const std::vector<int32_t>& positions, int64_t heads,
           int64_t width, int64_t from, int64_t pairs, bool interleaved);

// [rows, 2 width] -> [rows, width]
Array swiglu(const Array& gate_up, int64_t width);

// q [tokens, heads, d], k [tokens, kv_heads, d], v [tokens, kv_heads, e] -> [tokens, heads, e]
Array attention(const Array& q, const Array& k, const Array& v, const std::vector<int32_t>& lengths,
                int64_t heads, int64_t kv_heads, int64_t d, int64_t e, double scale);

// Expanded, as DeepSeek-V2 defines it: keys and values of every head from the latent.
// q [tokens, heads, nope + rope], latent [tokens, rank + rope], kv_b [heads, nope + v, rank]
Array latent_attention(const Array& q, const Array& latent, const Array& kv_b,
                       const std::vector<int32_t>& lengths, int64_t heads, int64_t nope, int64_t rope,
                       int64_t rank, int64_t v, double scale);

// [tokens, experts] logits -> scores
Array scores(const Array& logits, int64_t experts, bool sigmoid);

// Scores [tokens, experts] at chosen [tokens, top_k] -> weights [tokens, top_k]
Array router_weights(const Array& scores, const std::vector<int32_t>& chosen, int64_t experts,
                     int64_t top_k, bool normalize, double scale);

// rows in order of choice: y[t] = sum_j weights[t, j] rows[row_of_choice[t, j]]
Array unpermute(const Array& rows, const Array& weights, const std::vector<int32_t>& row_of_choice,
                int64_t top_k, int64_t width);

// [rows] log-probabilities, then [rows] entropies; logits [rows, vocabulary]
Array log_probs(const Array& logits, const std::vector<int32_t>& targets, double temperature);

}  // namespace oracle
