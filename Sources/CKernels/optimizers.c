#include "CKernels.h"

#include "clones.h"

// Every rounding is written out, in the order in which PyTorch rounds on a processor with
// multiply-adds. Only the square root differs. Ours is correctly rounded, and PyTorch's is one unit off for
// a sixth of all numbers (measured).
#pragma STDC FP_CONTRACT OFF

CK_KERNEL(void, ck_adam,
          (float *parameters, const float *gradient, float *first_moment, float *second_moment,
           size_t count, ck_adam_settings s),
          (parameters, gradient, first_moment, second_moment, count, s)) {
  const float keep1 = (float)(1.0 - s.beta1), beta2 = (float)s.beta2;
  const float keep2 = (float)(1.0 - s.beta2), epsilon = (float)s.epsilon;
  const float step = (float)(-s.learning_rate / s.bias_correction1);
  const float root_correction = (float)s.root_bias_correction2;
  const float keep = (float)(1.0 - s.learning_rate * s.weight_decay);
  const float scale = (float)s.gradient_scale;
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const float g = scale * gradient[i];
    const float m = __builtin_fmaf(keep1, g - first_moment[i], first_moment[i]);
    const float v = __builtin_fmaf(keep2 * g, g, beta2 * second_moment[i]);
    first_moment[i] = m;
    second_moment[i] = v;
    const float denominator = CK_SQUARE_ROOT(v) / root_correction + epsilon;
    parameters[i] = parameters[i] * keep + step * m / denominator;
  }
}

CK_KERNEL(void, ck_gradient_descent,
          (float *parameters, const float *gradient, float *velocity, size_t count,
           ck_descent_settings s),
          (parameters, gradient, velocity, count, s)) {
  const float momentum = (float)s.momentum, decay = (float)s.weight_decay;
  const float step = (float)-s.learning_rate;
  if (momentum == 0) {
    CK_VECTORIZE
    for (size_t i = 0; i < count; i++) {
      const float p = parameters[i];
      parameters[i] = __builtin_fmaf(step, __builtin_fmaf(decay, p, gradient[i]), p);
    }
    return;
  }
  const int nesterov = s.nesterov;
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const float p = parameters[i];
    const float g = __builtin_fmaf(decay, p, gradient[i]);
    const float v = velocity[i] * momentum + g;
    velocity[i] = v;
    const float direction = nesterov ? __builtin_fmaf(momentum, v, g) : v;
    parameters[i] = __builtin_fmaf(step, direction, p);
  }
}

CK_KERNEL(void, ck_average,
          (float *average, const float *x, float *ahead, size_t count, double decay),
          (average, x, ahead, count, decay)) {
  const float keep = (float)(1.0 - decay);
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const float m = __builtin_fmaf(keep, x[i] - average[i], average[i]);
    average[i] = m;
    // x + decay (average - x), computed from the nearer end.
    ahead[i] = __builtin_fmaf(-keep, m - x[i], m);
  }
}

CK_KERNEL(void, ck_decay_and_move,
          (float *parameters, const float *direction, size_t count, double keep, double step),
          (parameters, direction, count, keep, step)) {
  const float k = (float)keep, s = (float)step;
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    parameters[i] = __builtin_fmaf(s, direction[i], parameters[i] * k);
  }
}

CK_KERNEL(double, ck_squared_length, (const float *x, size_t count), (x, count)) {
  // Squares of floats are exact in double. Sixteen sums let the loop vectorize.
  double sums[16] = {0};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int lane = 0; lane < 16; lane++) {
      const double value = x[i + lane];
      sums[lane] += value * value;
    }
  }
  double total = 0;
  for (int lane = 0; lane < 16; lane++) total += sums[lane];
  for (; i < count; i++) total += (double)x[i] * x[i];
  return total;
}
