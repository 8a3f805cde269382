// Updates of one small sine network on the differences between its values at neighbouring points.
#include "CKernels.h"

#include <string.h>

#include "cell_descent.h"
#include "clones.h"

// A window's values with a rim that repeats the outermost ones, and the derivatives with respect to them, have
// (rows + 2) (columns + 2) points; the errors of the two differences have those of one row of the window.
static size_t framed_count(int rows, int columns, int outputs) {
  return (size_t)(rows + 2) * (columns + 2) * outputs;
}

static size_t rest_count(int rows, int columns, int outputs) {
  return 2 * framed_count(rows, columns, outputs) + 2 * (size_t)columns * outputs;
}

static void largest_window(const ck_cell_differences *samples, int *rows, int *columns, int *points) {
  *rows = *columns = *points = 1;
  for (int i = 0; i < samples->window_count; i++) {
    const ck_cell_window *window = &samples->windows[i];
    if (window->rows > *rows) *rows = window->rows;
    if (window->columns > *columns) *columns = window->columns;
    if (window->rows * window->columns > *points) *points = window->rows * window->columns;
  }
}

size_t ck_cell_differences_workspace_count(const ck_field *field, const ck_cell_differences *samples) {
  int rows, columns, points;
  largest_window(samples, &rows, &columns, &points);
  return ck_cell_memory_count(field, samples->outputs, points, rest_count(rows, columns, samples->outputs));
}

static void frame(const float *value, int rows, int columns, int outputs, float *framed) {
  const size_t stride = (size_t)(columns + 2) * outputs, length = (size_t)columns * outputs;
  for (int row = -1; row <= rows; row++) {
    const int source = row < 0 ? 0 : row < rows ? row : rows - 1;
    const float *from = value + source * length;
    float *to = framed + (row + 1) * stride;
    memcpy(to, from, outputs * sizeof *to);
    memcpy(to + outputs, from, length * sizeof *to);
    memcpy(to + outputs + length, from + length - outputs, outputs * sizeof *to);
  }
}

// The rim's derivatives go to the values that it repeats.
static void unframe(const float *framed, int rows, int columns, int outputs, float *slope) {
  const size_t stride = (size_t)(columns + 2) * outputs, length = (size_t)columns * outputs;
  for (int row = -1; row <= rows; row++) {
    const float *from = framed + (row + 1) * stride;
    float *to = slope + (row < 0 ? 0 : row < rows ? row : rows - 1) * length;
    if (row == -1) memset(slope, 0, rows * length * sizeof *slope);
    for (size_t i = 0; i < length; i++) to[i] += from[outputs + i];
    for (int o = 0; o < outputs; o++) {
      to[o] += from[o];
      to[length - outputs + o] += from[outputs + length + o];
    }
  }
}

// Errors of the Sobel responses of one row of a window, one eighth of them, and what they add to the derivatives.
// Pointers are to the row's first value; `stride` floats between rows of the frame, `o` between columns.
static CK_KERNEL(void, sobel_row,
                 (const float *v, float *g, const float *down, const float *right, float *ey, float *ex, int count,
                  ptrdiff_t stride, ptrdiff_t o, float scale),
                 (v, g, down, right, ey, ex, count, stride, o, scale)) {
  const float *above = v - stride, *below = v + stride;
  CK_VECTORIZE
  for (int i = 0; i < count; i++) {
    const float corners = below[i + o] - above[i - o], others = below[i - o] - above[i + o];
    ey[i] = 0.125f * (corners + others + 2 * (below[i] - above[i]) - down[i]);
    ex[i] = 0.125f * (corners - others + 2 * (v[i + o] - v[i - o]) - right[i]);
  }
  float *above_g = g - stride, *below_g = g + stride;
  const float one = 0.25f * scale, two = 0.5f * scale;
  CK_VECTORIZE
  for (int i = 0; i < count; i++) above_g[i - o] -= one * (ey[i] + ex[i]);
  CK_VECTORIZE
  for (int i = 0; i < count; i++) above_g[i] -= two * ey[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) above_g[i + o] += one * (ex[i] - ey[i]);
  CK_VECTORIZE
  for (int i = 0; i < count; i++) g[i - o] -= two * ex[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) g[i + o] += two * ex[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) below_g[i - o] += one * (ey[i] - ex[i]);
  CK_VECTORIZE
  for (int i = 0; i < count; i++) below_g[i] += two * ey[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) below_g[i + o] += one * (ey[i] + ex[i]);
}

// The same for the Laplacian.
static CK_KERNEL(void, laplacian_row,
                 (const float *v, float *g, const float *wanted, float *e, int count, ptrdiff_t stride, ptrdiff_t o,
                  float scale),
                 (v, g, wanted, e, count, stride, o, scale)) {
  const float *above = v - stride, *below = v + stride;
  CK_VECTORIZE
  for (int i = 0; i < count; i++) {
    e[i] = 0.25f * (above[i] + below[i] + v[i - o] + v[i + o] - 4 * v[i] - wanted[i]);
  }
  float *above_g = g - stride, *below_g = g + stride;
  const float half = 0.5f * scale, two = 2 * scale;
  CK_VECTORIZE
  for (int i = 0; i < count; i++) above_g[i] += half * e[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) below_g[i] += half * e[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) g[i - o] += half * e[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) g[i + o] += half * e[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) g[i] -= two * e[i];
}

