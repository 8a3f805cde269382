#include "CKernels.h"

#include <math.h>
#include <string.h>

#include "scalar_functions.h"

// Long float sums lose digits, so sums along rows and along columns are formed in short blocks first.
#define ROW_BLOCK 128
#define COLUMN_BLOCK 512

static CK_KERNEL(float, sum_row, (const float *x, size_t count), (x, count)) {
  double total = 0;
  for (size_t start = 0; start < count; start += 1024) {
    const size_t end = start + 1024 < count ? start + 1024 : count;
    float lanes[32] = {0};
    size_t i = start;
    for (; i + 32 <= end; i += 32) {
      for (int lane = 0; lane < 32; lane++) lanes[lane] += x[i + lane];
    }
    double block = 0;
    for (int lane = 0; lane < 32; lane++) block += lanes[lane];
    for (; i < end; i++) block += x[i];
    total += block;
  }
  return (float)total;
}

static CK_KERNEL(void, add_rows,
                 (const float *x, float *y, size_t rows, size_t stride, size_t count),
                 (x, y, rows, stride, count)) {
  for (size_t r = 0; r < rows; r++) {
    const float *row = x + r * stride;
    for (size_t i = 0; i < count; i++) y[i] += row[i];
  }
}

void ck_sum_axis(const float *x, float *y, size_t outer, size_t reduced, size_t inner) {
  if (inner == 1) {
    for (size_t o = 0; o < outer; o++) y[o] = sum_row(x + o * reduced, reduced);
    return;
  }
  float partial[COLUMN_BLOCK], section[COLUMN_BLOCK];
  for (size_t o = 0; o < outer; o++) {
    const float *plane = x + o * reduced * inner;
    float *target = y + o * inner;
    memset(target, 0, inner * sizeof *target);
    for (size_t column = 0; column < inner; column += COLUMN_BLOCK) {
      const size_t width = inner - column < COLUMN_BLOCK ? inner - column : COLUMN_BLOCK;
      memset(section, 0, width * sizeof *section);
      size_t blocks = 0;
      for (size_t row = 0; row < reduced; row += ROW_BLOCK) {
        const size_t rows = reduced - row < ROW_BLOCK ? reduced - row : ROW_BLOCK;
        memset(partial, 0, width * sizeof *partial);
        add_rows(plane + row * inner + column, partial, rows, inner, width);
        ck_add_to(partial, section, width);
        if (++blocks % ROW_BLOCK == 0) {
          ck_add_to(section, target + column, width);
          memset(section, 0, width * sizeof *section);
        }
      }
      ck_add_to(section, target + column, width);
    }
  }
}

void ck_max_axis(const float *x, float *y, size_t outer, size_t reduced, size_t inner) {
  for (size_t o = 0; o < outer; o++) {
    const float *plane = x + o * reduced * inner;
    float *target = y + o * inner;
    for (size_t i = 0; i < inner; i++) target[i] = -INFINITY;
    for (size_t r = 0; r < reduced; r++) {
      const float *row = plane + r * inner;
      for (size_t i = 0; i < inner; i++) target[i] = row[i] > target[i] ? row[i] : target[i];
    }
  }
}

// A row has a few hundred entries. Its sum is formed in this many partial sums, which stay in registers.
#define SOFTMAX_LANES 16

static CK_KERNEL(void, softmax_row, (const float *x, float *y, size_t length), (x, y, length)) {
  float lanes[SOFTMAX_LANES];
  float largest = -INFINITY;
  size_t i = 0;
  for (int lane = 0; lane < SOFTMAX_LANES; lane++) lanes[lane] = -INFINITY;
  for (; i + SOFTMAX_LANES <= length; i += SOFTMAX_LANES) {
    for (int lane = 0; lane < SOFTMAX_LANES; lane++) {
      lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
    }
  }
  for (; i < length; i++) largest = x[i] > largest ? x[i] : largest;
  for (int lane = 0; lane < SOFTMAX_LANES; lane++) {
    largest = lanes[lane] > largest ? lanes[lane] : largest;
  }
  CK_VECTORIZE
  for (size_t j = 0; j < length; j++) y[j] = ck_exponential(x[j] - largest);
  float total = 0;
  memset(lanes, 0, sizeof lanes);
  for (i = 0; i + SOFTMAX_LANES <= length; i += SOFTMAX_LANES) {
    for (int lane = 0; lane < SOFTMAX_LANES; lane++) lanes[lane] += y[i + lane];
  }
  for (; i < length; i++) total += y[i];
  for (int lane = 0; lane < SOFTMAX_LANES; lane++) total += lanes[lane];
  const float scale = 1.0f / total;
  CK_VECTORIZE
  for (size_t j = 0; j < length; j++) y[j] *= scale;
}

