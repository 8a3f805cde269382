#include <string.h>

#include "CKernels.h"

#include "clones.h"

// Numbers are copied with memcpy, because C forbids reading a value through a pointer to another type.

static CK_KERNEL(void, widen, (const uint16_t *x, float *y, size_t count), (x, y, count)) {
  for (size_t i = 0; i < count; i++) {
    _Float16 half;
    memcpy(&half, x + i, sizeof half);
    y[i] = (float)half;
  }
}

static CK_KERNEL(void, narrow, (const float *x, uint16_t *y, size_t count), (x, y, count)) {
  for (size_t i = 0; i < count; i++) {
    const _Float16 half = (_Float16)x[i];
    memcpy(y + i, &half, sizeof half);
  }
}

void ck_half_to_float(const uint16_t *x, float *y, size_t count) { widen(x, y, count); }

void ck_float_to_half(const float *x, uint16_t *y, size_t count) { narrow(x, y, count); }
