#include "CKernels.h"

#include "clones.h"

CK_CLONES void ck_adam(float *parameters, const float *gradient, float *first_moment,
                       float *second_moment, size_t count, ck_adam_settings s) {
  const float step = s.learning_rate / s.bias_correction1;
  const float keep = 1.0f - s.learning_rate * s.weight_decay;
  CK_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i];
    const float m = first_moment[i] + (1.0f - s.beta1) * (g - first_moment[i]);
    const float v = s.beta2 * second_moment[i] + (1.0f - s.beta2) * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    const float denominator = __builtin_sqrtf(v) / s.root_bias_correction2 + s.epsilon;
    parameters[i] = parameters[i] * keep - step * (m / denominator);
  }
}
