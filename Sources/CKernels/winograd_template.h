// Convolutions with kernels of 3x3 by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, arXiv
// 1509.09308). Per pair of channels, a tile of 4x4 outputs takes 36 products of its transformed inputs with
// the transformed kernel. The definition takes 144. Like field_template.h, this is one source for every
// instruction set.
//
//     Y = A^T [ (G k G^T) * (B^T d B) ] A,    dL/dk = G^T [ sum over tiles of (A g A^T) * (B^T d B) ] G
//
// Scratch memory holds the transformed inputs [36][tiles][line], then the transformed outputs
// [36][panel][tiles][NR], then zeros [line] for the pixels beyond the border.
//
// This file is included after product_template.h and multiplies with that file's register block.
#include "vectors.h"
#include "winograd_layout.h"

// B^T times six values that lie `step` apart.
CK_INLINE void transform_input(vec *d, int step) {
  const vec a = d[0], b = d[step], c = d[2 * step], e = d[3 * step], f = d[4 * step], g = d[5 * step];
  const vec four = splat(4), two = splat(2), five = splat(5);
  const vec even = fused(-four, c, f), odd = fused(-four, b, e);
  const vec near = f - c, far = two * (e - b);
  d[0] = fused(four, a, fused(-five, c, f));
  d[step] = even + odd;
  d[2 * step] = even - odd;
  d[3 * step] = near + far;
  d[4 * step] = near - far;
  d[5 * step] = fused(four, b, fused(-five, e, g));
}

// A^T times six values that lie `step` apart. The result takes the first four places.
CK_INLINE void transform_output(vec *m, int step) {
  const vec s = m[step] + m[2 * step], d = m[step] - m[2 * step];
  const vec s2 = m[3 * step] + m[4 * step], d2 = m[3 * step] - m[4 * step];
  const vec last = m[5 * step];
  m[0] = m[0] + s + s2;
  m[step] = fused(splat(2), d2, d);
  m[2 * step] = fused(splat(4), s2, s);
  m[3 * step] = fused(splat(8), d2, d) + last;
}

// A times four values that lie `step` apart. The result takes six places.
CK_INLINE void transform_slope(vec *g, int step) {
  const vec a = g[0], b = g[step], c = g[2 * step], d = g[3 * step];
  const vec even = a + c, odd = b + d;
  const vec even2 = fused(splat(4), c, a), odd2 = fused(splat(8), d, splat(2) * b);
  g[step] = even + odd;
  g[2 * step] = even - odd;
  g[3 * step] = even2 + odd2;
  g[4 * step] = even2 - odd2;
  g[5 * step] = d;
}

// G times three values that lie `step` apart. The result takes six places.
CK_INLINE void transform_taps(vec *k, int step) {
  const vec a = k[0], b = k[step], c = k[2 * step];
  const vec outer = (a + c) * splat(-1.0f / 6), middle = b * splat(1.0f / 6);
  const vec mixed = fused(splat(1.0f / 24), a, splat(1.0f / 6) * c), half = b * splat(1.0f / 12);
  k[0] = a * splat(0.25f);
  k[step] = outer - middle;
  k[2 * step] = outer + middle;
  k[3 * step] = mixed + half;
  k[4 * step] = mixed - half;
  k[5 * step] = c;
}

// G^T times six values that lie `step` apart. The result takes the first three places.
CK_INLINE void transform_tap_slopes(vec *u, int step) {
  const vec s = (u[step] + u[2 * step]) * splat(1.0f / 6);
  const vec d = (u[2 * step] - u[step]) * splat(1.0f / 6);
  const vec s2 = u[3 * step] + u[4 * step], d2 = u[3 * step] - u[4 * step];
  const vec last = u[5 * step];
  u[0] = fused(splat(0.25f), u[0], fused(splat(1.0f / 24), s2, -s));
  u[step] = fused(splat(1.0f / 12), d2, d);
  u[2 * step] = fused(splat(1.0f / 6), s2, last) - s;
}

// The first `count` of a vector's numbers, and zeros for the others.
CK_INLINE vec load_first(const float *p, int64_t count) {
  if (count >= LANES) return load(p);
  float copy[LANES] = {0};
  for (int64_t i = 0; i < count; i++) copy[i] = p[i];
  return load(copy);
}

CK_INLINE void store_first(float *p, vec v, int64_t count) {
  if (count >= LANES) {
    store(p, v);
    return;
  }
  float copy[LANES];
  store(copy, v);
  for (int64_t i = 0; i < count; i++) p[i] = copy[i];
}

