// Branch-free float functions, written so that loops over them vectorize.
// Polynomials: Cephes (S. Moshier, single precision), evaluated with fused multiply-add.
#ifndef CKERNELS_SCALAR_FUNCTIONS_H
#define CKERNELS_SCALAR_FUNCTIONS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "clones.h"

CK_INLINE float ck_bits_to_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

CK_INLINE uint32_t ck_float_to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Beyond this the products of the quarter turns are no longer exact. Callers use double there.
#define CK_TRIGONOMETRIC_RANGE 98304.0f

typedef struct {
  float sine, cosine;
  uint32_t quarter;
} ck_turn;

// The sine and cosine of the remainder in [-pi/4, pi/4], and the number of quarter turns removed.
CK_INLINE ck_turn ck_reduce(float x) {
  const float quarters = __builtin_rintf(x * 0.636619772367581343f);
  // pi/2 in three floats (Cody and Waite). With FMA the first subtraction is exact.
  float r = __builtin_fmaf(-quarters, 1.57079637050628662109375f, x);
  r = __builtin_fmaf(-quarters, -4.37113900018624283e-8f, r);
  r = __builtin_fmaf(-quarters, 1.71512451000588e-15f, r);
  const float s = r * r;
  float sine = __builtin_fmaf(-1.9515295891e-4f, s, 8.3321608736e-3f);
  sine = __builtin_fmaf(sine, s, -1.6666654611e-1f);
  sine = __builtin_fmaf(sine * s, r, r);
  float cosine = __builtin_fmaf(2.443315711809948e-5f, s, -1.388731625493765e-3f);
  cosine = __builtin_fmaf(cosine, s, 4.166664568298827e-2f);
  cosine = __builtin_fmaf(cosine * s, s, __builtin_fmaf(-0.5f, s, 1.0f));
  return (ck_turn){sine, cosine, (uint32_t)(int32_t)quarters};
}

CK_INLINE float ck_select_turn(ck_turn turn, uint32_t extra) {
  const uint32_t quarter = turn.quarter + extra;
  const float chosen = (quarter & 1u) ? turn.cosine : turn.sine;
  return ck_bits_to_float(ck_float_to_bits(chosen) ^ ((quarter & 2u) << 30));
}

CK_INLINE float ck_sine(float x) { return ck_select_turn(ck_reduce(x), 0); }
CK_INLINE float ck_cosine(float x) { return ck_select_turn(ck_reduce(x), 1); }

CK_INLINE float ck_exponential(float x) {
  // Clamped, NaN included, so that the scale stays a normal number. The ends and NaN are corrected below.
  const float clamped = x >= -87.3f ? (x > 88.7f ? 88.7f : x) : -87.3f;
  const float n = __builtin_rintf(clamped * 1.44269504088896341f);
  float r = __builtin_fmaf(-n, 0.693359375f, clamped);
  r = __builtin_fmaf(-n, -2.12194440e-4f, r);
  float p = __builtin_fmaf(1.9875691500e-4f, r, 1.3981999507e-3f);
  p = __builtin_fmaf(p, r, 8.3334519073e-3f);
  p = __builtin_fmaf(p, r, 4.1665795894e-2f);
  p = __builtin_fmaf(p, r, 1.6666665459e-1f);
  p = __builtin_fmaf(p, r, 5.0000001201e-1f);
  p = __builtin_fmaf(p, r * r, r) + 1.0f;
  // Two factors, because 2^128 is not a float.
  const int32_t whole = (int32_t)n, half = whole >> 1;
  const float first = ck_bits_to_float((uint32_t)(half + 127) << 23);
  const float second = ck_bits_to_float((uint32_t)(whole - half + 127) << 23);
  float result = p * first * second;
  result = x > 88.722839f ? INFINITY : result;
  result = x < -87.3f ? 0.0f : result;
  return x != x ? x : result;
}

