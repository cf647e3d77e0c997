#include "oracle.h"

#include <algorithm>
#include <cmath>

namespace oracle {

Array linear(const Array& x, const Array& w, const Array& bias, int64_t n, int64_t in, int64_t out) {
  Array y(n * out);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t o = 0; o < out; o++) {
      double sum = bias.empty() ? 0 : bias[o];
      for (int64_t k = 0; k < in; k++) sum += x[i * in + k] * w[o * in + k];
      y[i * out + o] = sum;
    }
  }
  return y;
}

Array grouped_linear(const Array& x, const Array& w, const std::vector<int32_t>& expert, int64_t in, int64_t out) {
  Array y(expert.size() * out);
  for (size_t row = 0; row < expert.size(); row++) {
    for (int64_t o = 0; o < out; o++) {
      for (int64_t k = 0; k < in; k++) {
        y[row * out + o] += x[row * in + k] * w[(expert[row] * out + o) * in + k];
      }
    }
  }
  return y;
}

Array rms_norm(const Array& x, const Array& gain, double epsilon) {
  const size_t width = gain.size();
  Array y(x.size());
  for (size_t row = 0; row < x.size(); row += width) {
    double squares = 0;
    for (size_t i = 0; i < width; i++) squares += x[row + i] * x[row + i];
    for (size_t i = 0; i < width; i++) {
      y[row + i] = x[row + i] / std::sqrt(squares / static_cast<double>(width) + epsilon) * gain[i];
    }
  }
  return y;
}

Array rope(const Array& x, const Array& table, const std::vector<int32_t>& positions, int64_t heads,
           int64_t width, int64_t from, int64_t pairs, bool interleaved) {
  Array y = x;
  for (size_t token = 0; token < positions.size(); token++) {
    const double* cosines = &table[positions[token] * 2 * pairs];
    for (int64_t head = 0; head < heads; head++) {
      const int64_t at = (static_cast<int64_t>(token) * heads + head) * width + from;
      for (int64_t i = 0; i < pairs; i++) {
        const double a = x[at + (interleaved ? 2 * i : i)];
        const double b = x[at + (interleaved ? 2 * i + 1 : pairs + i)];
        y[at + i] = a * cosines[i] - b * cosines[pairs + i];
        y[at + pairs + i] = b * cosines[i] + a * cosines[pairs + i];
      }
    }
  }
  return y;
}

Array swiglu(const Array& gate_up, int64_t width) {
  Array y(gate_up.size() / 2);
  for (size_t i = 0; i < y.size(); i++) {
    const double gate = gate_up[i / width * 2 * width + i % width];
    const double up = gate_up[i / width * 2 * width + width + i % width];
    y[i] = gate / (1 + std::exp(-gate)) * up;
  }
  return y;
}

Array attention(const Array& q, const Array& k, const Array& v, const std::vector<int32_t>& lengths,
                int64_t heads, int64_t kv_heads, int64_t d, int64_t e, double scale) {
  Array y(q.size() / d * e);
  int64_t start = 0;
  for (int32_t length : lengths) {
    for (int64_t i = start; i < start + length; i++) {
      for (int64_t head = 0; head < heads; head++) {
        const int64_t kv = head / (heads / kv_heads);
        Array weights;
        double total = 0;
        for (int64_t j = start; j <= i; j++) {
          double score = 0;
          for (int64_t c = 0; c < d; c++) score += q[(i * heads + head) * d + c] * k[(j * kv_heads + kv) * d + c];
          weights.push_back(std::exp(score * scale));
          total += weights.back();
        }
        for (int64_t j = start; j <= i; j++) {
          for (int64_t c = 0; c < e; c++) {
            y[(i * heads + head) * e + c] += weights[j - start] / total * v[(j * kv_heads + kv) * e + c];
          }
        }
      }
    }
    start += length;
  }
  return y;
}

Array latent_attention(const Array& q, const Array& latent, const Array& kv_b,
                       const std::vector<int32_t>& lengths, int64_t heads, int64_t nope, int64_t rope,
                       int64_t rank, int64_t v, double scale) {
  const int64_t width = rank + rope, d = nope + rope;
  const int64_t tokens = static_cast<int64_t>(latent.size()) / width;
  Array keys(tokens * heads * d), values(tokens * heads * v);
  for (int64_t t = 0; t < tokens; t++) {
    for (int64_t h = 0; h < heads; h++) {
      for (int64_t c = 0; c < nope + v; c++) {
        double sum = 0;
        for (int64_t r = 0; r < rank; r++) sum += latent[t * width + r] * kv_b[(h * (nope + v) + c) * rank + r];
        (c < nope ? keys[(t * heads + h) * d + c] : values[(t * heads + h) * v + c - nope]) = sum;
      }
      for (int64_t c = 0; c < rope; c++) keys[(t * heads + h) * d + nope + c] = latent[t * width + rank + c];
    }
  }
  return attention(q, keys, values, lengths, heads, heads, d, v, scale);
}

Array scores(const Array& logits, int64_t experts, bool sigmoid) {
  Array y(logits.size());
  for (size_t row = 0; row < logits.size(); row += experts) {
    double total = 0;
    for (int64_t e = 0; e < experts; e++) total += std::exp(logits[row + e]);
    for (int64_t e = 0; e < experts; e++) {
      y[row + e] = sigmoid ? 1 / (1 + std::exp(-logits[row + e])) : std::exp(logits[row + e]) / total;
    }
  }
  return y;
}

Array router_weights(const Array& scores, const std::vector<int32_t>& chosen, int64_t experts,
                     int64_t top_k, bool normalize, double scale) {
  Array y(chosen.size());
  for (size_t at = 0; at < chosen.size(); at++) {
    const size_t token = at / top_k;
    double total = normalize ? 1e-20 : 1;
    for (int64_t j = 0; normalize && j < top_k; j++) total += scores[token * experts + chosen[token * top_k + j]];
    y[at] = scores[token * experts + chosen[at]] / total * scale;
  }
  return y;
}

Array unpermute(const Array& rows, const Array& weights, const std::vector<int32_t>& row_of_choice,
                int64_t top_k, int64_t width) {
  Array y(weights.size() / top_k * width);
  for (size_t choice = 0; choice < weights.size(); choice++) {
    for (int64_t i = 0; i < width; i++) {
      y[choice / top_k * width + i] += weights[choice] * rows[row_of_choice[choice] * width + i];
    }
  }
  return y;
}

Array log_probs(const Array& logits, const std::vector<int32_t>& targets, double temperature) {
  const size_t rows = targets.size(), vocabulary = logits.size() / rows;
  Array y(2 * rows);
  for (size_t row = 0; row < rows; row++) {
    const double* own = &logits[row * vocabulary];
    const double most = *std::max_element(own, own + vocabulary);
    double total = 0;
    for (size_t j = 0; j < vocabulary; j++) total += std::exp((own[j] - most) / temperature);
    for (size_t j = 0; j < vocabulary; j++) {
      const double log_p = (own[j] - most) / temperature - std::log(total);
      if (static_cast<int32_t>(j) == targets[row]) y[row] = log_p;
      y[rows + row] -= std::exp(log_p) * log_p;
    }
  }
  return y;
}

}  // namespace oracle
