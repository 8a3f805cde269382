#include "CKernels.h"

#include <string.h>

#include "clones.h"

// Rows are handled in pieces that stay in the first-level cache.
#define PIECE 256
#define ROWS_PER_SUM 128

static CK_KERNEL(void, affine,
                 (const float *z, const float *scale, const float *shift, float *y, size_t count),
                 (z, scale, shift, y, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] = __builtin_fmaf(scale[i], z[i], shift[i]);
}

static CK_KERNEL(void, chain,
                 (const float *z, const float *scale, const float *g, const float *slope, float *gz,
                  float *gscale, float *gshift, size_t count),
                 (z, scale, g, slope, gz, gscale, gshift, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const float inner = g[i] * slope[i];
    gz[i] = inner * scale[i];
    gscale[i] = __builtin_fmaf(inner, z[i], gscale[i]);
    gshift[i] += inner;
  }
}

void ck_modulated_sine(const float *z, const float *scale, const float *shift, float *y,
                       size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++) {
    affine(z + row * width, scale, shift, y + row * width, width);
    ck_unary(CK_SINE, y + row * width, y + row * width, width);
  }
}

void ck_modulated_sine_gradient(const float *z, const float *scale, const float *shift,
                                const float *g, float *gz, float *gscale, float *gshift,
                                size_t rows, size_t width) {
  memset(gscale, 0, width * sizeof *gscale);
  memset(gshift, 0, width * sizeof *gshift);
  for (size_t column = 0; column < width; column += PIECE) {
    const size_t count = width - column < PIECE ? width - column : PIECE;
    for (size_t first = 0; first < rows; first += ROWS_PER_SUM) {
      const size_t last = first + ROWS_PER_SUM < rows ? first + ROWS_PER_SUM : rows;
      float partial_scale[PIECE] = {0}, partial_shift[PIECE] = {0}, slope[PIECE];
      for (size_t row = first; row < last; row++) {
        const size_t offset = row * width + column;
        affine(z + offset, scale + column, shift + column, slope, count);
        ck_unary(CK_COSINE, slope, slope, count);
        chain(z + offset, scale + column, g + offset, slope, gz + offset, partial_scale,
              partial_shift, count);
      }
      ck_add_to(partial_scale, gscale + column, count);
      ck_add_to(partial_shift, gshift + column, count);
    }
  }
}
