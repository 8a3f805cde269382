// The fused evaluation of a sine network on one tile of points, and its reverse. This is one source for every
// instruction set. The including file defines
//   CK_LANES       floats in a vector register
//   CK_BLOCK_ROWS  rows of a product's register block, such that CK_BLOCK_ROWS x 2 vectors fit
//   CK_NAME(name)  the name with the instruction set's suffix
// and compiles it for that instruction set.
//
// Notation: a layer computes z = omega (W a + b), then s = sin z. A tile's rows lie in planes of one row
// per point. Plane 0 holds values. If derivatives are propagated forward (Sitzmann et al. 2020, section 3: a
// SIREN's derivatives are SIRENs), there follows one plane per coordinate with the derivative along it, then
// possibly one with the Laplacian. Features lie in panels, array[feature / NR][row][feature % NR]. This
// layout serves as the broadcast operand and as the vector operand of a product, without packing.
//
// Weights are packed multiplied by omega, except in the first layer. Its phase omega (W x + b) is rounded as in
// the plain composition, because at omega 3000 its rounding is visible in the result.

#include <stdint.h>
#include <string.h>

#include "field_layout.h"
#include "scalar_functions.h"
#include "vectors.h"

// Half is added to half, so that the additions do not wait for each other.
typedef float CK_NAME(four) __attribute__((vector_size(16)));
#if CK_LANES >= 8
typedef float CK_NAME(eight) __attribute__((vector_size(32)));
#endif

CK_INLINE float lane_sum(vec v) {
#if CK_LANES == 16
  const CK_NAME(eight) half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                              __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
#elif CK_LANES == 8
  const CK_NAME(eight) half = v;
#endif
#if CK_LANES >= 8
  const CK_NAME(four) quarter =
      __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
#else
  const CK_NAME(four) quarter = v;
#endif
  const CK_NAME(four) pairs = quarter + __builtin_shufflevector(quarter, quarter, 2, 3, 2, 3);
  return pairs[0] + pairs[1];
}

// ---- sine and cosine --------------------------------------------------------------------------

// Out of line, because it serves only phases beyond the range, infinities and NaN.
static __attribute__((noinline)) void CK_NAME(careful_sine_cosine)(
    const float *z, float *sine, float *cosine) {
  for (int i = 0; i < NR; i++) {
    const double phase = z[i];
    sine[i] = (float)sin(phase);
    cosine[i] = (float)cos(phase);
  }
}

// The vectors of two rows of a panel. The sine of one vector is a chain of dependent operations, and a processor
// overlaps fewer than three such chains by itself.
#define PHASES 4
#define FOR_EACH_PHASE _Pragma("clang loop unroll(full)") for (int i = 0; i < PHASES; i++)

// A multiply-add with a single rounding, even where no instruction does it.
CK_INLINE vec fused_exactly(vec a, vec b, vec c) {
#if defined(__x86_64__) && CK_LANES == 4
  vec result;
  for (int i = 0; i < LANES; i++) result[i] = (float)((double)a[i] * b[i] + c[i]);
  return result;
#else
  return fused(a, b, c);
#endif
}

