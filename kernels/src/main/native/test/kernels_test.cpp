// Every operation against the oracle on random shapes: its values, and each derivative against the
// central difference of the oracle. Each case runs with one thread and with three, on top of what an
// output held before, and must give the same bits; a checksum of all of them is printed, which is the
// same for every instruction set.
#include <cstdio>
#include <string>

#include "check.h"

using namespace test;

namespace {

void refusals() {
  Floats y(4), x(4);
  const Ints rows{7};
  if (hone_gather_rows(one, y.data(), x.data(), rows.data(), 1, 2, 2) != HONE_INVALID || !*hone_error()) die("a row that is not there");
  if (hone_linear(one, y.data(), x.data(), x.data(), nullptr, -1, 2, 2, HONE_FP32) != HONE_INVALID) die("a negative number of rows");
  hone_context* none = nullptr;
  if (hone_open(&none, 0) != HONE_INVALID || none) die("a team of nobody");
  if (hone_allocate(-1)) die("negative memory");
}

}  // namespace

int main() {
  const std::string set = hone_instruction_set();
  if (!(set == "avx2"     ? __builtin_cpu_supports("avx2")
        : set == "avx512" ? __builtin_cpu_supports("avx512vl")
                          : __builtin_cpu_supports("avx512bf16"))) {
    std::fprintf(stderr, "skipped: this processor has no %s\n", hone_instruction_set());
    return 77;
  }
  ok(hone_open(&one, 1));
  ok(hone_open(&three, 3));
  ok(hone_self_test(three));
  linears();
  linears_at_once();
  bf16_products();
  amx_products();
  rows_alone_and_together();
  large_products();
  idle_experts();
  experts();
  layers();
  attentions();
  long_sequences();
  pages();
  routers();
  heads();
  sampling();
  optimizer();
  refusals();
  hone_close(one);
  hone_close(three);
  std::fprintf(stderr, "%s: %d cases\n", hone_instruction_set(), cases);
  std::printf("checksum %016llx\n", static_cast<unsigned long long>(checksum));
  return 0;
}
