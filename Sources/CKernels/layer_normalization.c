#include "CKernels.h"

#include <math.h>
#include <string.h>

#include "clones.h"

// Rows are summed in blocks, because long sums of floats lose digits.
#define ROWS_PER_SUM 128
#define PIECE 512

static CK_KERNEL(void, normalize_row,
                 (const float *x, const float *scale, const float *shift, float epsilon, float *y,
                  float *mean_out, float *reciprocal_out, size_t width),
                 (x, scale, shift, epsilon, y, mean_out, reciprocal_out, width)) {
  float lanes[16] = {0};
  size_t i = 0;
  for (; i + 16 <= width; i += 16) {
    for (int lane = 0; lane < 16; lane++) lanes[lane] += x[i + lane];
  }
  float total = 0;
  for (; i < width; i++) total += x[i];
  for (int lane = 0; lane < 16; lane++) total += lanes[lane];
  const float mean = total / (float)width;
  memset(lanes, 0, sizeof lanes);
  total = 0;
  for (i = 0; i + 16 <= width; i += 16) {
    for (int lane = 0; lane < 16; lane++) {
      const float centred = x[i + lane] - mean;
      lanes[lane] += centred * centred;
    }
  }
  for (; i < width; i++) total += (x[i] - mean) * (x[i] - mean);
  for (int lane = 0; lane < 16; lane++) total += lanes[lane];
  const float reciprocal = 1.0f / CK_SQUARE_ROOT(total / (float)width + epsilon);
  CK_VECTORIZE
  for (size_t j = 0; j < width; j++) {
    y[j] = __builtin_fmaf((x[j] - mean) * reciprocal, scale[j], shift[j]);
  }
  *mean_out = mean;
  *reciprocal_out = reciprocal;
}

void ck_layer_normalize(const float *x, const float *scale, const float *shift, float epsilon,
                        float *y, float *means, float *reciprocals, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++) {
    normalize_row(x + row * width, scale, shift, epsilon, y + row * width, means + row,
                  reciprocals + row, width);
  }
}

// With n the normalized row and h = g scale: gx = r (h - mean(h) - n mean(h n)).
static CK_KERNEL(void, reverse_row,
                 (const float *x, const float *scale, float mean, float reciprocal, const float *g,
                  float *gx, size_t width),
                 (x, scale, mean, reciprocal, g, gx, width)) {
  float sums[16] = {0}, products[16] = {0};
  float sum = 0, product = 0;
  size_t i = 0;
  for (; i + 16 <= width; i += 16) {
    for (int lane = 0; lane < 16; lane++) {
      const float h = g[i + lane] * scale[i + lane];
      sums[lane] += h;
      products[lane] += h * (x[i + lane] - mean);
    }
  }
  for (; i < width; i++) {
    const float h = g[i] * scale[i];
    sum += h;
    product += h * (x[i] - mean);
  }
  for (int lane = 0; lane < 16; lane++) {
    sum += sums[lane];
    product += products[lane];
  }
  const float offset = sum / (float)width;
  const float slope = product * reciprocal * reciprocal / (float)width;
  CK_VECTORIZE
  for (size_t j = 0; j < width; j++) {
    gx[j] = reciprocal * (g[j] * scale[j] - offset - (x[j] - mean) * slope);
  }
}

static CK_KERNEL(void, add_scale_gradient,
                 (const float *x, float mean, float reciprocal, const float *g, float *gscale,
                  float *gshift, size_t width),
                 (x, mean, reciprocal, g, gscale, gshift, width)) {
  CK_VECTORIZE
  for (size_t j = 0; j < width; j++) {
    gscale[j] = __builtin_fmaf(g[j] * reciprocal, x[j] - mean, gscale[j]);
    gshift[j] += g[j];
  }
}

void ck_layer_normalize_gradient(const float *x, const float *scale, const float *means,
                                 const float *reciprocals, const float *g, float *gx,
                                 float *gscale, float *gshift, size_t rows, size_t width) {
  memset(gscale, 0, width * sizeof *gscale);
  memset(gshift, 0, width * sizeof *gshift);
  for (size_t row = 0; row < rows; row++) {
    const size_t at = row * width;
    reverse_row(x + at, scale, means[row], reciprocals[row], g + at, gx + at, width);
  }
  for (size_t column = 0; column < width; column += PIECE) {
    const size_t count = width - column < PIECE ? width - column : PIECE;
    for (size_t first = 0; first < rows; first += ROWS_PER_SUM) {
      const size_t last = first + ROWS_PER_SUM < rows ? first + ROWS_PER_SUM : rows;
      float scales[PIECE] = {0}, shifts[PIECE] = {0};
      for (size_t row = first; row < last; row++) {
        const size_t at = row * width + column;
        add_scale_gradient(x + at, means[row], reciprocals[row], g + at, scales, shifts, count);
      }
      ck_add_to(scales, gscale + column, count);
      ck_add_to(shifts, gshift + column, count);
    }
  }
}