// The sines of PHASES vectors within the range, and their cosines unless `cosine` is NULL.
//
// Whole half turns are subtracted, which leaves at most a quarter turn to each side. There the sine is a polynomial
// of least relative error (6e-9) and the cosine one of least absolute error (4e-10), both found by Lawson's
// iteration. Subtracting quarter turns would save a term of each, but it exchanges sines and cosines, which takes
// longer. Sines are within 2 units in the last place (small ones within 2 units of 2^-24), and cosines within 3.
CK_INLINE void sine_cosine(const vec *x, float *sine, float *cosine) {
  // Adding 1.5 x 2^23 rounds to a whole number and leaves it in the low bits.
  const float magic = 12582912.0f;
  vec turns[PHASES], r[PHASES], s[PHASES], p[PHASES];
  ivec sign[PHASES];
  FOR_EACH_PHASE turns[i] = fused(x[i], splat(0.318309886183790672f), splat(magic));
  FOR_EACH_PHASE sign[i] = (ivec)turns[i] << 31;
  FOR_EACH_PHASE turns[i] -= magic;
#if defined(__x86_64__) && CK_LANES == 4
  // Without FMA the products below would round, so the remainder is computed in double.
  FOR_EACH_PHASE {
    for (int j = 0; j < LANES; j++) {
      r[i][j] = (float)((double)x[i][j] - (double)turns[i][j] * 3.14159265358979323846);
    }
  }
#else
  // pi in two floats (Cody and Waite). Over the whole range the error of the remainder is below 1.1e-10.
  FOR_EACH_PHASE r[i] = fused(-turns[i], splat(3.1415927410125732421875f), x[i]);
  FOR_EACH_PHASE r[i] = fused(-turns[i], splat(-8.74227800037248466e-8f), r[i]);
#endif
  FOR_EACH_PHASE s[i] = r[i] * r[i];
  FOR_EACH_PHASE p[i] = fused(splat(2.6057507075e-6f), s[i], splat(-1.9809590108e-4f));
  FOR_EACH_PHASE p[i] = fused(p[i], s[i], splat(8.3330660828e-3f));
  FOR_EACH_PHASE p[i] = fused(p[i], s[i], splat(-1.6666659545e-1f));
  FOR_EACH_PHASE p[i] = fused_exactly(p[i] * s[i], r[i], r[i]);
  FOR_EACH_PHASE store(sine + i * LANES, (vec)((ivec)p[i] ^ sign[i]));
  if (!cosine) return;
  FOR_EACH_PHASE p[i] = fused(splat(-2.6193548866e-7f), s[i], splat(2.4769291527e-5f));
  FOR_EACH_PHASE p[i] = fused(p[i], s[i], splat(-1.3888568972e-3f));
  FOR_EACH_PHASE p[i] = fused(p[i], s[i], splat(4.1666655765e-2f));
  FOR_EACH_PHASE p[i] = fused(p[i], s[i], splat(-0.5f));
  FOR_EACH_PHASE p[i] = fused(p[i], s[i], splat(1.0f));
  FOR_EACH_PHASE store(cosine + i * LANES, (vec)((ivec)p[i] ^ sign[i]));
}

static int CK_NAME(are_in_range)(const float *z, vec b0, vec b1, int rows) {
  const vec limit = splat(CK_TRIGONOMETRIC_RANGE);
  const ivec sign = (ivec)splat(-0.0f);
  ivec good = ~(ivec){0};
  for (int row = 0; row < rows; row++, z += NR) {
    good &= ((vec)((ivec)(load(z) + b0) & ~sign) <= limit) &
            ((vec)((ivec)(load(z + LANES) + b1) & ~sign) <= limit);
  }
  return __builtin_reduce_and(good) != 0;
}

CK_INLINE vec magnitude(vec v) { return (vec)((ivec)v & ~(ivec)splat(-0.0f)); }

// Whether phases are surely in range, and not NaN, that are sums of `depth` inputs of up to `largest` times weights,
// plus a bias, all times `omega`. A panel has as many weights as inputs, `step` floats apart, and many more phases.
CK_INLINE int are_bounded(const float *w, int depth, size_t step, const float *bias, float largest, float omega) {
  vec sum0 = magnitude(load(bias)), sum1 = magnitude(load(bias + LANES));
  for (int k = 0; k < depth; k++, w += step) {
    sum0 = fused(magnitude(load(w)), splat(largest), sum0);
    sum1 = fused(magnitude(load(w + LANES)), splat(largest), sum1);
  }
  // A little less than the range, since the sums are rounded.
  const vec limit = splat(0.999f * CK_TRIGONOMETRIC_RANGE);
  const ivec good = (sum0 * omega <= limit) & (sum1 * omega <= limit);
  return __builtin_reduce_and(good) != 0;
}

// The largest magnitude of some numbers; NaN where one of them is infinite or NaN.
CK_INLINE float largest_magnitude(const float *x, int count) {
  vec largest = {0}, not_finite = {0};
  int i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vec v = load(x + i);
    not_finite += v - v;
    largest = __builtin_elementwise_max(largest, magnitude(v));
  }
  float result = __builtin_reduce_max(largest) + lane_sum(not_finite);
  for (; i < count; i++) {
    const float own = fabsf(x[i]);
    result = own <= result ? result : result != result ? result : own;
  }
  return result;
}

