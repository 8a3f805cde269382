// Activations of a network in double precision on jets: the value of every unit, its first derivatives along the
// coordinates, and sums of its second derivatives. A second derivative sum_ij a_ij d_ij passes an activation s as one
// number: s'(u) (sum a_ij d_ij u) + s''(u) (sum a_ij d_i u d_j u).
#include "CKernels.h"
#include "clones.h"

#include <string.h>

// ---- Functions --------------------------------------------------------------------------------

CK_INLINE int64_t double_bits(double value) {
  int64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

CK_INLINE double bits_double(int64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Adding it rounds to a whole number, which is then in the lowest bits.
#define ROUNDING 0x1.8p52

// Sine and cosine. pi/2 in three parts of 33 bits, and the polynomials of fdlibm (Sun Microsystems).
CK_INLINE void turn(double x, double *sine, double *cosine) {
  const double shifted = x * 0.63661977236758134308 + ROUNDING;
  const double quarters = shifted - ROUNDING;
  const int64_t quarter = double_bits(shifted);
  double r = x - quarters * 1.57079632673412561417e+00;
  r = r - quarters * 6.07710050630396597660e-11;
  r = r - quarters * 2.02226624879595063154e-21;
  const double z = r * r;
  double s = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10;
  s = 2.75573137070700676789e-06 + z * s;
  s = -1.98412698298579493134e-04 + z * s;
  s = 8.33333333332248946124e-03 + z * s;
  s = -1.66666666666666324348e-01 + z * s;
  s = r + r * z * s;
  double c = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11;
  c = -2.75573143513906633035e-07 + z * c;
  c = 2.48015872894767294178e-05 + z * c;
  c = -1.38888888888741095749e-03 + z * c;
  c = 4.16666666666666019037e-02 + z * c;
  c = 1.0 - 0.5 * z + z * z * c;
  const double first = (quarter & 1) ? c : s, second = (quarter & 1) ? s : c;
  // Unsigned, because a shift into the sign of a signed number is undefined.
  const uint64_t sine_sign = ((uint64_t)quarter & 2) << 62;
  const uint64_t cosine_sign = (((uint64_t)quarter + 1) & 2) << 62;
  *sine = bits_double(double_bits(first) ^ (int64_t)sine_sign);
  *cosine = bits_double(double_bits(second) ^ (int64_t)cosine_sign);
}

// exp(x) for x of -700...0. NaN stays NaN.
CK_INLINE double exponential(double x) {
  const double limited = x < -700.0 ? -700.0 : x;
  const double shifted = limited * 1.44269504088896338700e+00 + ROUNDING;
  const double n = shifted - ROUNDING;
  double r = limited - n * 6.93147180369123816490e-01;
  r = r - n * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800.0;
  p = 1.0 / 479001600.0 + r * p;
  p = 1.0 / 39916800.0 + r * p;
  p = 1.0 / 3628800.0 + r * p;
  p = 1.0 / 362880.0 + r * p;
  p = 1.0 / 40320.0 + r * p;
  p = 1.0 / 5040.0 + r * p;
  p = 1.0 / 720.0 + r * p;
  p = 1.0 / 120.0 + r * p;
  p = 1.0 / 24.0 + r * p;
  p = 1.0 / 6.0 + r * p;
  p = 0.5 + r * p;
  p = 1.0 + r * p;
  p = 1.0 + r * p;
  // The whole number is in the low bits; shifting it to the exponent's place adds it there.
  return p * bits_double((int64_t)((uint64_t)(double_bits(shifted) + 1023) << 52));
}

// ---- Passes -----------------------------------------------------------------------------------

static CK_KERNEL(void, sine_pass,
                 (const double *u, double *value, double *slopes, size_t count),
                 (u, value, slopes, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    double s, c;
    turn(u[i], &s, &c);
    value[i] = s;
    slopes[i] = c;
    slopes[count + i] = -s;
    slopes[2 * count + i] = -c;
  }
}

static CK_KERNEL(void, tanh_pass,
                 (const double *u, double *value, double *slopes, size_t count),
                 (u, value, slopes, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const double e = exponential(-2.0 * __builtin_fabs(u[i]));
    const double s = __builtin_copysign((1.0 - e) / (1.0 + e), u[i]);
    // 1 - s^2 without cancellation where s is near 1.
    const double slope = 4.0 * e / ((1.0 + e) * (1.0 + e));
    value[i] = s;
    slopes[i] = slope;
    slopes[count + i] = -2.0 * s * slope;
    slopes[2 * count + i] = slope * (4.0 * s * s - 2.0 * slope);
  }
}

// y = a b
static CK_KERNEL(void, product, (const double *a, const double *b, double *y, size_t count),
                 (a, b, y, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

// y += factor a b
static CK_KERNEL(void, add_product,
                 (const double *a, const double *b, double factor, double *y, size_t count),
                 (a, b, factor, y, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] += factor * a[i] * b[i];
}

// y += factor a b c
static CK_KERNEL(void, add_product3,
                 (const double *a, const double *b, const double *c, double factor, double *y,
                  size_t count),
                 (a, b, c, factor, y, count)) {
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) y[i] += factor * a[i] * b[i] * c[i];
}

// ---- Jets -------------------------------------------------------------------------------------

size_t ck_jet_planes(const ck_jet_shape *shape) {
  return 1 + (size_t)shape->dimensions + (size_t)shape->operators;
}

size_t ck_jet_slopes(const ck_jet_shape *shape) { return 3 + (size_t)shape->operators; }

void ck_jet_activate(const ck_jet_shape *shape, const double *u, double *h, double *slopes,
                     size_t count) {
  const int d = shape->dimensions;
  if (shape->activation == CK_JET_SINE) {
    sine_pass(u, h, slopes, count);
  } else {
    tanh_pass(u, h, slopes, count);
  }
  for (int i = 1; i <= d; i++) product(slopes, u + i * count, h + i * count, count);
  for (int s = 0; s < shape->operators; s++) {
    const double *second = shape->second + (size_t)s * d * d;
    const size_t plane = (size_t)(1 + d + s) * count;
    double *square = slopes + (size_t)(3 + s) * count;
    memset(square, 0, count * sizeof *square);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        const double factor = second[i * d + j];
        if (factor == 0) continue;
        add_product(u + (size_t)(1 + i) * count, u + (size_t)(1 + j) * count, factor, square,
                    count);
      }
    }
    product(slopes, u + plane, h + plane, count);
    add_product(slopes + count, square, 1, h + plane, count);
  }
}

void ck_jet_reverse(const ck_jet_shape *shape, const double *u, const double *slopes, double *g,
                    size_t count) {
  const int d = shape->dimensions;
  const double *first = slopes, *second = slopes + count, *third = slopes + 2 * count;
  product(g, first, g, count);
  for (int i = 1; i <= d; i++) {
    add_product3(g + (size_t)i * count, second, u + (size_t)i * count, 1, g, count);
    product(g + (size_t)i * count, first, g + (size_t)i * count, count);
  }
  for (int s = 0; s < shape->operators; s++) {
    const double *factors = shape->second + (size_t)s * d * d;
    const size_t plane = (size_t)(1 + d + s) * count;
    add_product3(g + plane, second, u + plane, 1, g, count);
    add_product3(g + plane, third, slopes + (size_t)(3 + s) * count, 1, g, count);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        // The matrix of factors need not be symmetric.
        const double factor = factors[i * d + j] + factors[j * d + i];
        if (factor == 0) continue;
        add_product3(g + plane, second, u + (size_t)(1 + j) * count, factor,
                     g + (size_t)(1 + i) * count, count);
      }
    }
    product(g + plane, first, g + plane, count);
  }
}

