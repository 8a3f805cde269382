// One instruction set's functions of convolution_template.h.
#ifndef CKERNELS_CONVOLUTION_LAYOUT_H
#define CKERNELS_CONVOLUTION_LAYOUT_H

#include "CKernels.h"

typedef struct {
  int panel;  // outputs that are computed together
  void (*forward)(const ck_convolution *, const float *padded, const float *packed,
                  const float *bias, int64_t begin, int64_t end, float *y);
  void (*gradient)(const ck_convolution *, const float *padded, const float *g, float *packed);
} ck_convolution_functions;

extern const ck_convolution_functions ck_convolution_avx512, ck_convolution_avx2,
    ck_convolution_portable;

// Where the receptive field of an output begins in the padded input.
static inline int64_t ck_convolution_origin(const ck_convolution *shape, int64_t output) {
  const int64_t column = output % shape->width, line = output / shape->width;
  const int64_t item = line / shape->height;
  const int64_t row = line + item * (shape->kernel_height - 1);
  return (row * (shape->width + shape->kernel_width - 1) + column) * shape->inputs;
}

#endif