// Adds the bias to the phases of an even number of rows of a panel, and replaces the phases by their sines. Cosines
// are kept unless `cosine` is NULL. Ranges are checked beforehand, unless the phases are known to be bounded, because a
// loop with a call in it would reload the constants for every row.
static void CK_NAME(sines_cosines)(float *z, float *cosine, vec b0, vec b1, int rows, int bounded) {
  if (!bounded && !CK_NAME(are_in_range)(z, b0, b1, rows)) {
    for (int row = 0; row < rows; row++) {
      float phases[NR], unused[NR];
      store(phases, load(z + row * NR) + b0);
      store(phases + LANES, load(z + row * NR + LANES) + b1);
      CK_NAME(careful_sine_cosine)(phases, z + row * NR, cosine ? cosine + row * NR : unused);
    }
    return;
  }
  const int step = PHASES * LANES / NR;
  for (int row = 0; row < rows; row += step, z += step * NR) {
    vec x[PHASES];
    FOR_EACH_PHASE x[i] = load(z + i * LANES) + (i % 2 ? b1 : b0);
    sine_cosine(x, z, cosine);
    if (cosine) cosine += step * NR;
  }
}

// ---- products ---------------------------------------------------------------------------------

// z[row][NR] = sum over k of a[k][row] w[k][NR] for MR rows. The panels of a are `stride` floats apart.
CK_INLINE void product_block(const float *a, size_t stride, int depth, const float *w, float *z) {
  vec sum[MR][2];
  for (int r = 0; r < MR; r++) sum[r][0] = sum[r][1] = (vec){0};
  int done = 0;
  for (; done + NR <= depth; done += NR, a += stride) {
#pragma clang loop unroll_count(4)
    for (int k = 0; k < NR; k++, w += NR) {
      const vec w0 = load(w), w1 = load(w + LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < MR; r++) {
        const vec x = splat(a[r * NR + k]);
        sum[r][0] = fused(x, w0, sum[r][0]);
        sum[r][1] = fused(x, w1, sum[r][1]);
      }
    }
  }
  for (int k = 0; done < depth; done++, k++, w += NR) {
    const vec w0 = load(w), w1 = load(w + LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < MR; r++) {
      const vec x = splat(a[r * NR + k]);
      sum[r][0] = fused(x, w0, sum[r][0]);
      sum[r][1] = fused(x, w1, sum[r][1]);
    }
  }
  for (int r = 0; r < MR; r++) {
    store(z + r * NR, sum[r][0]);
    store(z + r * NR + LANES, sum[r][1]);
  }
}

// One panel of a product, for all rows.
static void product(const float *a, int rows, int depth, const float *w, float *z) {
  for (int row = 0; row < rows; row += MR) {
    product_block(a + row * NR, (size_t)rows * NR, depth, w, z + row * NR);
  }
}

#define WEIGHT_GRADIENT_BLOCK(count)                                                         \
  CK_INLINE void weight_gradient_##count(const float *g, const float *a, int rows, float *w) { \
    vec sum[count][2];                                                                       \
    for (int j = 0; j < count; j++) {                                                        \
      sum[j][0] = load(w + j * NR);                                                          \
      sum[j][1] = load(w + j * NR + LANES);                                                  \
    }                                                                                        \
    _Pragma("clang loop unroll_count(2)")                                                    \
    for (int row = 0; row < rows; row++, g += NR, a += NR) {                                 \
      const vec a0 = load(a), a1 = load(a + LANES);                                          \
      _Pragma("clang loop unroll(full)")                                                     \
      for (int j = 0; j < count; j++) {                                                      \
        const vec x = splat(g[j]);                                                           \
        sum[j][0] = fused(x, a0, sum[j][0]);                                                 \
        sum[j][1] = fused(x, a1, sum[j][1]);                                                 \
      }                                                                                      \
    }                                                                                        \
    for (int j = 0; j < count; j++) {                                                        \
      store(w + j * NR, sum[j][0]);                                                          \
      store(w + j * NR + LANES, sum[j][1]);                                                  \
    }                                                                                        \
  }