// The position of a tile.
typedef struct {
  int item, row, column;
} CK_NAME(place);

CK_INLINE CK_NAME(place) place_of(const ck_convolution *shape, int64_t tile) {
  const int across = ck_tiles_across(shape), down = ck_tiles_down(shape);
  const CK_NAME(place) place = {(int)(tile / across / down), (int)(tile / across % down) * CK_TILE,
                                (int)(tile % across) * CK_TILE};
  return place;
}

// B^T d B of one tile, to places `apart` floats from each other.
CK_INLINE void transform_tile(
    const ck_convolution *shape, const float *x, int64_t tile, const float *zeros, int64_t line,
    float *to, int64_t apart) {
  const CK_NAME(place) place = place_of(shape, tile);
  const float *from[CK_PRODUCTS];
  for (int i = 0; i < CK_PATCH; i++) {
    const int row = place.row + i - 1, is_row = row >= 0 && row < shape->height;
    const int64_t start = ((int64_t)place.item * shape->height + row) * shape->width;
    for (int j = 0; j < CK_PATCH; j++) {
      const int column = place.column + j - 1;
      const int is_inside = is_row && column >= 0 && column < shape->width;
      from[i * CK_PATCH + j] = is_inside ? x + (start + column) * shape->inputs : zeros;
    }
  }
  for (int64_t c = 0; c < line; c += LANES) {
    vec d[CK_PRODUCTS];
    if (c + LANES <= shape->inputs) {
#pragma clang loop unroll(full)
      for (int k = 0; k < CK_PRODUCTS; k++) d[k] = load(from[k] + c);
    } else {
      for (int k = 0; k < CK_PRODUCTS; k++) d[k] = load_first(from[k] + c, shape->inputs - c);
    }
#pragma clang loop unroll(full)
    for (int j = 0; j < CK_PATCH; j++) transform_input(d + j, CK_PATCH);
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_PATCH; i++) {
      transform_input(d + i * CK_PATCH, 1);
#pragma clang loop unroll(full)
      for (int j = 0; j < CK_PATCH; j++) store(to + (i * CK_PATCH + j) * apart + c, d[i * CK_PATCH + j]);
    }
  }
}

// A^T m A of one tile and vector of outputs, from places `apart` floats from each other.
CK_INLINE void finish_tile(
    const ck_convolution *shape, const float *from, int64_t apart, CK_NAME(place) place, vec bias,
    int64_t channels, float *y) {
  vec m[CK_PRODUCTS];
#pragma clang loop unroll(full)
  for (int k = 0; k < CK_PRODUCTS; k++) m[k] = load(from + k * apart);
#pragma clang loop unroll(full)
  for (int j = 0; j < CK_PATCH; j++) transform_output(m + j, CK_PATCH);
#pragma clang loop unroll(full)
  for (int i = 0; i < CK_TILE; i++) transform_output(m + i * CK_PATCH, 1);
  float *to = y + (((int64_t)place.item * shape->height + place.row) * shape->width + place.column) *
                      shape->outputs;
  const int64_t line = (int64_t)shape->width * shape->outputs;
  if (place.row + CK_TILE <= shape->height && place.column + CK_TILE <= shape->width &&
      channels >= LANES) {
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_TILE; i++) {
#pragma clang loop unroll(full)
      for (int j = 0; j < CK_TILE; j++) {
        store(to + i * line + j * shape->outputs, m[i * CK_PATCH + j] + bias);
      }
    }
    return;
  }
  for (int i = 0; i < CK_TILE && place.row + i < shape->height; i++) {
    for (int j = 0; j < CK_TILE && place.column + j < shape->width; j++) {
      store_first(to + i * line + j * shape->outputs, m[i * CK_PATCH + j] + bias, channels);
    }
  }
}

