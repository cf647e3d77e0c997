// Times products beside oneDNN's, in one process, in turn, with as many threads. Arguments: threads,
// and rows, in, out of one linear layer instead of those of the models.
//
// OpenMP's threads, which oneDNN uses, are told to sleep when idle: spinning they would take ours from their cores.
//
// oneDNN gets what serves it best: weights in the layout that it asks for where they are packed once a
// step (hone_linear packs them too), plain arrays where an operation is given those; and bf16 arrays, where
// ours rounds fp32 ones as it goes.
#include <omp.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <oneapi/dnnl/dnnl.hpp>

#include "hone_kernels.h"
#include "timing.h"

namespace {

using bench::Floats;
using bench::numbers;
using dnnl::memory;

hone_context* context;

// c [rows, columns] = a [rows, inner] b [inner, columns] by oneDNN.
class Matmul {
 public:
  using Tag = memory::format_tag;

  // Tags say how a and b lie: ab row-major, ba column-major; b is reordered once where PACKED.
  Matmul(const float* a, Tag a_tag, const float* b, Tag b_tag, bool packed, int64_t rows, int64_t inner,
         int64_t columns, memory::data_type type)
      : engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
    const memory::desc a_desc({rows, inner}, type, a_tag), c_desc({rows, columns}, memory::data_type::f32, Tag::ab);
    const memory::desc b_plain({inner, columns}, type, b_tag);
    const memory::desc b_desc = packed ? memory::desc({inner, columns}, type, Tag::any) : b_plain;
    const dnnl::matmul::primitive_desc description(engine_, a_desc, b_desc, c_desc);
    product_ = dnnl::matmul(description);
    arguments_ = {{DNNL_ARG_SRC, filled(a, a_desc, a_tag)},
                  {DNNL_ARG_WEIGHTS, filled(b, description.weights_desc(), b_tag)},
                  {DNNL_ARG_DST, memory(c_desc, engine_)}};
  }

  void operator()() const {
    product_.execute(stream_, arguments_);
    stream_.wait();
  }

 private:
  // The numbers of a plain fp32 array in another layout or type.
  memory filled(const float* numbers, const memory::desc& wanted, Tag tag) {
    memory from({wanted.get_dims(), memory::data_type::f32, tag}, engine_, const_cast<float*>(numbers));
    memory to(wanted, engine_);
    dnnl::reorder(from, to).execute(stream_, from, to);
    stream_.wait();
    return to;
  }

  dnnl::engine engine_;
  mutable dnnl::stream stream_;
  dnnl::matmul product_;
  std::unordered_map<int, memory> arguments_;
};

template <class Ours>
void line(const char* name, int64_t rows, int64_t inner, int64_t columns, const Ours& ours, const Matmul& theirs) {
  const bench::Pair times = bench::in_turn(ours, theirs);
  const double work = 2e-9 * static_cast<double>(rows) * static_cast<double>(inner) * static_cast<double>(columns);
  char shape[64];
  std::snprintf(shape, sizeof shape, "%ld x %ld -> %ld", static_cast<long>(rows), static_cast<long>(inner), static_cast<long>(columns));
  std::printf("%-28s %-22s %8.1f %8.1f GFLOPS  %5.1f %%\n", name, shape, work / times.first, work / times.second,
              100 * times.second / times.first);
  std::fflush(stdout);
}

void linear(int64_t rows, int64_t in, int64_t out) {
  using Tag = memory::format_tag;
  const Floats x = numbers(rows * in), w = numbers(in * out), dy = numbers(rows * out);
  Floats y(rows * out), dx(rows * in), dw(in * out);
  for (const int32_t dtype : {HONE_FP32, HONE_BF16}) {
    const bool half = dtype == HONE_BF16;
    const memory::data_type type = half ? memory::data_type::bf16 : memory::data_type::f32;
    Floats packed(hone_packed_bytes(1, out, in, dtype) / 4);
    hone_pack(context, packed.data(), w.data(), 1, in * out, out, in, dtype);
    line(half ? "linear, bf16" : "linear, fp32", rows, in, out,
         [&] { hone_linear(context, y.data(), x.data(), packed.data(), nullptr, rows, in, out, dtype); },
         Matmul(x.data(), Tag::ab, w.data(), Tag::ba, true, rows, in, out, type));
  }
  if (rows < 100) return;
  for (const int32_t dtype : {HONE_FP32, HONE_BF16}) {
    const bool half = dtype == HONE_BF16;
    const memory::data_type type = half ? memory::data_type::bf16 : memory::data_type::f32;
    line(half ? "  gradient by input, bf16" : "  gradient by input, fp32", rows, out, in,
         [&] { hone_linear_backward_input(context, dx.data(), dy.data(), w.data(), rows, in, out, dtype, 0); },
         Matmul(dy.data(), Tag::ab, w.data(), Tag::ab, false, rows, out, in, type));
    line(half ? "  gradient by weight, bf16" : "  gradient by weight, fp32", out, rows, in,
         [&] { hone_linear_backward_weight(context, dw.data(), dy.data(), x.data(), rows, in, out, dtype, 0); },
         Matmul(dy.data(), Tag::ba, x.data(), Tag::ab, false, out, rows, in, type));
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (!std::getenv("OMP_WAIT_POLICY")) {  // read once, before main
    setenv("OMP_WAIT_POLICY", "passive", 1);
    execv("/proc/self/exe", arguments);
  }
  const int threads = count > 1 ? std::atoi(arguments[1]) : 2;
  if (hone_open(&context, threads) != HONE_OK) {
    std::fprintf(stderr, "%s\n", hone_error());
    return 1;
  }
  omp_set_num_threads(threads);
  const dnnl_version_t* version = dnnl_version();
  std::printf("%s, %d threads: Hone, oneDNN %d.%d.%d, and the share of it that Hone reaches\n\n", hone_instruction_set(),
              threads, version->major, version->minor, version->patch);
  if (count == 5) {
    linear(std::atol(arguments[2]), std::atol(arguments[3]), std::atol(arguments[4]));
    return 0;
  }
  linear(2048, 2048, 2048);
  linear(1536, 256, 256);
  linear(1536, 256, 1024);
  linear(1536, 1024, 256);
  linear(1536, 256, 4096);
  for (const int64_t rows : {1, 16, 2048}) {
    linear(rows, 576, 576);
    linear(rows, 576, 1536);
    linear(rows, 1536, 576);
  }
  for (const int64_t rows : {1, 16, 512}) linear(rows, 576, 49152);
  hone_close(context);
  return 0;
}
