#include "CKernels.h"
#include "clones.h"

static CK_KERNEL(void, scale_row, (const float *x, float factor, float *y, size_t width),
                 (x, factor, y, width)) {
  CK_VECTORIZE
  for (size_t j = 0; j < width; j++) y[j] = factor * x[j];
}

void ck_scale_rows(const float *x, const float *change, float *y, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++) {
    scale_row(x + row * width, 1 + change[row], y + row * width, width);
  }
}

// Adds factor g to gx, and returns the sum of g x.
static CK_KERNEL(float, reverse_row,
                 (const float *x, float factor, const float *g, float *gx, size_t width),
                 (x, factor, g, gx, width)) {
  float sums[16] = {0}, sum = 0;
  size_t i = 0;
  for (; i + 16 <= width; i += 16) {
    for (int lane = 0; lane < 16; lane++) {
      sums[lane] = __builtin_fmaf(g[i + lane], x[i + lane], sums[lane]);
      gx[i + lane] = __builtin_fmaf(factor, g[i + lane], gx[i + lane]);
    }
  }
  for (; i < width; i++) {
    sum += g[i] * x[i];
    gx[i] += factor * g[i];
  }
  for (int lane = 0; lane < 16; lane++) sum += sums[lane];
  return sum;
}

void ck_scale_rows_gradient(const float *x, const float *change, const float *g, float *gx,
                            float *gchange, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++) {
    const size_t at = row * width;
    gchange[row] = reverse_row(x + at, 1 + change[row], g + at, gx + at, width);
  }
}