CK_INLINE float ck_logarithm(float x) {
  // Subnormal inputs are scaled into the normal range first.
  const int small = x < 1.17549435e-38f;
  const float scaled = small ? x * 8388608.0f : x;
  const uint32_t bits = ck_float_to_bits(scaled);
  float exponent = (float)((int32_t)(bits >> 23) - 126) - (small ? 23.0f : 0.0f);
  float mantissa = ck_bits_to_float((bits & 0x007fffffu) | 0x3f000000u);  // [0.5, 1)
  const int low = mantissa < 0.707106781186547524f;
  exponent = low ? exponent - 1.0f : exponent;
  const float r = (low ? mantissa + mantissa : mantissa) - 1.0f;
  const float z = r * r;
  float p = __builtin_fmaf(7.0376836292e-2f, r, -1.1514610310e-1f);
  p = __builtin_fmaf(p, r, 1.1676998740e-1f);
  p = __builtin_fmaf(p, r, -1.2420140846e-1f);
  p = __builtin_fmaf(p, r, 1.4249322787e-1f);
  p = __builtin_fmaf(p, r, -1.6668057665e-1f);
  p = __builtin_fmaf(p, r, 2.0000714765e-1f);
  p = __builtin_fmaf(p, r, -2.4999993993e-1f);
  p = __builtin_fmaf(p, r, 3.3333331174e-1f);
  float y = p * r * z;
  y = __builtin_fmaf(exponent, -2.12194440e-4f, y);
  y = __builtin_fmaf(-0.5f, z, y);
  float result = r + y;
  result = __builtin_fmaf(exponent, 0.693359375f, result);
  result = x == INFINITY ? INFINITY : result;
  result = x == 0.0f ? -INFINITY : result;
  return (x < 0.0f || x != x) ? NAN : result;
}

CK_INLINE float ck_tanh(float x) {
  // Near 0 the quotient loses digits, so a polynomial takes over (Cephes).
  const float magnitude = __builtin_fabsf(x);
  const float s = x * x;
  float p = __builtin_fmaf(-5.70498872745e-3f, s, 2.06390887954e-2f);
  p = __builtin_fmaf(p, s, -5.37397155531e-2f);
  p = __builtin_fmaf(p, s, 1.33314422036e-1f);
  p = __builtin_fmaf(p, s, -3.33332819422e-1f);
  const float near = __builtin_fmaf(p * s, x, x);
  const float far = 1.0f - 2.0f / (ck_exponential(2.0f * magnitude) + 1.0f);
  const float result = magnitude < 0.625f ? near : __builtin_copysignf(far, x);
  return x != x ? x : result;
}

// exp(-x^2 / 2), and from it the standard normal distribution function, absolute error below 2e-7: the
// complementary error function as exp(-t^2) times a rational expression (Abramowitz and Stegun 7.1.26).
CK_INLINE float ck_bell(float x) { return ck_exponential(-0.5f * x * x); }

CK_INLINE float ck_normal_distribution(float x, float bell) {
  const float z = __builtin_fabsf(x) * 0.707106781186547524f;
  const float t = 1.0f / __builtin_fmaf(0.3275911f, z, 1.0f);
  float p = __builtin_fmaf(1.061405429f, t, -1.453152027f);
  p = __builtin_fmaf(p, t, 1.421413741f);
  p = __builtin_fmaf(p, t, -0.284496736f);
  p = __builtin_fmaf(p, t, 0.254829592f);
  const float tail = 0.5f * p * t * bell;
  return x > 0.0f ? 1.0f - tail : tail;
}

CK_INLINE float ck_gelu(float x) { return x * ck_normal_distribution(x, ck_bell(x)); }

CK_INLINE float ck_gelu_slope(float x) {
  const float bell = ck_bell(x);
  return __builtin_fmaf(0.398942280401432678f * x, bell, ck_normal_distribution(x, bell));
}

#endif
