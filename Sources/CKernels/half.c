#include "CKernels.h"

#include "clones.h"

static CK_KERNEL(void, widen, (const _Float16 *x, float *y, size_t count), (x, y, count)) {
  for (size_t i = 0; i < count; i++) y[i] = (float)x[i];
}

static CK_KERNEL(void, narrow, (const float *x, _Float16 *y, size_t count), (x, y, count)) {
  for (size_t i = 0; i < count; i++) y[i] = (_Float16)x[i];
}

void ck_half_to_float(const uint16_t *x, float *y, size_t count) {
  widen((const _Float16 *)(const void *)x, y, count);
}

void ck_float_to_half(const float *x, uint16_t *y, size_t count) {
  narrow(x, (_Float16 *)(void *)y, count);
}
