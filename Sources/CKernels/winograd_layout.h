// One instruction set's functions of winograd_template.h.
#ifndef CKERNELS_WINOGRAD_LAYOUT_H
#define CKERNELS_WINOGRAD_LAYOUT_H

#include "CKernels.h"

// The side of a tile of outputs, the side of the inputs that it depends on, and the products per tile.
#define CK_TILE 4
#define CK_PATCH 6
#define CK_PRODUCTS (CK_PATCH * CK_PATCH)
// Tiles whose transforms lie in scratch memory together.
#define CK_TILES_TOGETHER 24
// Floats between the matrices of two products. Without them all matrices would begin in the same few sets of the
// first-level cache.
#define CK_GAP 16

typedef struct {
  int lanes, rows, panel;
  void (*transform_kernel)(const ck_convolution *, const float *kernel, int is_adjoint, float *scratch,
                           float *transformed);
  void (*forward)(const ck_convolution *, const float *x, const float *transformed, const float *bias,
                  int64_t begin, int64_t end, float *scratch, float *y);
  void (*gradient)(const ck_convolution *, const float *x, const float *g, float *sums,
                   float *scratch, float *gradient);
} ck_winograd_functions;

extern const ck_winograd_functions ck_winograd_avx512, ck_winograd_avx2, ck_winograd_portable;

static inline int64_t ck_rounded_up(int64_t count, int64_t unit) {
  return (count + unit - 1) / unit * unit;
}

static inline int ck_tiles_across(const ck_convolution *shape) {
  return (shape->width + CK_TILE - 1) / CK_TILE;
}

static inline int ck_tiles_down(const ck_convolution *shape) {
  return (shape->height + CK_TILE - 1) / CK_TILE;
}

// Floats from one tile's transformed inputs to the next one's, in whole vectors and whole register blocks.
static inline int64_t ck_input_line(const ck_convolution *shape, int lanes, int rows) {
  return ck_rounded_up(ck_rounded_up(shape->inputs, rows), lanes);
}

#endif
