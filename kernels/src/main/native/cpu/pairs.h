// Sixteen words of two bf16 numbers each, and their products.
//
// The two of a word are neighbours in the inner dimension of a product, the earlier one in the high
// half: vdpbf16ps (AVX512_BF16) adds that half's product first and rounds after each of the two, so
//
//     fma(a, b, c) = fma(a.low, b.low, fma(a.high, b.high, c))
//
// goes on with one ascending chain of fused multiply-adds. It takes subnormal numbers for zero, before
// and after. Where the instruction is not there the same bits come from two multiply-adds with the
// processor set to do likewise (FlushSubnormals).
#pragma once

#include "simd.h"

namespace hone {

// The word of two numbers, each rounded to the nearest bf16, subnormal ones to zero.
inline uint32_t pair(float earlier, float later) {
  auto normal = [](float x) { return __builtin_fabsf(x) < 0x1p-126f ? 0.0f : x; };
  return bf16_bits(normal(earlier)) << 16 | bf16_bits(normal(later));
}

#if defined(__AVX512F__)

struct Pairs {
  __m512i v;
};

inline Pairs broadcast(uint32_t word) { return {_mm512_set1_epi32(static_cast<int>(word))}; }
inline Pairs load(const uint32_t* p) { return {_mm512_loadu_si512(p)}; }
inline Lanes as_lanes(Pairs a) { return {_mm512_castsi512_ps(a.v)}; }
inline void store(uint32_t* p, Pairs a, int count) {
  _mm512_mask_storeu_epi32(p, static_cast<__mmask16>((1u << count) - 1), a.v);
}

#else

struct Pairs {
  __m256i lo, hi;
};

inline Pairs broadcast(uint32_t word) {
  const __m256i all = _mm256_set1_epi32(static_cast<int>(word));
  return {all, all};
}
inline Pairs load(const uint32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 8))};
}
inline Lanes as_lanes(Pairs a) { return {_mm256_castsi256_ps(a.lo), _mm256_castsi256_ps(a.hi)}; }
inline void store(uint32_t* p, Pairs a, int count) {
  _mm256_maskstore_epi32(reinterpret_cast<int*>(p), first_lanes(count), a.lo);
  _mm256_maskstore_epi32(reinterpret_cast<int*>(p + 8), first_lanes(count - 8), a.hi);
}

#endif

#if defined(__AVX512F__)
inline Lanes high_halves(Pairs a) {
  return {_mm512_castsi512_ps(_mm512_and_si512(a.v, _mm512_set1_epi32(static_cast<int>(0xFFFF0000u))))};
}
inline Lanes low_halves(Pairs a) { return {_mm512_castsi512_ps(_mm512_slli_epi32(a.v, 16))}; }
#else
inline Lanes high_halves(Pairs a) {
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(0xFFFF0000u));
  return {_mm256_castsi256_ps(_mm256_and_si256(a.lo, mask)), _mm256_castsi256_ps(_mm256_and_si256(a.hi, mask))};
}
inline Lanes low_halves(Pairs a) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(a.lo, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(a.hi, 16))};
}
#endif

#if defined(__AVX512BF16__)

inline Lanes fma(Pairs a, Pairs b, Lanes c) {
  return {_mm512_dpbf16_ps(c.v, reinterpret_cast<__m512bh>(a.v), reinterpret_cast<__m512bh>(b.v))};
}

// Word i of earlier[i] and later[i].
inline Pairs pair(Lanes earlier, Lanes later) {
  auto words = [](Lanes x) { return _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x.v))); };
  return {_mm512_or_si512(_mm512_slli_epi32(words(earlier), 16), words(later))};
}

// Word i of numbers 2 i and 2 i + 1 of the two.
inline Pairs pair_neighbours(Lanes first, Lanes second) {
  return {_mm512_rol_epi32(reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second.v, first.v)), 16)};
}

#else

inline Lanes fma(Pairs a, Pairs b, Lanes c) {
  return fma(low_halves(a), low_halves(b), fma(high_halves(a), high_halves(b), c));
}

inline Pairs pair(Lanes earlier, Lanes later) {
  float high[LANES], low[LANES];
  uint32_t words[LANES];
  store(high, earlier);
  store(low, later);
  for (int i = 0; i < LANES; i++) words[i] = pair(high[i], low[i]);
  return load(words);
}

inline Pairs pair_neighbours(Lanes first, Lanes second) {
  float numbers[2 * LANES];
  uint32_t words[LANES];
  store(numbers, first);
  store(numbers + LANES, second);
  for (int i = 0; i < LANES; i++) words[i] = pair(numbers[2 * i], numbers[2 * i + 1]);
  return load(words);
}

#endif

// While it lives, this thread's fp32 arithmetic takes subnormal numbers for zero.
class FlushSubnormals {
 public:
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }
  ~FlushSubnormals() { _mm_setcsr(before_); }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  unsigned before_;
};

}  // namespace hone