void ck_softmax(const float *x, float *y, size_t rows, size_t length) {
  for (size_t r = 0; r < rows; r++) softmax_row(x + r * length, y + r * length, length);
}

static CK_KERNEL(void, softmax_pullback_row,
                 (const float *weights, const float *slopes, float *y, size_t length),
                 (weights, slopes, y, length)) {
  float lanes[SOFTMAX_LANES] = {0};
  float mean = 0;
  size_t i = 0;
  for (; i + SOFTMAX_LANES <= length; i += SOFTMAX_LANES) {
    for (int lane = 0; lane < SOFTMAX_LANES; lane++) {
      lanes[lane] += weights[i + lane] * slopes[i + lane];
    }
  }
  for (; i < length; i++) mean += weights[i] * slopes[i];
  for (int lane = 0; lane < SOFTMAX_LANES; lane++) mean += lanes[lane];
  CK_VECTORIZE
  for (size_t j = 0; j < length; j++) y[j] = weights[j] * (slopes[j] - mean);
}

void ck_softmax_pullback(const float *weights, const float *slopes, float *y, size_t rows,
                         size_t length) {
  for (size_t r = 0; r < rows; r++, weights += length, slopes += length, y += length) {
    softmax_pullback_row(weights, slopes, y, length);
  }
}

// Columns that are processed together. Their largest values and sums stay in registers.
#define SOFTMAX_COLUMNS 64

// y[column] = softmax(x[column]) for `count` columns of a matrix of `length` rows of `width` numbers.
CK_INLINE void softmax_of_columns(
    const float *x, float *y, size_t length, size_t width, size_t count) {
  float largest[SOFTMAX_COLUMNS], total[SOFTMAX_COLUMNS];
  for (size_t j = 0; j < count; j++) {
    largest[j] = -INFINITY;
    total[j] = 0;
  }
  for (size_t i = 0; i < length; i++) {
    for (size_t j = 0; j < count; j++) {
      largest[j] = x[i * width + j] > largest[j] ? x[i * width + j] : largest[j];
    }
  }
  for (size_t i = 0; i < length; i++) {
    CK_VECTORIZE
    for (size_t j = 0; j < count; j++) {
      y[i * width + j] = ck_exponential(x[i * width + j] - largest[j]);
      total[j] += y[i * width + j];
    }
  }
  for (size_t j = 0; j < count; j++) total[j] = 1.0f / total[j];
  for (size_t i = 0; i < length; i++) {
    CK_VECTORIZE
    for (size_t j = 0; j < count; j++) y[i * width + j] *= total[j];
  }
}

CK_KERNEL(void, ck_softmax_columns, (const float *x, float *y, size_t length, size_t width),
          (x, y, length, width)) {
  size_t first = 0;
  for (; first + SOFTMAX_COLUMNS <= width; first += SOFTMAX_COLUMNS) {
    softmax_of_columns(x + first, y + first, length, width, SOFTMAX_COLUMNS);
  }
  softmax_of_columns(x + first, y + first, length, width, width - first);
}

CK_INLINE void pullback_of_columns(
    const float *weights, const float *slopes, float *y, size_t length, size_t width,
    size_t count) {
  float mean[SOFTMAX_COLUMNS] = {0};
  for (size_t i = 0; i < length; i++) {
    for (size_t j = 0; j < count; j++) {
      mean[j] = __builtin_fmaf(weights[i * width + j], slopes[i * width + j], mean[j]);
    }
  }
  for (size_t i = 0; i < length; i++) {
    CK_VECTORIZE
    for (size_t j = 0; j < count; j++) {
      y[i * width + j] = weights[i * width + j] * (slopes[i * width + j] - mean[j]);
    }
  }
}

CK_KERNEL(void, ck_softmax_columns_pullback,
          (const float *weights, const float *slopes, float *y, size_t length, size_t width),
          (weights, slopes, y, length, width)) {
  size_t first = 0;
  for (; first + SOFTMAX_COLUMNS <= width; first += SOFTMAX_COLUMNS) {
    pullback_of_columns(
        weights + first, slopes + first, y + first, length, width, SOFTMAX_COLUMNS);
  }
  pullback_of_columns(weights + first, slopes + first, y + first, length, width, width - first);
}
