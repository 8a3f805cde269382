// Winograd's convolutions: the shapes that they suit, their memory, and the choice of the instruction set.
#include "clones.h"
#include "winograd_layout.h"

static const ck_winograd_functions *functions(void) { return CK_OF_LEVEL(ck_winograd); }

static int64_t panels(const ck_convolution *shape) {
  return (shape->outputs + functions()->panel - 1) / functions()->panel;
}

int64_t ck_winograd_tiles(const ck_convolution *shape) {
  return (int64_t)shape->batch * ck_tiles_down(shape) * ck_tiles_across(shape);
}

int ck_winograd_is_faster(const ck_convolution *shape) {
  const int64_t tiles = ck_winograd_tiles(shape);
  const int64_t outputs = (int64_t)shape->batch * shape->height * shape->width;
  return shape->kernel_height == 3 && shape->kernel_width == 3 && shape->inputs >= 16 &&
         shape->outputs >= 16 && tiles >= 8 && tiles * CK_TILE * CK_TILE <= 2 * outputs;
}

size_t ck_winograd_kernel_count(const ck_convolution *shape) {
  const int64_t lines = ck_rounded_up(shape->inputs, functions()->rows);
  return CK_PRODUCTS * (panels(shape) * functions()->panel * lines + CK_GAP);
}

size_t ck_winograd_scratch_count(const ck_convolution *shape) {
  const int64_t line = ck_input_line(shape, functions()->lanes, functions()->rows);
  const int64_t columns = line + panels(shape) * functions()->panel;
  return CK_PRODUCTS * (CK_TILES_TOGETHER * columns + 2 * CK_GAP) + line;
}

void ck_winograd_transform_kernel(const ck_convolution *shape, const float *kernel, int is_adjoint,
                                  float *scratch, float *transformed) {
  functions()->transform_kernel(shape, kernel, is_adjoint, scratch, transformed);
}

void ck_winograd_convolve(const ck_convolution *shape, const float *x, const float *transformed,
                          const float *bias, int64_t begin, int64_t end, float *scratch, float *y) {
  functions()->forward(shape, x, transformed, bias, begin, end, scratch, y);
}

void ck_winograd_gradient(const ck_convolution *shape, const float *x, const float *g, float *sums,
                          float *scratch, float *gradient) {
  functions()->gradient(shape, x, g, sums, scratch, gradient);
}
