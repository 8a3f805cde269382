#include "CKernels.h"

#include "scalar_functions.h"

// The fast reduction holds for |x| <= CK_TRIGONOMETRIC_RANGE. Blocks are checked as they are
// computed and the rare one outside (or with NaN or infinities) is redone in double.
#define BLOCK 256

static void sine_beyond_range(const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = (float)sin((double)x[i]);
}

static void cosine_beyond_range(const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = (float)cos((double)x[i]);
}

static CK_KERNEL(int, block_in_range, (const float *x, size_t count), (x, count)) {
  int outside = 0;
  for (size_t i = 0; i < count; i++) {
    outside |= !(__builtin_fabsf(x[i]) <= CK_TRIGONOMETRIC_RANGE);
  }
  return !outside;
}

static CK_KERNEL(void, sine_block, (const float *x, float *y, size_t count), (x, y, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] = ck_sine(x[i]);
}

static CK_KERNEL(void, cosine_block, (const float *x, float *y, size_t count), (x, y, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] = ck_cosine(x[i]);
}

static void sine_all(const float *x, float *y, size_t count) {
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t length = count - start < BLOCK ? count - start : BLOCK;
    if (block_in_range(x + start, length)) {
      sine_block(x + start, y + start, length);
    } else {
      sine_beyond_range(x + start, y + start, length);
    }
  }
}

static void cosine_all(const float *x, float *y, size_t count) {
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t length = count - start < BLOCK ? count - start : BLOCK;
    if (block_in_range(x + start, length)) {
      cosine_block(x + start, y + start, length);
    } else {
      cosine_beyond_range(x + start, y + start, length);
    }
  }
}

#define UNARY(name, expression)                                                 \
  static CK_KERNEL(void, name, (const float *input, float *y, size_t count),    \
                   (input, y, count)) {                                         \
    CK_VECTORIZE                                                                \
    for (size_t i = 0; i < count; i++) {                                        \
      const float x = input[i];                                                 \
      y[i] = (expression);                                                      \
    }                                                                           \
  }

UNARY(exponential_all, ck_exponential(x))
UNARY(logarithm_all, ck_logarithm(x))
UNARY(square_root_all, CK_SQUARE_ROOT(x))
UNARY(reciprocal_all, 1.0f / x)
UNARY(rectify_all, x < 0.0f ? 0.0f : x)
UNARY(step_all, x > 0.0f ? 1.0f : 0.0f)
UNARY(tanh_all, ck_tanh(x))
UNARY(gelu_all, ck_gelu(x))

void ck_unary(ck_unary_operation operation, const float *x, float *y, size_t count) {
  switch (operation) {
    case CK_SINE: sine_all(x, y, count); break;
    case CK_COSINE: cosine_all(x, y, count); break;
    case CK_EXPONENTIAL: exponential_all(x, y, count); break;
    case CK_LOGARITHM: logarithm_all(x, y, count); break;
    case CK_SQUARE_ROOT: square_root_all(x, y, count); break;
    case CK_RECIPROCAL: reciprocal_all(x, y, count); break;
    case CK_RECTIFY: rectify_all(x, y, count); break;
    case CK_STEP: step_all(x, y, count); break;
    case CK_TANH: tanh_all(x, y, count); break;
    case CK_GELU: gelu_all(x, y, count); break;
  }
}

CK_KERNEL(void, ck_gelu_pullback, (const float *x, const float *g, float *y, size_t count),
          (x, g, y, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] = g[i] * ck_gelu_slope(x[i]);
}

CK_KERNEL(void, ck_scale_shift,
          (const float *x, float *y, size_t count, float scale, float shift),
          (x, y, count, scale, shift)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] = __builtin_fmaf(x[i], scale, shift);
}

CK_KERNEL(void, ck_add_to, (const float *x, float *y, size_t count), (x, y, count)) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}