// One row of a weight's derivative: y[i] = sum over planes of factors[p] h[p][i].
static CK_KERNEL(void, weighted_planes,
                 (const double *factors, const double *h, size_t planes, size_t stride, double *y,
                  size_t width),
                 (factors, h, planes, stride, y, width)) {
  CK_VECTORIZE
  for (size_t i = 0; i < width; i++) y[i] = factors[0] * h[i];
  for (size_t p = 1; p < planes; p++) {
    const double factor = factors[p];
    const double *x = h + p * stride;
    CK_VECTORIZE
    for (size_t i = 0; i < width; i++) y[i] += factor * x[i];
  }
}

#define MOST_PLANES 64

void ck_jet_derivative(const double *g, const double *h, size_t planes, size_t points,
                       size_t outputs, size_t inputs, double scale, double *derivative,
                       size_t line) {
  double factors[MOST_PLANES];
  for (size_t n = 0; n < points; n++) {
    double *row = derivative + n * line;
    double *bias = row + outputs * inputs;
    for (size_t o = 0; o < outputs; o++) {
      for (size_t p = 0; p < planes; p++) {
        factors[p] = scale * g[(p * points + n) * outputs + o];
      }
      weighted_planes(factors, h + n * inputs, planes, points * inputs, row + o * inputs, inputs);
      bias[o] = factors[0];
    }
  }
}
