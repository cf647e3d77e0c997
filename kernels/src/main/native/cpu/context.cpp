// Contexts, memory, errors, and the self-test of the promise.
#include "context.h"

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "product.h"
#include "simd.h"

namespace hone {

namespace {

std::string& message() {
  thread_local std::string text;
  return text;
}

}  // namespace

int fail(int code, const char* text) {
  message() = text;
  return code;
}

}  // namespace hone

extern "C" {

const char* hone_error(void) { return hone::message().c_str(); }

const char* hone_instruction_set(void) {
#if defined(__AVX512BF16__)
  return "avx512_bf16";
#elif defined(__AVX512F__)
  return "avx512";
#else
  return "avx2";
#endif
}

int hone_open(hone_context** context, int32_t threads) {
  HONE_REQUIRE(context != nullptr);
  HONE_REQUIRE(threads >= 1 && threads <= 1024);
  return hone::guarded([&] { *context = new hone_context(threads); });
}

void hone_close(hone_context* context) { delete context; }

void* hone_allocate(int64_t bytes) {
  return bytes < 0 ? nullptr : std::aligned_alloc(64, (bytes + 64) / 64 * 64);
}

void hone_free(void* memory) { std::free(memory); }

int hone_self_test(hone_context* context) {
  HONE_REQUIRE(context != nullptr);
  // Odd sizes, so that every kind of tile has its turn; more than one block of the inner dimension.
  constexpr int64_t rows = 29, inner = 301, columns = 173;
  bool same = true, chains = true;
  int code = hone::guarded([&] {
    std::vector<float> x(rows * inner), w(columns * inner), together(rows * columns), expected, alone;
    uint32_t state = 1;
    auto next = [&] { return static_cast<float>(static_cast<int32_t>(state = state * 1664525u + 1013904223u)) * 0x1p-31f; };
    for (float& value : x) value = next();
    for (float& value : w) value = next();
    // Numbers that bf16 holds, so that both dtypes must give the same bits: vdpbf16ps is what we take it for.
    for (std::vector<float>* numbers : {&x, &w}) {
      for (float& value : *numbers) value = hone::from_bf16(hone::bf16_bits(value));
    }
    for (int32_t dtype : {HONE_FP32, HONE_BF16, HONE_BF16_AMX}) {
      std::vector<char> packed(hone_packed_bytes(1, columns, inner, dtype));
      hone_pack(context, packed.data(), w.data(), 1, columns * inner, columns, inner, dtype);
      hone_linear(context, together.data(), x.data(), packed.data(), nullptr, rows, inner, columns, dtype);
      if (dtype == HONE_FP32) expected = together;
      if (dtype == HONE_BF16) chains = std::memcmp(together.data(), expected.data(), together.size() * sizeof(float)) == 0;
      for (int64_t count : {1, 2, 7, 16}) {
        alone.resize(count * columns);
        for (int64_t first = 0; first + count <= rows; first += 5) {
          hone_linear(context, alone.data(), x.data() + first * inner, packed.data(), nullptr, count, inner, columns, dtype);
          same &= std::memcmp(alone.data(), together.data() + first * columns, alone.size() * sizeof(float)) == 0;
        }
      }
    }
  });
  if (code != HONE_OK) return code;
  if (!chains) return hone::fail(HONE_FAILED, "a bf16 product is not the fp32 product of the same numbers");
  return same ? HONE_OK : hone::fail(HONE_FAILED, "a row's product depends on the rows beside it");
}

}  // extern "C"
