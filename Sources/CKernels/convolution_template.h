// Convolution of pictures whose channels lie side by side, and the derivative with respect to its
// kernel. One source for every instruction set, as field_template.h is.
//
// The picture has a border of zeros, so the inputs of one output are kernel_height runs of
// kernel_width x inputs floats: a product of matrices whose rows overlap in memory, and no row is
// ever written out (the usual way copies every value kernel_height x kernel_width times).
#include "convolution_layout.h"
#include "vectors.h"

// Outputs of the derivative's inner sum: their inputs and derivatives stay in the first-level cache.
#define OUTPUTS_PER_SUM 64

// z[r][NR] = start[NR] + sum over the kernel's rows i and k of a[r][i line + k] w[i][k][NR]. Sums stay in
// registers because their places are known to the compiler; whoever needs fewer rows copies them.
CK_INLINE void convolution_block(
    const float *const *origin, int lines, int64_t line, int run, const float *w,
    const float *start, float *z) {
  vec sum[MR][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < MR; r++) {
    sum[r][0] = load(start);
    sum[r][1] = load(start + LANES);
  }
  for (int i = 0; i < lines; i++) {
    const float *a[MR];
#pragma clang loop unroll(full)
    for (int r = 0; r < MR; r++) a[r] = origin[r] + i * line;
    for (int k = 0; k < run; k++, w += NR) {
      const vec w0 = load(w), w1 = load(w + LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < MR; r++) {
        const vec x = splat(a[r][k]);
        sum[r][0] = fused(x, w0, sum[r][0]);
        sum[r][1] = fused(x, w1, sum[r][1]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < MR; r++) {
    store(z + r * NR, sum[r][0]);
    store(z + r * NR + LANES, sum[r][1]);
  }
}

// Outputs begin..<end of all channels. packed: [panel][kernel_height][kernel_width x inputs][NR].
static void CK_NAME(convolve)(
    const ck_convolution *shape, const float *padded, const float *packed, const float *bias,
    int64_t begin, int64_t end, float *y) {
  const int run = shape->kernel_width * shape->inputs, outputs = shape->outputs;
  const int64_t line = (int64_t)(shape->width + shape->kernel_width - 1) * shape->inputs;
  for (int64_t first = begin; first < end; first += MR) {
    const int count = end - first < MR ? (int)(end - first) : MR;
    const float *origin[MR];
    for (int r = 0; r < MR; r++) {
      origin[r] = padded + ck_convolution_origin(shape, first + (r < count ? r : count - 1));
    }
    for (int panel = 0; panel < outputs; panel += NR) {
      const int width = outputs - panel < NR ? outputs - panel : NR;
      float start[NR] = {0}, block[MR * NR];
      for (int j = 0; bias && j < width; j++) start[j] = bias[panel + j];
      convolution_block(origin, shape->kernel_height, line, run,
                        packed + (int64_t)panel * shape->kernel_height * run, start, block);
      for (int r = 0; r < count; r++) {
        float *to = y + (first + r) * outputs + panel;
        if (width == NR) {
          store(to, load(block + r * NR));
          store(to + LANES, load(block + r * NR + LANES));
        } else {
          for (int j = 0; j < width; j++) to[j] = block[r * NR + j];
        }
      }
    }
  }
}

// z[r][NR] = sum over the outputs p of a[p][offset + r] g[p][NR].
CK_INLINE void convolution_gradient_block(
    const float *const *origin, int64_t offset, int count, const float *g, float *z) {
  vec sum[MR][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < MR; r++) sum[r][0] = sum[r][1] = (vec){0};
  for (int p = 0; p < count; p++, g += NR) {
    const float *a = origin[p] + offset;
    const vec g0 = load(g), g1 = load(g + LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < MR; r++) {
      const vec x = splat(a[r]);
      sum[r][0] = fused(x, g0, sum[r][0]);
      sum[r][1] = fused(x, g1, sum[r][1]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < MR; r++) {
    store(z + r * NR, sum[r][0]);
    store(z + r * NR + LANES, sum[r][1]);
  }
}

// Adds to the kernel's derivative, packed as the kernel is, for the derivatives g with respect to
// the outputs. A run shorter than a register block reads past it, so `padded` has MR floats more.
static void CK_NAME(convolve_gradient)(
    const ck_convolution *shape, const float *padded, const float *g, float *packed) {
  const int run = shape->kernel_width * shape->inputs, outputs = shape->outputs;
  const int64_t line = (int64_t)(shape->width + shape->kernel_width - 1) * shape->inputs;
  const int64_t total = (int64_t)shape->batch * shape->height * shape->width;
  float own[OUTPUTS_PER_SUM * NR];
  for (int64_t first = 0; first < total; first += OUTPUTS_PER_SUM) {
    const int count = total - first < OUTPUTS_PER_SUM ? (int)(total - first) : OUTPUTS_PER_SUM;
    const float *origin[OUTPUTS_PER_SUM];
    for (int p = 0; p < count; p++) origin[p] = padded + ck_convolution_origin(shape, first + p);
    for (int panel = 0; panel < outputs; panel += NR) {
      float *gradient = packed + (int64_t)panel * shape->kernel_height * run;
      const int width = outputs - panel < NR ? outputs - panel : NR;
      for (int p = 0; p < count; p++) {
        const float *from = g + (first + p) * outputs + panel;
        for (int j = 0; j < NR; j++) own[p * NR + j] = j < width ? from[j] : 0;
      }
      for (int i = 0; i < shape->kernel_height; i++) {
        for (int k = 0; k < run; k += MR) {
          // The last block overlaps the one before, whose rows it then leaves alone.
          const int start = k + MR <= run || run < MR ? k : run - MR;
          float block[MR * NR];
          convolution_gradient_block(origin, i * line + start, count, own, block);
          float *to = gradient + ((int64_t)i * run + start) * NR;
          for (int at = (k - start) * NR; at < MR * NR && start * NR + at < run * NR; at += LANES) {
            store(to + at, load(to + at) + load(block + at));
          }
        }
      }
    }
  }
}

const ck_convolution_functions CK_CONVOLUTION_TABLE = {
    NR, CK_NAME(convolve), CK_NAME(convolve_gradient)};
