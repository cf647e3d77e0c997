// Times each operation beside what this machine can do: operations of products beside the rate of
// fused multiply-adds in registers, the others beside the rate at which memory is copied. Argument:
// threads. One line an operation: the median of a few repetitions, and the share; the machine's
// own limits are the best of theirs.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "hone_kernels.h"
#include "simd.h"
#include "timing.h"
#include "workers.h"

namespace {

using bench::Floats;
using bench::numbers;
using bench::seconds;
using Ints = std::vector<int32_t>;

hone_context* context;
double peak;       // multiply-adds in registers, operations a second
double bandwidth;  // bytes a second, read and written

void compute_bound(const char* name, const char* shape, double multiply_adds, const std::function<void()>& body) {
  const double s = seconds(body), rate = 2 * multiply_adds / s;
  std::printf("%-34s %-24s %9.1f us %8.1f GFLOPS  %5.1f %% of the peak\n", name, shape, s * 1e6, rate / 1e9, 100 * rate / peak);
}

void memory_bound(const char* name, const char* shape, double bytes, const std::function<void()>& body) {
  const double s = seconds(body), rate = bytes / s;
  std::printf("%-34s %-24s %9.1f us %8.1f GB/s    %5.1f %% of copying\n", name, shape, s * 1e6, rate / 1e9, 100 * rate / bandwidth);
}

void machine(int threads) {
  hone::Workers workers(threads);
  constexpr int64_t rounds = 1 << 20;
  volatile float sink = 0;
  const double s = seconds([&] {
    workers.run(threads, [&](int64_t) {
      using namespace hone;
      Lanes acc[16];
      for (int i = 0; i < 16; i++) acc[i] = broadcast(static_cast<float>(i));
      const Lanes x = broadcast(0.999f), y = broadcast(0.001f);
      for (int64_t k = 0; k < rounds; k++) {
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) acc[i] = fma(acc[i], x, y);
      }
      Lanes total = acc[0];
      for (int i = 1; i < 16; i++) total = total + acc[i];
      sink = sink + hone::sum(total);
    });
  }, true);
  peak = 2.0 * threads * rounds * 16 * hone::LANES / s;
  const int64_t size = 64 << 20;
  Floats x(size, 1.0f), y(size);
  bandwidth = 8.0 * size / seconds([&] { hone_copy(context, y.data(), x.data(), size, 0); }, true);
  // 538 MB are the weights of a model of 135M parameters in fp32.
  const Floats w(538'000'000 / 4, 1.0f);
  const double reading = 4.0 * w.size() / seconds([&] { hone_read(context, w.data(), 4 * w.size()); }, true);
  std::printf("%s, %d threads: peak %.1f GFLOPS fp32, copying %.1f GB/s (read and written), reading %.1f GB/s\n\n",
              hone_instruction_set(), threads, peak / 1e9, bandwidth / 1e9, reading / 1e9);
}

void linear(int64_t n, int64_t in, int64_t out) {
  const Floats x = numbers(n * in), w = numbers(in * out), dy = numbers(n * out);
  Floats y(n * out), dx(n * in), dw(in * out), packed(hone_packed_bytes(1, out, in, HONE_FP32) / 4);
  hone_pack(context, packed.data(), w.data(), 1, in * out, out, in, HONE_FP32);
  char shape[64];
  std::snprintf(shape, sizeof shape, "%ld x %ld -> %ld", static_cast<long>(n), static_cast<long>(in), static_cast<long>(out));
  const double work = static_cast<double>(n) * in * out;
  if (n == 1) {
    memory_bound("linear, one row", shape, 4.0 * in * out, [&] { hone_linear(context, y.data(), x.data(), packed.data(), nullptr, n, in, out, HONE_FP32); });
    hone_pack(context, packed.data(), w.data(), 1, in * out, out, in, HONE_BF16);
    memory_bound("linear, one row, bf16 weights", shape, 2.0 * in * out, [&] { hone_linear(context, y.data(), x.data(), packed.data(), nullptr, n, in, out, HONE_BF16); });
    return;
  }
  compute_bound("linear", shape, work, [&] { hone_linear(context, y.data(), x.data(), packed.data(), nullptr, n, in, out, HONE_FP32); });
  if (n < 100) return;
  compute_bound("linear, gradient by input", shape, work, [&] { hone_linear_backward_input(context, dx.data(), dy.data(), w.data(), n, in, out, HONE_FP32, 0); });
  compute_bound("linear, gradient by weight", shape, work, [&] { hone_linear_backward_weight(context, dw.data(), dy.data(), x.data(), n, in, out, HONE_FP32, 0); });
}