// kernel is [9][inputs][outputs], and transformed is [36][panel][inputs, whole blocks][NR]. The adjoint's kernel
// is [9][outputs][inputs], rotated by 180 degrees. scratch has the kernel's size.
static void CK_NAME(winograd_kernel)(
    const ck_convolution *shape, const float *kernel, int is_adjoint, float *scratch,
    float *transformed) {
  const int64_t inputs = shape->inputs, outputs = shape->outputs, tap_size = inputs * outputs;
  const int64_t lines = ck_rounded_up(inputs, MR);
  const int64_t panels = (outputs + NR - 1) / NR, apart = panels * lines * NR + CK_GAP;
  for (int tap = 0; tap < 9 && is_adjoint; tap++) {
    copy_transposed(kernel + tap * tap_size, inputs, (int)outputs, (int)inputs, 1,
                    scratch + (8 - tap) * tap_size, (int)outputs);
  }
  const float *from = is_adjoint ? scratch : kernel;
  for (int64_t input = 0; input < inputs; input++, from += outputs) {
    for (int64_t c = 0; c < panels * NR; c += LANES) {
      vec k[CK_PRODUCTS];
#pragma clang loop unroll(full)
      for (int tap = 0; tap < 9; tap++) {
        k[tap / 3 * CK_PATCH + tap % 3] = load_first(from + tap * tap_size + c, outputs - c);
      }
#pragma clang loop unroll(full)
      for (int j = 0; j < 3; j++) transform_taps(k + j, CK_PATCH);
#pragma clang loop unroll(full)
      for (int i = 0; i < CK_PATCH; i++) transform_taps(k + i * CK_PATCH, 1);
      float *to = transformed + (c / NR * lines + input) * NR + c % NR;
#pragma clang loop unroll(full)
      for (int e = 0; e < CK_PRODUCTS; e++) store(to + e * apart, k[e]);
    }
  }
}

// Outputs of the tiles begin..<end.
static void CK_NAME(winograd)(
    const ck_convolution *shape, const float *x, const float *transformed, const float *bias,
    int64_t begin, int64_t end, float *scratch, float *y) {
  const int64_t line = ck_input_line(shape, LANES, MR), lines = ck_rounded_up(shape->inputs, MR);
  const int64_t panels = (shape->outputs + NR - 1) / NR, kernels_apart = panels * lines * NR + CK_GAP;
  float *products = scratch + CK_PRODUCTS * (CK_TILES_TOGETHER * line + CK_GAP);
  float *zeros = products + CK_PRODUCTS * (panels * CK_TILES_TOGETHER * NR + CK_GAP);
  memset(zeros, 0, line * sizeof *zeros);
  for (int64_t first = begin; first < end; first += CK_TILES_TOGETHER) {
    const int count = end - first < CK_TILES_TOGETHER ? (int)(end - first) : CK_TILES_TOGETHER;
    // The number is always the full one. Positions beyond the end repeat the last tile and are not stored.
    const int64_t tiles = ck_rounded_up(count, MR);
    const int64_t apart = tiles * line + CK_GAP, products_apart = panels * tiles * NR + CK_GAP;
    for (int t = 0; t < tiles; t++) {
      transform_tile(shape, x, first + (t < count ? t : count - 1), zeros, line, scratch + t * line, apart);
    }
    for (int e = 0; e < CK_PRODUCTS; e++) {
      for (int64_t panel = 0; panel < panels; panel++) {
        const float *w = transformed + e * kernels_apart + panel * lines * NR;
        float *to = products + e * products_apart + panel * tiles * NR;
        for (int t = 0; t < tiles; t += MR) {
          const float *own[MR];
#pragma clang loop unroll(full)
          for (int r = 0; r < MR; r++) own[r] = scratch + e * apart + (t + r) * line;
          small_block(own, 0, 0, 0, w, NR, shape->inputs, 0, to + t * NR, NR, MR);
        }
      }
    }
    for (int t = 0; t < count; t++) {
      const CK_NAME(place) place = place_of(shape, first + t);
      for (int64_t c = 0; c < shape->outputs; c += LANES) {
        const float *from = products + (c / NR * tiles + t) * NR + c % NR;
        const int64_t channels = shape->outputs - c;
        finish_tile(shape, from, products_apart, place,
                    bias ? load_first(bias + c, channels) : (vec){0}, channels, y + c);
      }
    }
  }
}

