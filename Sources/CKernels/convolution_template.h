// Convolution of pictures whose channels lie side by side, and its derivative with respect to the
// kernel. Like field_template.h, this is one source for every instruction set.
//
// The picture has a border of zeros, so the inputs of one output are kernel_height runs of
// kernel_width x inputs floats. The convolution is therefore a product of matrices whose rows overlap in
// memory. No row is copied, whereas the usual method copies every value kernel_height x kernel_width times.
#include "convolution_layout.h"
#include "vectors.h"

// Register blocks that go through a panel's weights one after the other.
#define BLOCKS_PER_TILE 16
// Floats: half of a first-level cache of 32 KiB.
#define WEIGHTS_IN_CACHE 4096
// Outputs in the derivative's inner sum, and panels of outputs per group. A group reuses its inputs, which stay
// in the first-level cache.
#define OUTPUTS_PER_SUM 64
#define PANELS_PER_SUM 4

// z[r][NR] += sum over the kernel's rows i and k of a[r][i line + k] w[i][k][NR]. The number of rows is a
// constant, so the compiler keeps the sums in registers. Callers with fewer rows repeat one.
CK_INLINE void convolution_block(
    const float *const *origin, int lines, int64_t line, int run, const float *w, float *z) {
  vec sum[MR][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < MR; r++) {
    sum[r][0] = load(z + r * NR);
    sum[r][1] = load(z + r * NR + LANES);
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
//
// A panel's weights are used for many outputs before the next panel's. If they do not fit into half of the
// first-level cache, the rows of the kernel are taken one at a time.
static void CK_NAME(convolve)(
    const ck_convolution *shape, const float *padded, const float *packed, const float *bias,
    int64_t begin, int64_t end, float *y) {
  const int run = shape->kernel_width * shape->inputs, outputs = shape->outputs;
  const int64_t line = (int64_t)(shape->width + shape->kernel_width - 1) * shape->inputs;
  const int lines = shape->kernel_height;
  const int together = (int64_t)lines * run * NR <= WEIGHTS_IN_CACHE ? lines : 1;
  for (int64_t tile = begin; tile < end; tile += BLOCKS_PER_TILE * MR) {
    const int count = end - tile < BLOCKS_PER_TILE * MR ? (int)(end - tile) : BLOCKS_PER_TILE * MR;
    const float *origin[BLOCKS_PER_TILE * MR];
    for (int p = 0; p < BLOCKS_PER_TILE * MR; p++) {
      // Positions beyond the end repeat the last output and are not stored.
      origin[p] = padded + ck_convolution_origin(shape, tile + (p < count ? p : count - 1));
    }
    for (int panel = 0; panel < outputs; panel += NR) {
      const int width = outputs - panel < NR ? outputs - panel : NR;
      const float *w = packed + (int64_t)panel * lines * run;
      float start[NR] = {0}, z[BLOCKS_PER_TILE * MR * NR];
      for (int j = 0; bias && j < width; j++) start[j] = bias[panel + j];
      for (int p = 0; p < count + MR && p < BLOCKS_PER_TILE * MR; p++) {
        store(z + p * NR, load(start));
        store(z + p * NR + LANES, load(start + LANES));
      }
      for (int i = 0; i < lines; i += together) {
        for (int p = 0; p < count; p += MR) {
          const float *own[MR];
#pragma clang loop unroll(full)
          for (int r = 0; r < MR; r++) own[r] = origin[p + r] + i * line;
          convolution_block(own, together, line, run, w + (int64_t)i * run * NR, z + p * NR);
        }
      }
      float *to = y + tile * outputs + panel;
      if (width == NR) {
        for (int p = 0; p < count; p++, to += outputs) {
          store(to, load(z + p * NR));
          store(to + LANES, load(z + p * NR + LANES));
        }
      } else {
        for (int p = 0; p < count; p++, to += outputs) {
          for (int j = 0; j < width; j++) to[j] = z[p * NR + j];
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

// Adds to the derivative with respect to the kernel, in the kernel's packing. g is the derivative with respect to
// the outputs. A run shorter than a register block is read past its end, so `padded` has MR more floats.
static void CK_NAME(convolve_gradient)(
    const ck_convolution *shape, const float *padded, const float *g, float *packed) {
  const int run = shape->kernel_width * shape->inputs, outputs = shape->outputs;
  const int64_t line = (int64_t)(shape->width + shape->kernel_width - 1) * shape->inputs;
  const int64_t total = (int64_t)shape->batch * shape->height * shape->width;
  float own[PANELS_PER_SUM][OUTPUTS_PER_SUM * NR];
  for (int64_t first = 0; first < total; first += OUTPUTS_PER_SUM) {
    const int count = total - first < OUTPUTS_PER_SUM ? (int)(total - first) : OUTPUTS_PER_SUM;
    const float *origin[OUTPUTS_PER_SUM];
    for (int p = 0; p < count; p++) origin[p] = padded + ck_convolution_origin(shape, first + p);
    for (int group = 0; group < outputs; group += PANELS_PER_SUM * NR) {
      int panels = 0;
      for (int panel = group; panels < PANELS_PER_SUM && panel < outputs; panels++, panel += NR) {
        const int width = outputs - panel < NR ? outputs - panel : NR;
        for (int p = 0; p < count; p++) {
          const float *from = g + (first + p) * outputs + panel;
          for (int j = 0; j < NR; j++) own[panels][p * NR + j] = j < width ? from[j] : 0;
        }
      }
      for (int i = 0; i < shape->kernel_height; i++) {
        for (int k = 0; k < run; k += MR) {
          // The last block overlaps the one before, whose rows it then leaves alone.
          const int start = k + MR <= run || run < MR ? k : run - MR;
          for (int panel = 0; panel < panels; panel++) {
            float block[MR * NR];
            convolution_gradient_block(origin, i * line + start, count, own[panel], block);
            float *to = packed + (int64_t)(group + panel * NR) * shape->kernel_height * run +
                        ((int64_t)i * run + start) * NR;
            for (int at = (k - start) * NR; at < MR * NR && start * NR + at < run * NR;
                 at += LANES) {
              store(to + at, load(to + at) + load(block + at));
            }
          }
        }
      }
    }
  }
}

const ck_convolution_functions CK_CONVOLUTION_TABLE = {
    NR, CK_NAME(convolve), CK_NAME(convolve_gradient)};