// A panel's outputs are split such that whole register blocks cover them.
#if CK_LANES == 16
WEIGHT_GRADIENT_BLOCK(11)
WEIGHT_GRADIENT_BLOCK(10)
CK_INLINE void weight_gradient_panel(const float *g, const float *a, int rows, float *w) {
  weight_gradient_11(g, a, rows, w);
  weight_gradient_11(g + 11, a, rows, w + 11 * NR);
  weight_gradient_10(g + 22, a, rows, w + 22 * NR);
}
#elif CK_LANES == 8
WEIGHT_GRADIENT_BLOCK(6)
WEIGHT_GRADIENT_BLOCK(5)
CK_INLINE void weight_gradient_panel(const float *g, const float *a, int rows, float *w) {
  weight_gradient_6(g, a, rows, w);
  weight_gradient_5(g + 6, a, rows, w + 6 * NR);
  weight_gradient_5(g + 11, a, rows, w + 11 * NR);
}
#else
WEIGHT_GRADIENT_BLOCK(4)
CK_INLINE void weight_gradient_panel(const float *g, const float *a, int rows, float *w) {
  weight_gradient_4(g, a, rows, w);
  weight_gradient_4(g + 4, a, rows, w + 4 * NR);
}
#endif

// w[input panel][output][NR] += sum over rows of g[output][row] a[input][row]
static void weight_gradient(
    const float *g, const float *a, int rows, int output_panels, int input_panels, float *w) {
  const size_t stride = (size_t)rows * NR;
  for (int i = 0; i < input_panels; i++) {
    for (int o = 0; o < output_panels; o++, w += NR * NR) {
      weight_gradient_panel(g + o * stride, a + i * stride, rows, w);
    }
  }
}

// b[NR] += sum over rows of g[row][NR]
CK_INLINE void bias_gradient(const float *g, int rows, float *b) {
  vec sum0 = {0}, sum1 = {0};
  for (int row = 0; row < rows; row++) {
    sum0 += load(g + row * NR);
    sum1 += load(g + row * NR + LANES);
  }
  store(b, load(b) + sum0);
  store(b + LANES, load(b + LANES) + sum1);
}

// ---- one panel after its product: forward ------------------------------------------------------

// The planes after the first. On entry plane 0 of `s` holds the sines and plane 0 of `aux` the cosines.
CK_INLINE void forward_tangents(float *s, float *aux, int points, int tangents, int laplacian) {
  const size_t plane = (size_t)points * NR;
  for (int row = 0; row < points; row++) {
    for (int half = 0; half < NR; half += LANES) {
      const size_t at = (size_t)row * NR + half;
      const vec sine = load(s + at), cosine = load(aux + at);
      vec squares = {0};
      for (int k = 1; k <= tangents; k++) {
        const vec z = load(s + k * plane + at);
        store(aux + k * plane + at, z);
        store(s + k * plane + at, cosine * z);
        squares = fused(z, z, squares);
      }
      if (laplacian) {
        const size_t last = (size_t)(tangents + 1) * plane + at;
        const vec z = load(s + last);
        store(aux + last, z);
        store(s + last, cosine * z - sine * squares);
      }
    }
  }
}

// On entry all planes of `s` hold z without the bias, on return the activations. `aux` keeps the values that the
// reverse pass needs: the cosine in plane 0 and z in the other planes. It is NULL if there is no reverse pass.
// The test for a Laplacian is outside the loops.
static void forward_epilogue(
    float *s, float *aux, const float *bias, int points, int tangents, int laplacian, int bounded) {
  CK_NAME(sines_cosines)(s, aux, load(bias), load(bias + LANES), points, bounded);
  if (tangents == 0) return;
  if (laplacian) {
    forward_tangents(s, aux, points, tangents, 1);
  } else {
    forward_tangents(s, aux, points, tangents, 0);
  }
}

// ---- one panel after its product: reverse -------------------------------------------------------

CK_INLINE void reverse_tangents(
    float *g, const float *s, const float *aux, int points, int tangents, int laplacian) {
  const size_t plane = (size_t)points * NR;
  for (size_t at = 0; at < plane; at += LANES) {
    const vec sine = load(s + at), cosine = load(aux + at);
    vec bent = {0}, squares = {0}, on_laplacian = {0};
    if (laplacian) on_laplacian = load(g + (tangents + 1) * plane + at);
    for (int k = 1; k <= tangents; k++) {
      const vec z = load(aux + k * plane + at), p = load(g + k * plane + at);
      bent = fused(p, z, bent);
      squares = fused(z, z, squares);
      store(g + k * plane + at, cosine * p - 2.0f * sine * z * on_laplacian);
    }
    vec total = cosine * load(g + at) - sine * bent;
    if (laplacian) {
      const vec z = load(aux + (tangents + 1) * plane + at);
      total -= on_laplacian * (sine * z + cosine * squares);
      store(g + (tangents + 1) * plane + at, cosine * on_laplacian);
    }
    store(g + at, total);
  }
}

