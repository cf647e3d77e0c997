// Sixteen fp32 lanes, in one AVX-512 register or two AVX2 registers.
//
// Everything here is exactly rounded or a fixed sequence of exactly rounded operations, so both
// instruction sets give the same bits. The compiler may not contract multiplications and additions
// by itself (-ffp-contract=off): a fused multiply-add stands where `fma` is written.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace hone {

constexpr int LANES = 16;

#if defined(__AVX512F__)

struct Lanes {
  __m512 v;
};

inline Lanes broadcast(float x) { return {_mm512_set1_ps(x)}; }
inline Lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline void store(float* p, Lanes a) { _mm512_storeu_ps(p, a.v); }
inline __mmask16 first_lanes(int count) { return static_cast<__mmask16>((1u << count) - 1); }
// The first `count` lanes, zeros beyond; nothing past them is touched.
inline Lanes load(const float* p, int count) {
  if (count == LANES) return load(p);
  return {_mm512_maskz_loadu_ps(first_lanes(count), p)};
}
inline void store(float* p, Lanes a, int count) {
  if (count == LANES) return store(p, a);
  _mm512_mask_storeu_ps(p, first_lanes(count), a.v);
}
inline Lanes operator+(Lanes a, Lanes b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Lanes operator-(Lanes a, Lanes b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Lanes operator*(Lanes a, Lanes b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Lanes operator/(Lanes a, Lanes b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
inline Lanes max(Lanes a, Lanes b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Lanes min(Lanes a, Lanes b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Lanes sqrt(Lanes a) { return {_mm512_sqrt_ps(a.v)}; }
inline Lanes round(Lanes a) {
  return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
// a * 2^n for integral n in [-126, 127].
inline Lanes scale(Lanes a, Lanes n) {
  __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(n.v), _mm512_set1_epi32(127));
  return {_mm512_mul_ps(a.v, _mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23)))};
}
// a where x < limit is false, else b.
inline Lanes where_less(Lanes x, Lanes limit, Lanes b, Lanes a) {
  return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(x.v, limit.v, _CMP_LT_OQ), a.v, b.v)};
}

// Row i becomes column i.
inline void transpose(Lanes (&rows)[LANES]) {
  __m512 t[LANES];
  for (int i = 0; i < LANES; i += 2) {
    t[i] = _mm512_unpacklo_ps(rows[i].v, rows[i + 1].v);
    t[i + 1] = _mm512_unpackhi_ps(rows[i].v, rows[i + 1].v);
  }
  __m512d u[LANES];  // of four rows, a column of each quarter
  for (int i = 0; i < LANES; i += 4) {
    for (int half = 0; half < 2; half++) {
      const __m512d a = _mm512_castps_pd(t[i + half]), b = _mm512_castps_pd(t[i + half + 2]);
      u[i + 2 * half] = _mm512_unpacklo_pd(a, b);
      u[i + 2 * half + 1] = _mm512_unpackhi_pd(a, b);
    }
  }
  for (int c = 0; c < 4; c++) {
    const __m512d even = _mm512_shuffle_f64x2(u[c], u[4 + c], 0x88), odd = _mm512_shuffle_f64x2(u[c], u[4 + c], 0xdd);
    const __m512d later_even = _mm512_shuffle_f64x2(u[8 + c], u[12 + c], 0x88);
    const __m512d later_odd = _mm512_shuffle_f64x2(u[8 + c], u[12 + c], 0xdd);
    rows[c].v = _mm512_castpd_ps(_mm512_shuffle_f64x2(even, later_even, 0x88));
    rows[4 + c].v = _mm512_castpd_ps(_mm512_shuffle_f64x2(odd, later_odd, 0x88));
    rows[8 + c].v = _mm512_castpd_ps(_mm512_shuffle_f64x2(even, later_even, 0xdd));
    rows[12 + c].v = _mm512_castpd_ps(_mm512_shuffle_f64x2(odd, later_odd, 0xdd));
  }
}

#elif defined(__AVX2__) && defined(__FMA__)

struct Lanes {
  __m256 lo, hi;
};

inline Lanes broadcast(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline Lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void store(float* p, Lanes a) {
  _mm256_storeu_ps(p, a.lo);
  _mm256_storeu_ps(p + 8, a.hi);
}
inline __m256i first_lanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline Lanes load(const float* p, int count) {
  if (count == LANES) return load(p);
  return {_mm256_maskload_ps(p, first_lanes(count)),
          _mm256_maskload_ps(p + 8, first_lanes(count - 8))};
}
inline void store(float* p, Lanes a, int count) {
  if (count == LANES) return store(p, a);
  _mm256_maskstore_ps(p, first_lanes(count), a.lo);
  _mm256_maskstore_ps(p + 8, first_lanes(count - 8), a.hi);
}
inline Lanes operator+(Lanes a, Lanes b) {
  return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)};
}
inline Lanes operator-(Lanes a, Lanes b) {
  return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)};
}
inline Lanes operator*(Lanes a, Lanes b) {
  return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)};
}
inline Lanes operator/(Lanes a, Lanes b) {
  return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)};
}
inline Lanes fma(Lanes a, Lanes b, Lanes c) {
  return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
}
inline Lanes max(Lanes a, Lanes b) {
  return {_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)};
}
inline Lanes min(Lanes a, Lanes b) {
  return {_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)};
}
inline Lanes sqrt(Lanes a) { return {_mm256_sqrt_ps(a.lo), _mm256_sqrt_ps(a.hi)}; }
inline Lanes round(Lanes a) {
  constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {_mm256_round_ps(a.lo, nearest), _mm256_round_ps(a.hi, nearest)};
}
inline __m256 scale_half(__m256 a, __m256 n) {
  __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
  return _mm256_mul_ps(a, _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
}
inline Lanes scale(Lanes a, Lanes n) { return {scale_half(a.lo, n.lo), scale_half(a.hi, n.hi)}; }
inline Lanes where_less(Lanes x, Lanes limit, Lanes b, Lanes a) {
  return {_mm256_blendv_ps(a.lo, b.lo, _mm256_cmp_ps(x.lo, limit.lo, _CMP_LT_OQ)),
          _mm256_blendv_ps(a.hi, b.hi, _mm256_cmp_ps(x.hi, limit.hi, _CMP_LT_OQ))};
}

inline void transpose(Lanes (&rows)[LANES]) {
  float x[LANES][LANES], y[LANES][LANES];
  for (int i = 0; i < LANES; i++) store(x[i], rows[i]);
  for (int i = 0; i < LANES; i++) {
    for (int j = 0; j < LANES; j++) y[j][i] = x[i][j];
  }
  for (int i = 0; i < LANES; i++) rows[i] = load(y[i]);
}

#else
#error "The CPU kernels need AVX2 with FMA, or AVX-512."
#endif

// The bits of x as bf16, rounded to the nearest, ties to even; NaN stays NaN.
inline uint32_t bf16_bits(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return bits >> 16 | 0x40u;
  return (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16;
}

inline float from_bf16(uint32_t half) {
  const uint32_t bits = half << 16;
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

inline Lanes zeros() { return broadcast(0.0f); }

// The first `count` lanes, and `beyond` in the others.
inline Lanes load(const float* p, int count, float beyond) {
  if (count == LANES) return load(p);
  float padded[LANES];
  for (int i = 0; i < LANES; i++) padded[i] = i < count ? p[i] : beyond;
  return load(padded);
}

// Sum and maximum over the lanes, as a tree of halves.
inline float sum(Lanes a) {
  float x[LANES];
  store(x, a);
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) x[i] += x[i + half];
  }
  return x[0];
}

inline float max(Lanes a) {
  float x[LANES];
  store(x, a);
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) x[i] = x[i] > x[i + half] ? x[i] : x[i + half];
  }
  return x[0];
}

