// Vectors of CK_LANES floats, and a product's register block of CK_BLOCK_ROWS x 2 vectors. field_template.h
// lists the macros that the including file defines.
#ifndef CKERNELS_VECTORS_H
#define CKERNELS_VECTORS_H

#include <stdint.h>

#include "clones.h"

#define LANES CK_LANES
#define MR CK_BLOCK_ROWS
#define NR (2 * CK_LANES)

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ivec __attribute__((vector_size(4 * LANES)));
typedef float vec_unaligned __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

CK_INLINE vec load(const float *p) { return *(const vec_unaligned *)p; }
CK_INLINE void store(float *p, vec v) { *(vec_unaligned *)p = v; }
CK_INLINE vec splat(float x) { return x - (vec){0}; }
CK_INLINE vec fused(vec a, vec b, vec c) {
#if defined(__x86_64__) && CK_LANES == 4
  return a * b + c;  // the portable target has no FMA instruction, and emulating it is very slow
#else
  return __builtin_elementwise_fma(a, b, c);
#endif
}

#endif