void experts() {
  const int64_t experts = 16, top_k = 4, tokens = 1536, in = 256, out = 256, rows = tokens * top_k;
  const Floats x = numbers(rows * in), w = numbers(experts * in * out), dy = numbers(rows * out);
  Floats y(rows * out), dx(rows * in), dw(w.size()), packed(hone_packed_bytes(experts, out, in, HONE_FP32) / 4);
  hone_pack(context, packed.data(), w.data(), experts, in * out, out, in, HONE_FP32);
  Ints offsets;
  for (int64_t e = 0; e <= experts; e++) offsets.push_back(static_cast<int32_t>(rows * e * e / (experts * experts)));
  const double work = static_cast<double>(rows) * in * out;
  const char* shape = "16 experts, 6144 x 256 -> 256";
  compute_bound("grouped linear, uneven load", shape, work, [&] { hone_grouped_linear(context, y.data(), x.data(), packed.data(), offsets.data(), experts, in, out, HONE_FP32); });
  compute_bound("  gradient by input", shape, work, [&] { hone_grouped_linear_backward_input(context, dx.data(), dy.data(), w.data(), offsets.data(), experts, in, out, HONE_FP32, 0); });
  compute_bound("  gradient by weight", shape, work, [&] { hone_grouped_linear_backward_weight(context, dw.data(), dy.data(), x.data(), offsets.data(), experts, in, out, HONE_FP32, 0); });
}

void attention(int64_t sequences, int64_t length, int64_t heads, int64_t kv_heads, int64_t d) {
  const int64_t tokens = sequences * length;
  Ints starts, past(sequences, 0);
  for (int64_t s = 0; s <= sequences; s++) starts.push_back(static_cast<int32_t>(s * length));
  hone_packing packing{};
  packing.sequences = sequences;
  packing.starts = starts.data();
  packing.past = past.data();
  const Floats q = numbers(tokens * heads * d), k = numbers(tokens * kv_heads * d), v = k, dout = q;
  Floats out(q.size()), log_sums(tokens * heads), dq(q.size()), dk(k.size()), dv(v.size());
  char shape[64];
  std::snprintf(shape, sizeof shape, "%ld x %ld, %ld/%ld x %ld", static_cast<long>(sequences), static_cast<long>(length), static_cast<long>(heads), static_cast<long>(kv_heads), static_cast<long>(d));
  const double work = 2.0 * sequences * length * (length + 1) / 2 * static_cast<double>(heads) * d;  // what is causal
  compute_bound("attention", shape, work, [&] {
    hone_attention(context, out.data(), log_sums.data(), q.data(), k.data(), v.data(), &packing, heads, kv_heads, d, d, 0.1f);
  });
  compute_bound("  backward", shape, 2.5 * work, [&] {
    hone_attention_backward(context, dq.data(), dk.data(), dv.data(), dout.data(), out.data(), log_sums.data(), q.data(), k.data(), v.data(), &packing, heads, kv_heads, d, d, 0.1f);
  });
}

void head() {
  const int64_t rows = 1528, width = 256, vocabulary = 4096, chunk = 2048;
  const Floats hidden = numbers(rows * width), w = numbers(vocabulary * width), d = numbers(rows);
  Floats packed(hone_packed_bytes(1, vocabulary, width, HONE_FP32) / 4), log_probs(rows), entropies(rows), log_sums(rows);
  Floats scratch(chunk * vocabulary), dhidden(hidden.size()), dhead(w.size());
  Ints targets(rows, 5);
  hone_pack(context, packed.data(), w.data(), 1, width * vocabulary, vocabulary, width, HONE_FP32);
  const double work = static_cast<double>(rows) * width * vocabulary;
  compute_bound("token_log_probs", "1528 x 256 -> 4096", work, [&] {
    hone_token_log_probs(context, log_probs.data(), entropies.data(), log_sums.data(), scratch.data(), hidden.data(), packed.data(), targets.data(), rows, width, vocabulary, 1.0f, chunk, HONE_FP32);
  });
  compute_bound("  backward, logits again", "1528 x 256 -> 4096", 3 * work, [&] {
    hone_token_log_probs_backward(context, dhidden.data(), dhead.data(), scratch.data(), d.data(), d.data(), log_sums.data(), entropies.data(), hidden.data(), w.data(), packed.data(), targets.data(), rows, width, vocabulary, 1.0f, chunk, HONE_FP32, 0, 0, 0);
  });
}