// The same where values alone travel, with the sum for the biases.
static void reverse_values(float *g, const float *cosine, int points, float *bias) {
  vec sum0 = {0}, sum1 = {0};
  for (int row = 0; row < points; row++, g += NR, cosine += NR) {
    const vec z0 = load(g) * load(cosine), z1 = load(g + LANES) * load(cosine + LANES);
    store(g, z0);
    store(g + LANES, z1);
    sum0 += z0;
    sum1 += z1;
  }
  store(bias, load(bias) + sum0);
  store(bias + LANES, load(bias + LANES) + sum1);
}

// On entry all planes of `g` hold the derivatives with respect to the activations, on return those with
// respect to z.
static void reverse_epilogue(
    float *g, const float *s, const float *aux, int points, int tangents, int laplacian) {
  const size_t plane = (size_t)points * NR;
  if (tangents == 0) {
    for (size_t at = 0; at < plane; at += LANES) store(g + at, load(g + at) * load(aux + at));
  } else if (laplacian) {
    reverse_tangents(g, s, aux, points, tangents, 1);
  } else {
    reverse_tangents(g, s, aux, points, tangents, 0);
  }
}

// ---- the first layer ---------------------------------------------------------------------------

static void first_layer(
    const ck_field_layout *layout, const float *packed, const float *x, int points, int tangents,
    int laplacian, float *s, float *aux) {
  const ck_layer_layout *layer = &layout->layers[0];
  const float omega = layer->omega;
  const int planes = 1 + tangents + laplacian;
  const size_t plane = (size_t)points * NR, stride = plane * planes;
  const int width = layer->output_panels * NR, dimensions = layout->coordinates;
  const float largest = largest_magnitude(x, points * dimensions);
  for (int panel = 0; panel < layer->output_panels; panel++) {
    const float *w = packed + layer->first_weight + panel * NR;
    const float *b = packed + layer->bias + panel * NR;
    const int bounded = are_bounded(w, dimensions, width, b, largest, fabsf(omega));
    float *out = s + panel * stride, *kept = aux ? aux + panel * stride : NULL;
    const vec b0 = load(b), b1 = load(b + LANES);
    for (int row = 0; row < points; row++) {
      vec z0 = b0, z1 = b1;
      for (int k = 0; k < dimensions; k++) {
        const vec coordinate = splat(x[row * dimensions + k]);
        z0 = fused(load(w + k * width), coordinate, z0);
        z1 = fused(load(w + k * width + LANES), coordinate, z1);
      }
      store(out + row * NR, z0 * omega);
      store(out + row * NR + LANES, z1 * omega);
    }
    CK_NAME(sines_cosines)(out, kept, (vec){0}, (vec){0}, points, bounded);
    for (int k = 1; k <= tangents; k++) {
      const vec t0 = omega * load(w + (k - 1) * width);
      const vec t1 = omega * load(w + (k - 1) * width + LANES);
      for (int row = 0; row < points; row++) {
        const size_t at = (size_t)row * NR, to = k * plane + at;
        store(kept + to, t0);
        store(kept + to + LANES, t1);
        store(out + to, t0 * load(kept + at));
        store(out + to + LANES, t1 * load(kept + at + LANES));
      }
    }
    if (laplacian) {
      const size_t last = (size_t)(tangents + 1) * plane;
      for (size_t at = 0; at < plane; at += LANES) {
        vec squares = {0};
        for (int k = 1; k <= tangents; k++) {
          const vec t = load(kept + k * plane + at);
          squares = fused(t, t, squares);
        }
        store(kept + last + at, (vec){0});
        store(out + last + at, -load(out + at) * squares);
      }
    }
  }
}