// e^x to about one unit in the last place, 0 below -87.3 and NaN of NaN: x reduced by multiples of
// ln 2, then the polynomial of Moshier's Cephes (expf).
inline Lanes exp(Lanes x) {
  // The second operand of min and max is the one that a NaN survives in.
  Lanes bounded = max(broadcast(-87.3f), min(broadcast(88.3f), x));
  Lanes n = round(bounded * broadcast(1.44269504f));
  Lanes r = fma(n, broadcast(-0.693359375f), bounded);
  r = fma(n, broadcast(2.12194440e-4f), r);
  Lanes p = broadcast(1.9875691500e-4f);
  p = fma(p, r, broadcast(1.3981999507e-3f));
  p = fma(p, r, broadcast(8.3334519073e-3f));
  p = fma(p, r, broadcast(4.1665795894e-2f));
  p = fma(p, r, broadcast(1.6666665459e-1f));
  p = fma(p, r, broadcast(5.0000001201e-1f));
  p = fma(p * r, r, r) + broadcast(1.0f);
  return where_less(x, broadcast(-87.3f), zeros(), scale(p, n));
}

inline Lanes sigmoid(Lanes x) {
  return broadcast(1.0f) / (broadcast(1.0f) + exp(zeros() - x));
}

// Calls body(first, count) for stretches of 16 of [from, to), the last possibly of fewer.
template <class Body>
inline __attribute__((always_inline)) void by_lanes(int64_t from, int64_t to, const Body& body) {
  int64_t i = from;
  for (; i + LANES <= to; i += LANES) body(i, LANES);
  if (i < to) body(i, static_cast<int>(to - i));
}

}  // namespace hone