// A g A^T of one tile and vector of outputs, to places `apart` floats from each other.
CK_INLINE void transform_slopes(
    const ck_convolution *shape, const float *g, CK_NAME(place) place, int64_t channels, float *to,
    int64_t apart) {
  const float *from = g + (((int64_t)place.item * shape->height + place.row) * shape->width +
                           place.column) * shape->outputs;
  const int64_t line = (int64_t)shape->width * shape->outputs;
  vec m[CK_PRODUCTS];
  if (place.row + CK_TILE <= shape->height && place.column + CK_TILE <= shape->width &&
      channels >= LANES) {
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_TILE; i++) {
#pragma clang loop unroll(full)
      for (int j = 0; j < CK_TILE; j++) m[i * CK_PATCH + j] = load(from + i * line + j * shape->outputs);
    }
  } else {
    for (int i = 0; i < CK_TILE; i++) {
      for (int j = 0; j < CK_TILE; j++) {
        const int is_inside = place.row + i < shape->height && place.column + j < shape->width;
        m[i * CK_PATCH + j] =
            is_inside ? load_first(from + i * line + j * shape->outputs, channels) : (vec){0};
      }
    }
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < CK_TILE; j++) transform_slope(m + j, CK_PATCH);
#pragma clang loop unroll(full)
  for (int i = 0; i < CK_PATCH; i++) transform_slope(m + i * CK_PATCH, 1);
#pragma clang loop unroll(full)
  for (int k = 0; k < CK_PRODUCTS; k++) store(to + k * apart, m[k]);
}

// The derivative with respect to the kernel, [9][inputs][outputs]. sums has the layout of `transformed`.
static void CK_NAME(winograd_gradient)(
    const ck_convolution *shape, const float *x, const float *g, float *sums, float *scratch,
    float *gradient) {
  const int64_t line = ck_input_line(shape, LANES, MR), lines = ck_rounded_up(shape->inputs, MR);
  const int64_t panels = (shape->outputs + NR - 1) / NR, total = panels * lines * NR + CK_GAP;
  const int64_t end = (int64_t)shape->batch * ck_tiles_down(shape) * ck_tiles_across(shape);
  float *slopes = scratch + CK_PRODUCTS * (CK_TILES_TOGETHER * line + CK_GAP);
  float *zeros = slopes + CK_PRODUCTS * (panels * CK_TILES_TOGETHER * NR + CK_GAP);
  memset(zeros, 0, line * sizeof *zeros);
  memset(sums, 0, CK_PRODUCTS * total * sizeof *sums);
  for (int64_t first = 0; first < end; first += CK_TILES_TOGETHER) {
    const int count = end - first < CK_TILES_TOGETHER ? (int)(end - first) : CK_TILES_TOGETHER;
    const int64_t apart = count * line + CK_GAP, slopes_apart = panels * count * NR + CK_GAP;
    for (int t = 0; t < count; t++) {
      transform_tile(shape, x, first + t, zeros, line, scratch + t * line, apart);
      const CK_NAME(place) place = place_of(shape, first + t);
      for (int64_t c = 0; c < panels * NR; c += LANES) {
        transform_slopes(shape, g + c, place, shape->outputs - c,
                         slopes + (c / NR * count + t) * NR + c % NR, slopes_apart);
      }
    }
    for (int e = 0; e < CK_PRODUCTS; e++) {
      for (int64_t panel = 0; panel < panels; panel++) {
        float *to = sums + e * total + panel * lines * NR;
        for (int64_t c = 0; c < lines; c += MR) {
          const float *own[MR] = {scratch + e * apart + c};
          small_block(
              own, 0, 0, line, slopes + e * slopes_apart + panel * count * NR, NR, count, 1, to + c * NR, NR, MR);
        }
      }
    }
  }
  const int64_t inputs = shape->inputs, outputs = shape->outputs;
  for (int64_t input = 0; input < inputs; input++) {
    for (int64_t c = 0; c < outputs; c += LANES) {
      const float *from = sums + (c / NR * lines + input) * NR + c % NR;
      vec u[CK_PRODUCTS];
#pragma clang loop unroll(full)
      for (int e = 0; e < CK_PRODUCTS; e++) u[e] = load(from + e * total);
#pragma clang loop unroll(full)
      for (int j = 0; j < CK_PATCH; j++) transform_tap_slopes(u + j, CK_PATCH);
#pragma clang loop unroll(full)
      for (int i = 0; i < 3; i++) {
        transform_tap_slopes(u + i * CK_PATCH, 1);
#pragma clang loop unroll(full)
        for (int j = 0; j < 3; j++) {
          store_first(gradient + ((i * 3 + j) * inputs + input) * outputs + c, u[i * CK_PATCH + j],
                      outputs - c);
        }
      }
    }
  }
}

const ck_winograd_functions CK_WINOGRAD_TABLE = {
    LANES, MR, NR, CK_NAME(winograd_kernel), CK_NAME(winograd), CK_NAME(winograd_gradient)};
