// Copies that turn lines into columns, in squares of 8 x 8 numbers. They are compiled for the instruction set of the
// function they are inlined into.
#ifndef CKERNELS_TRANSPOSE_H
#define CKERNELS_TRANSPOSE_H

#include <stdint.h>

#include "clones.h"

typedef float square_row __attribute__((vector_size(32)));
typedef float square_row_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

// Writes 8 rows of 8 numbers as columns, times a factor.
CK_INLINE void transpose_square(
    const float *from, int64_t line, float scale, float *to, int64_t to_line) {
  square_row x[8], y[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) x[i] = scale * *(const square_row_unaligned *)(from + i * line);
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 2) {
    y[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    y[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) {
    const int j = i / 4 * 4 + i % 2, high = i % 4 / 2;
    x[i] = high ? __builtin_shufflevector(y[j], y[j + 2], 2, 3, 10, 11, 6, 7, 14, 15)
                : __builtin_shufflevector(y[j], y[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    *(square_row_unaligned *)(to + i * to_line) =
        __builtin_shufflevector(x[i], x[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(square_row_unaligned *)(to + (i + 4) * to_line) =
        __builtin_shufflevector(x[i], x[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Writes `count` lines of `terms` numbers, times a factor, term by term into lines of `width` floats, with zeros
// behind the numbers.
CK_INLINE void copy_transposed(
    const float *from, int64_t line, int count, int terms, float scale, float *to, int width) {
  int j = 0;
  for (; j + 8 <= count; j += 8) {
    int p = 0;
    for (; p + 8 <= terms; p += 8) {
      // Prefetch the next lines. They are too short for the processor to notice the pattern itself.
#pragma clang loop unroll(full)
      for (int i = 8; i < 16; i++) __builtin_prefetch(from + (j + i) * line + p, 0, 3);
      transpose_square(from + j * line + p, line, scale, to + (int64_t)p * width + j, width);
    }
    for (; p < terms; p++) {
      for (int i = j; i < j + 8; i++) to[(int64_t)p * width + i] = scale * from[i * line + p];
    }
  }
  for (; j < width; j++) {
    for (int p = 0; p < terms; p++) {
      to[(int64_t)p * width + j] = j < count ? scale * from[j * line + p] : 0;
    }
  }
}

#endif