// One panel of the first layer where values alone travel: from the derivatives with respect to the activations to
// those of the weights and biases. Nothing is written back, since no layer comes before.
#define FIRST_LAYER_REVERSE(count)                                                               \
  static void first_layer_reverse_##count(const float *g, const float *cosine, const float *x,   \
                                          int points, float *w, size_t w_step, float *bias) {    \
    vec sum[count][2], bias0 = {0}, bias1 = {0};                                                 \
    for (int k = 0; k < count; k++) sum[k][0] = sum[k][1] = (vec){0};                            \
    for (int row = 0; row < points; row++, g += NR, cosine += NR, x += count) {                  \
      const vec z0 = load(g) * load(cosine), z1 = load(g + LANES) * load(cosine + LANES);        \
      bias0 += z0;                                                                               \
      bias1 += z1;                                                                               \
      _Pragma("clang loop unroll(full)") for (int k = 0; k < count; k++) {                       \
        const vec coordinate = splat(x[k]);                                                      \
        sum[k][0] = fused(coordinate, z0, sum[k][0]);                                            \
        sum[k][1] = fused(coordinate, z1, sum[k][1]);                                            \
      }                                                                                          \
    }                                                                                            \
    store(bias, load(bias) + bias0);                                                             \
    store(bias + LANES, load(bias + LANES) + bias1);                                             \
    for (int k = 0; k < count; k++, w += w_step) {                                               \
      store(w, load(w) + sum[k][0]);                                                             \
      store(w + LANES, load(w + LANES) + sum[k][1]);                                             \
    }                                                                                            \
  }
FIRST_LAYER_REVERSE(1)
FIRST_LAYER_REVERSE(2)
FIRST_LAYER_REVERSE(3)

// The same for any of these numbers of coordinates.
static void first_layer_reverse(const float *g, const float *cosine, const float *x, int dimensions,
                                int points, float *w, size_t w_step, float *bias) {
  switch (dimensions) {
    case 1: first_layer_reverse_1(g, cosine, x, points, w, w_step, bias); break;
    case 2: first_layer_reverse_2(g, cosine, x, points, w, w_step, bias); break;
    default: first_layer_reverse_3(g, cosine, x, points, w, w_step, bias); break;
  }
}

// All planes of `g` hold the derivatives with respect to z. The factor omega is applied by the unpacking, except
// for the derivatives with respect to the coordinates.
static void first_layer_gradient(
    const ck_field_layout *layout, const float *packed, const float *g, const float *x, int points,
    int tangents, int planes, float *gradient, float *coordinate_gradient) {
  const ck_layer_layout *layer = &layout->layers[0];
  const size_t plane = (size_t)points * NR, stride = plane * planes;
  const int width = layer->output_panels * NR, dimensions = layout->coordinates;
  for (int panel = 0; panel < layer->output_panels; panel++) {
    const float *own = g + panel * stride;
    bias_gradient(own, points, gradient + layer->bias_gradient + panel * NR);
    for (int k = 0; k < dimensions; k++) {
      float *w = gradient + layer->weight_gradient + k * width + panel * NR;
      vec sum0 = {0}, sum1 = {0};
      for (int row = 0; row < points; row++) {
        const vec coordinate = splat(x[row * dimensions + k]);
        sum0 = fused(coordinate, load(own + row * NR), sum0);
        sum1 = fused(coordinate, load(own + row * NR + LANES), sum1);
      }
      store(w, load(w) + sum0);
      store(w + LANES, load(w + LANES) + sum1);
      if (tangents > 0) bias_gradient(own + (k + 1) * plane, points, w);
    }
  }
  if (!coordinate_gradient) return;
  for (int row = 0; row < points; row++) {
    for (int k = 0; k < dimensions; k++) {
      vec sum = {0};
      for (int panel = 0; panel < layer->output_panels; panel++) {
        const float *w = packed + layer->first_weight + k * width + panel * NR;
        const float *own = g + panel * stride + row * NR;
        sum = fused(load(w), load(own), sum);
        sum = fused(load(w + LANES), load(own + LANES), sum);
      }
      coordinate_gradient[row * dimensions + k] = layer->omega * lane_sum(sum);
    }
  }
}

// ---- the last layer, when it is linear ------------------------------------------------------------

// y[row] = sum over features of w[feature] s[row][feature], for one output and the rows of a plane.
static void last_layer_output(
    const float *w, const float *s, int panels, size_t stride, int points, float bias, float *y,
    int step) {
  for (int row = 0; row < points; row++) {
    vec sum0 = {0}, sum1 = {0};
    for (int panel = 0; panel < panels; panel++) {
      const float *own = s + panel * stride + row * NR;
      sum0 = fused(load(w + panel * NR), load(own), sum0);
      sum1 = fused(load(w + panel * NR + LANES), load(own + LANES), sum1);
    }
    y[row * step] = lane_sum(sum0 + sum1) + bias;
  }
}

