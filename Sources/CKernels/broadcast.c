#include "CKernels.h"

#include "clones.h"

// The innermost row of a broadcast operation. `sa` and `sb` are 0 (one repeated value) or 1.
#define ROW(name, expression)                                                              \
  static CK_KERNEL(void, name,                                                             \
                   (const float *a, ptrdiff_t sa, const float *b, ptrdiff_t sb, float *y,  \
                    size_t count),                                                         \
                   (a, sa, b, sb, y, count)) {                                             \
    if (sa && sb) {                                                                        \
      for (size_t i = 0; i < count; i++) {                                                 \
        const float p = a[i], q = b[i];                                                    \
        y[i] = (expression);                                                               \
      }                                                                                    \
    } else if (sa) {                                                                       \
      const float q = *b;                                                                  \
      for (size_t i = 0; i < count; i++) {                                                 \
        const float p = a[i];                                                              \
        y[i] = (expression);                                                               \
      }                                                                                    \
    } else if (sb) {                                                                       \
      const float p = *a;                                                                  \
      for (size_t i = 0; i < count; i++) {                                                 \
        const float q = b[i];                                                              \
        y[i] = (expression);                                                               \
      }                                                                                    \
    } else {                                                                               \
      const float p = *a, q = *b;                                                          \
      const float value = (expression);                                                    \
      for (size_t i = 0; i < count; i++) y[i] = value;                                     \
    }                                                                                      \
  }

ROW(add_row, p + q)
ROW(subtract_row, p - q)
ROW(multiply_row, p *q)
ROW(divide_row, p / q)
ROW(maximum_row, p > q ? p : q)

typedef void (*row_function)(const float *, ptrdiff_t, const float *, ptrdiff_t, float *, size_t);

void ck_binary(ck_binary_operation operation, const float *a, const ptrdiff_t *a_strides,
               const float *b, const ptrdiff_t *b_strides, float *y, const size_t *extents,
               int rank) {
  row_function row = add_row;
  switch (operation) {
    case CK_ADD: row = add_row; break;
    case CK_SUBTRACT: row = subtract_row; break;
    case CK_MULTIPLY: row = multiply_row; break;
    case CK_DIVIDE: row = divide_row; break;
    case CK_MAXIMUM: row = maximum_row; break;
  }
  const size_t length = extents[rank - 1];
  size_t rows = 1;
  for (int axis = 0; axis < rank - 1; axis++) rows *= extents[axis];
  size_t index[8] = {0};
  for (size_t r = 0; r < rows; r++) {
    row(a, a_strides[rank - 1], b, b_strides[rank - 1], y, length);
    y += length;
    for (int axis = rank - 2; axis >= 0; axis--) {
      a += a_strides[axis];
      b += b_strides[axis];
      if (++index[axis] < extents[axis]) break;
      index[axis] = 0;
      a -= a_strides[axis] * (ptrdiff_t)extents[axis];
      b -= b_strides[axis] * (ptrdiff_t)extents[axis];
    }
  }
}

static CK_KERNEL(void, strided_row,
                 (const float *x, ptrdiff_t stride, float *y, size_t count),
                 (x, stride, y, count)) {
  if (stride == 1) {
    for (size_t i = 0; i < count; i++) y[i] = x[i];
  } else if (stride == 0) {
    const float value = *x;
    for (size_t i = 0; i < count; i++) y[i] = value;
  } else {
    for (size_t i = 0; i < count; i++) y[i] = x[(ptrdiff_t)i * stride];
  }
}

void ck_copy_strided(const float *x, const ptrdiff_t *x_strides, float *y, const size_t *extents,
                     int rank) {
  const size_t length = extents[rank - 1];
  size_t rows = 1;
  for (int axis = 0; axis < rank - 1; axis++) rows *= extents[axis];
  size_t index[8] = {0};
  for (size_t r = 0; r < rows; r++) {
    strided_row(x, x_strides[rank - 1], y, length);
    y += length;
    for (int axis = rank - 2; axis >= 0; axis--) {
      x += x_strides[axis];
      if (++index[axis] < extents[axis]) break;
      index[axis] = 0;
      x -= x_strides[axis] * (ptrdiff_t)extents[axis];
    }
  }
}