// The same for the differences to the next value, `step` floats away.
static CK_KERNEL(void, neighbour_row,
                 (const float *v, float *g, const float *wanted, float *e, int count, ptrdiff_t step, float scale),
                 (v, g, wanted, e, count, step, scale)) {
  CK_VECTORIZE
  for (int i = 0; i < count; i++) e[i] = v[i + step] - v[i] - wanted[i];
  const float two = 2 * scale;
  CK_VECTORIZE
  for (int i = 0; i < count; i++) g[i] -= two * e[i];
  CK_VECTORIZE
  for (int i = 0; i < count; i++) g[i + step] += two * e[i];
}

// The sum of squared errors of a window's differences, in units of `scale`.
static double difference_loss(const ck_cell_differences *samples, const ck_cell_window *window, float scale,
                              const float *framed, float *framed_slope, float *errors) {
  const int outputs = samples->outputs, columns = window->columns;
  const ptrdiff_t stride = (ptrdiff_t)(columns + 2) * outputs, length = (ptrdiff_t)columns * outputs;
  const int count = (window->right - window->left) * outputs;
  float *ey = errors, *ex = errors + length;
  double sum = 0;
  for (int row = window->top; row < window->bottom; row++) {
    const ptrdiff_t at = (row + 1) * stride + (window->left + 1) * outputs;
    const size_t point = window->start + (size_t)row * columns + window->left;
    const float *down = samples->down + point * outputs;
    if (samples->kind == CK_FIVE_POINTS) {
      laplacian_row(framed + at, framed_slope + at, down, ey, count, stride, outputs, scale);
      sum += ck_squared_length(ey, count);
      continue;
    }
    const float *right = samples->right + point * outputs;
    if (samples->kind == CK_SOBEL) {
      sobel_row(framed + at, framed_slope + at, down, right, ey, ex, count, stride, outputs, scale);
      sum += ck_squared_length(ey, count) + ck_squared_length(ex, count);
      continue;
    }
    if (row + 1 < window->rows) {
      neighbour_row(framed + at, framed_slope + at, down, ey, count, stride, scale);
      sum += ck_squared_length(ey, count);
    }
    const int pairs = count - (window->right == columns ? outputs : 0);
    neighbour_row(framed + at, framed_slope + at, right, ex, pairs, outputs, scale);
    sum += ck_squared_length(ex, pairs);
  }
  return sum * scale;
}

static double window_loss(const ck_field *field, const void *context, int64_t piece, const ck_cell_memory *memory) {
  const ck_cell_differences *samples = context;
  const ck_cell_window *window = &samples->windows[piece];
  const int rows = window->rows, columns = window->columns, outputs = samples->outputs, points = rows * columns;
  const size_t start = (size_t)window->start;
  float *framed = memory->rest, *framed_slope = framed + framed_count(rows, columns, outputs);
  float *errors = framed_slope + framed_count(rows, columns, outputs);
  ck_field_forward(field, memory->packed, CK_FIELD_VALUE, samples->coordinates + start * samples->dimensions, points,
                   memory->tile, memory->value, NULL, NULL);
  frame(memory->value, rows, columns, outputs, framed);
  memset(framed_slope, 0, framed_count(rows, columns, outputs) * sizeof *framed_slope);
  const int inner = (window->bottom - window->top) * (window->right - window->left);
  double loss = difference_loss(samples, window, 1.0f / ((float)inner * outputs), framed, framed_slope, errors);
  unframe(framed_slope, rows, columns, outputs, memory->slope);
  const float scale = samples->value_weight / ((float)points * outputs);
  const float *value = samples->values + start * outputs;
  float squares = 0;
  for (int i = 0; i < points * outputs; i++) {
    const float error = memory->value[i] - value[i];
    squares += error * error;
    memory->slope[i] += 2 * scale * error;
  }
  loss += (double)scale * squares;
  ck_field_reverse(field, memory->packed, CK_FIELD_VALUE, points, memory->tile, memory->slope, NULL, NULL,
                   memory->scratch, memory->packed_gradient, NULL);
  return loss;
}

double ck_cell_descend_differences(const ck_field *field, float *parameters, float *first_moment,
                                   float *second_moment, const ck_cell_differences *samples, int64_t first_update,
                                   const ck_adam_settings *updates, int count, float *workspace) {
  int rows, columns, points;
  largest_window(samples, &rows, &columns, &points);
  const ck_cell_memory memory = ck_cell_memory_in(field, samples->outputs, points, workspace);
  return ck_cell_descend_by(field, parameters, first_moment, second_moment, window_loss, samples,
                            samples->window_count, first_update, updates, count, &memory);
}