// One panel of one plane: g[row] = sum over outputs of gy[row][output] w[output], and the weights'
// derivative w'[output] += sum over rows of gy[row][output] s[row]. In gy, outputs lie `step` floats apart
// and rows `row_step`.
static void last_layer_reverse(
    const float *w, size_t w_step, const float *gy, int step, int row_step, int outputs,
    const float *s, int points, float *g, float *w_gradient) {
  for (int row = 0; row < points; row++) {
    vec sum0 = {0}, sum1 = {0};
    for (int output = 0; output < outputs; output++) {
      const vec y = splat(gy[row * row_step + output * step]);
      sum0 = fused(y, load(w + output * w_step), sum0);
      sum1 = fused(y, load(w + output * w_step + LANES), sum1);
    }
    store(g + row * NR, sum0);
    store(g + row * NR + LANES, sum1);
  }
  for (int output = 0; output < outputs; output++) {
    vec sum0 = {0}, sum1 = {0};
    for (int row = 0; row < points; row++) {
      const vec y = splat(gy[row * row_step + output * step]);
      sum0 = fused(y, load(s + row * NR), sum0);
      sum1 = fused(y, load(s + row * NR + LANES), sum1);
    }
    float *to = w_gradient + output * w_step;
    store(to, load(to) + sum0);
    store(to + LANES, load(to + LANES) + sum1);
  }
}

// The same for few outputs where values alone travel, in one pass with what follows: the derivatives with respect to z
// of the last sine layer, and the sum for its biases. `gy` is [row][output].
#define LAST_LAYER_REVERSE(count)                                                                  \
  static void last_layer_reverse_##count(const float *w, size_t w_step, const float *gy,           \
                                         const float *s, const float *cosine, int points, float *g, \
                                         float *w_gradient, float *bias) {                         \
    vec weight[count][2], sum[count][2], bias0 = {0}, bias1 = {0};                                 \
    for (int o = 0; o < count; o++) {                                                              \
      weight[o][0] = load(w + o * w_step);                                                         \
      weight[o][1] = load(w + o * w_step + LANES);                                                 \
      sum[o][0] = sum[o][1] = (vec){0};                                                            \
    }                                                                                              \
    for (int row = 0; row < points; row++, g += NR, s += NR, cosine += NR, gy += count) {          \
      const vec s0 = load(s), s1 = load(s + LANES);                                                \
      vec z0 = {0}, z1 = {0};                                                                      \
      _Pragma("clang loop unroll(full)") for (int o = 0; o < count; o++) {                         \
        const vec y = splat(gy[o]);                                                                \
        z0 = fused(y, weight[o][0], z0);                                                           \
        z1 = fused(y, weight[o][1], z1);                                                           \
        sum[o][0] = fused(y, s0, sum[o][0]);                                                       \
        sum[o][1] = fused(y, s1, sum[o][1]);                                                       \
      }                                                                                            \
      z0 *= load(cosine);                                                                          \
      z1 *= load(cosine + LANES);                                                                  \
      bias0 += z0;                                                                                 \
      bias1 += z1;                                                                                 \
      store(g, z0);                                                                                \
      store(g + LANES, z1);                                                                        \
    }                                                                                              \
    for (int o = 0; o < count; o++, w_gradient += w_step) {                                        \
      store(w_gradient, load(w_gradient) + sum[o][0]);                                             \
      store(w_gradient + LANES, load(w_gradient + LANES) + sum[o][1]);                             \
    }                                                                                              \
    store(bias, load(bias) + bias0);                                                               \
    store(bias + LANES, load(bias + LANES) + bias1);                                               \
  }
LAST_LAYER_REVERSE(1)
LAST_LAYER_REVERSE(2)
LAST_LAYER_REVERSE(3)
LAST_LAYER_REVERSE(4)

static void last_layer_reverse_few(int outputs, const float *w, size_t w_step, const float *gy,
                                   const float *s, const float *cosine, int points, float *g,
                                   float *w_gradient, float *bias) {
  switch (outputs) {
    case 1: last_layer_reverse_1(w, w_step, gy, s, cosine, points, g, w_gradient, bias); break;
    case 2: last_layer_reverse_2(w, w_step, gy, s, cosine, points, g, w_gradient, bias); break;
    case 3: last_layer_reverse_3(w, w_step, gy, s, cosine, points, g, w_gradient, bias); break;
    default: last_layer_reverse_4(w, w_step, gy, s, cosine, points, g, w_gradient, bias); break;
  }
}