void rows() {
  const int64_t n = 16384, width = 576;
  const Floats x = numbers(n * width), gain = numbers(width), gate = numbers(2 * n * width);
  Floats y(n * width), scales(n), dx(n * width), dgain(width), dgate(gate.size());
  memory_bound("rms_norm", "16384 x 576", 8.0 * n * width, [&] { hone_rms_norm(context, y.data(), scales.data(), x.data(), gain.data(), n, width, 1e-6f); });
  memory_bound("  backward", "16384 x 576", 20.0 * n * width, [&] { hone_rms_norm_backward(context, dx.data(), dgain.data(), y.data(), x.data(), gain.data(), scales.data(), n, width, 0, 0); });
  memory_bound("swiglu", "16384 x 576", 12.0 * n * width, [&] { hone_swiglu(context, y.data(), gate.data(), n, width); });
  memory_bound("  backward", "16384 x 576", 20.0 * n * width, [&] { hone_swiglu_backward(context, dgate.data(), y.data(), gate.data(), n, width, 0); });
  memory_bound("add", "16384 x 576", 12.0 * n * width, [&] { hone_add(context, y.data(), x.data(), dx.data(), n * width); });
  const int64_t size = 12'500'000;
  Floats p = numbers(size), m(size), v(size), g = p;
  const hone_adamw_step step{0.9, 0.999, 1e-8, 1e-6, 0.01, 1.0, 1};
  memory_bound("adamw", "12.5M", 28.0 * size, [&] { hone_adamw(context, p.data(), m.data(), v.data(), g.data(), size, &step); });
  double total = 0;
  memory_bound("sum_of_squares", "12.5M", 4.0 * size, [&] { hone_sum_of_squares(context, &total, g.data(), size); });
}

}  // namespace

// One token of one sequence on a cache of so many, of so many layers in turn that no processor's cache holds them.
void attention_on_pages(int64_t past, int64_t heads, int64_t kv_heads, int64_t d) {
  constexpr int64_t page_tokens = 64;
  const int64_t width = 2 * kv_heads * d, pages = past / page_tokens + 1;
  const int64_t layers = (int64_t{1} << 26) / (pages * page_tokens * width);
  const Ints starts{0, 1}, pasts{static_cast<int32_t>(past)}, first{0};
  std::vector<Floats> memory(pages, Floats(layers * page_tokens * width, 0.5f));
  std::vector<float*> addresses;
  for (Floats& page : memory) addresses.push_back(page.data());
  hone_packing packing{1, starts.data(), pasts.data(), addresses.data(), first.data(), page_tokens, width, 0};
  const Floats q = numbers(heads * d), k = numbers(kv_heads * d), v = k;
  Floats out(q.size());
  char shape[64];
  std::snprintf(shape, sizeof shape, "1 on %ld, %ld/%ld x %ld", static_cast<long>(past), static_cast<long>(heads), static_cast<long>(kv_heads), static_cast<long>(d));
  const auto next_layer = [&] {
    packing.page_offset = (packing.page_offset + page_tokens * width) % (layers * page_tokens * width);
    hone_attention(context, out.data(), nullptr, q.data(), k.data(), v.data(), &packing, heads, kv_heads, d, d, 0.1f);
  };
  // In a virtual machine the first look of each thread at a page is slow.
  for (int64_t i = 0; i < 3 * layers; i++) next_layer();
  memory_bound("attention, decoding", shape, 4.0 * past * width, next_layer);
}

int main(int count, char** arguments) {
  const int threads = count > 1 ? std::atoi(arguments[1]) : 2;
  if (hone_open(&context, threads) != HONE_OK) {
    std::fprintf(stderr, "%s\n", hone_error());
    return 1;
  }
  machine(threads);
  linear(2048, 2048, 2048);
  linear(1536, 256, 1024);
  linear(1536, 256, 256);
  linear(1536, 576, 1536);
  linear(16, 256, 4096);
  linear(16, 576, 1536);
  linear(1, 576, 49152);
  experts();
  attention(8, 192, 8, 8, 64);
  attention(8, 192, 9, 3, 64);
  attention(1, 2048, 9, 3, 64);
  attention_on_pages(150, 9, 3, 64);
  attention_on_pages(1000, 9, 3, 64);
  head();
  rows();
  hone_close(context);
  return 0;
}
