// Convolutions: borders, packing, and the choice of the instruction set.
#include "CKernels.h"

#include <string.h>

#include "clones.h"
#include "convolution_layout.h"

static const ck_convolution_functions *functions(void) { return CK_OF_LEVEL(ck_convolution); }

// Floats behind the padded picture, because a register block may read past its end.
#define SLACK 16

size_t ck_convolution_padded_count(const ck_convolution *shape) {
  return (size_t)shape->batch * (shape->height + shape->kernel_height - 1) *
             (shape->width + shape->kernel_width - 1) * shape->inputs +
         SLACK;
}

static size_t rows(const ck_convolution *shape) {
  return (size_t)shape->kernel_height * shape->kernel_width * shape->inputs;
}

size_t ck_convolution_packed_count(const ck_convolution *shape) {
  const size_t panel = functions()->panel;
  return rows(shape) * ((shape->outputs + panel - 1) / panel * panel);
}

void ck_convolution_pad(const ck_convolution *shape, const float *x, float *padded) {
  const size_t used = (size_t)shape->width * shape->inputs;
  const size_t left = (size_t)(shape->kernel_width / 2) * shape->inputs;
  const size_t line = used + 2 * left;
  const int above = shape->kernel_height / 2;
  for (int item = 0; item < shape->batch; item++) {
    memset(padded, 0, above * line * sizeof *padded);
    padded += above * line;
    for (int row = 0; row < shape->height; row++, padded += line, x += used) {
      memset(padded, 0, left * sizeof *padded);
      memcpy(padded + left, x, used * sizeof *padded);
      memset(padded + left + used, 0, left * sizeof *padded);
    }
    memset(padded, 0, above * line * sizeof *padded);
    padded += above * line;
  }
  memset(padded, 0, SLACK * sizeof *padded);
}

// The adjoint's kernel is rotated by 180 degrees, with inputs and outputs exchanged.
static void pack_adjoint(const ck_convolution *shape, const float *kernel, float *packed) {
  const int panel = functions()->panel, inputs = shape->inputs;
  const int taps = shape->kernel_height * shape->kernel_width;
  for (int first = 0; first < shape->outputs; first += panel) {
    const int width = shape->outputs - first < panel ? shape->outputs - first : panel;
    for (int tap = taps - 1; tap >= 0; tap--) {
      const float *from = kernel + ((size_t)tap * shape->outputs + first) * inputs;
      for (int input = 0; input < inputs; input++, packed += panel) {
        for (int j = 0; j < width; j++) packed[j] = from[(size_t)j * inputs + input];
        if (width < panel) memset(packed + width, 0, (panel - width) * sizeof *packed);
      }
    }
  }
}

void ck_convolution_pack(const ck_convolution *shape, const float *kernel, int is_adjoint,
                         float *packed) {
  if (is_adjoint) {
    pack_adjoint(shape, kernel, packed);
    return;
  }
  const int panel = functions()->panel;
  for (int first = 0; first < shape->outputs; first += panel) {
    const int width = shape->outputs - first < panel ? shape->outputs - first : panel;
    for (size_t row = 0; row < rows(shape); row++, packed += panel) {
      memcpy(packed, kernel + row * shape->outputs + first, width * sizeof *packed);
      if (width < panel) memset(packed + width, 0, (panel - width) * sizeof *packed);
    }
  }
}

void ck_convolve(const ck_convolution *shape, const float *padded, const float *packed,
                 const float *bias, int64_t begin, int64_t end, float *y) {
  functions()->forward(shape, padded, packed, bias, begin, end, y);
}

void ck_convolution_gradient(const ck_convolution *shape, const float *padded, const float *g,
                             float *packed, float *gradient) {
  const int panel = functions()->panel;
  memset(packed, 0, ck_convolution_packed_count(shape) * sizeof *packed);
  functions()->gradient(shape, padded, g, packed);
  for (int first = 0; first < shape->outputs; first += panel) {
    const int width = shape->outputs - first < panel ? shape->outputs - first : panel;
    for (size_t row = 0; row < rows(shape); row++, packed += panel) {
      memcpy(gradient + row * shape->outputs + first, packed, width * sizeof *packed);
    }
  }
}
