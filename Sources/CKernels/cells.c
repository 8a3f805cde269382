// Many updates of one small sine network on its own samples. All memory that they touch stays in the core's cache.
#include "CKernels.h"

#include <string.h>

// Rows that go through the network at a time, a multiple of every register block. Their activations and the weights
// of a network of two layers of 32 stay in the first two levels of the cache. (Measured: 48 rows take 1.06 times as
// long as 96, and 192 rows 1.02 times.)
enum { TILE = 96 };

static size_t round_up(size_t count) { return (count + 15) / 16 * 16; }

size_t ck_cell_workspace_count(const ck_field *field, int outputs) {
  return round_up(ck_field_packed_count(field)) + round_up(ck_field_gradient_count(field)) +
         round_up(ck_field_workspace_count(field, CK_FIELD_VALUE, TILE)) +
         round_up(ck_field_scratch_count(field, CK_FIELD_VALUE, TILE)) +
         round_up(ck_field_parameter_count(field)) + 2 * round_up((size_t)TILE * outputs);
}

// The mean squared error on one piece of the samples. Its packed derivative is added to `gradient`.
static double piece_gradient(const ck_field *field, const float *packed, const float *x, const float *y, int count,
                             int coordinates, int outputs, float *tile, float *scratch, float *value, float *slope,
                             float *gradient) {
  const float scale = 2.0f / ((float)count * (float)outputs);
  double sum = 0;
  for (int start = 0; start < count; start += TILE) {
    const int rows = count - start < TILE ? count - start : TILE;
    ck_field_forward(field, packed, CK_FIELD_VALUE, x + (size_t)start * coordinates, rows, tile, value, NULL, NULL);
    const float *target = y + (size_t)start * outputs;
    float squares = 0;
    for (int i = 0; i < rows * outputs; i++) {
      const float error = value[i] - target[i];
      squares += error * error;
      slope[i] = scale * error;
    }
    sum += squares;
    ck_field_reverse(field, packed, CK_FIELD_VALUE, rows, tile, slope, NULL, NULL, scratch, gradient, NULL);
  }
  return sum / ((double)count * outputs);
}

double ck_cell_descend(const ck_field *field, float *parameters, float *first_moment, float *second_moment,
                       const ck_cell_samples *samples, int64_t first_update, const ck_adam_settings *updates,
                       int count, float *workspace) {
  const size_t parameter_count = ck_field_parameter_count(field), gradient_count = ck_field_gradient_count(field);
  float *packed = workspace;
  float *packed_gradient = packed + round_up(ck_field_packed_count(field));
  float *tile = packed_gradient + round_up(gradient_count);
  float *scratch = tile + round_up(ck_field_workspace_count(field, CK_FIELD_VALUE, TILE));
  float *gradient = scratch + round_up(ck_field_scratch_count(field, CK_FIELD_VALUE, TILE));
  float *value = gradient + round_up(parameter_count);
  float *slope = value + round_up((size_t)TILE * samples->outputs);
  const float *arrays[2 * CK_FIELD_MOST_LAYERS];
  float *gradients[2 * CK_FIELD_MOST_LAYERS];
  const int array_count = ck_field_array_count(field);
  for (int array = 0; array < array_count; array++) {
    arrays[array] = parameters + ck_field_array_start(field, array);
    gradients[array] = gradient + ck_field_array_start(field, array);
  }
  const int64_t pieces = samples->pieces;
  const int last_round = count < pieces ? count : (int)pieces;
  double loss = 0;
  for (int update = 0; update < count; update++) {
    const int64_t piece = (first_update + update) % pieces;
    const int begin = (int)(piece * samples->points / pieces), end = (int)((piece + 1) * samples->points / pieces);
    ck_field_pack(field, arrays, packed);
    memset(packed_gradient, 0, gradient_count * sizeof *packed_gradient);
    const double own = piece_gradient(
        field, packed, samples->coordinates + (size_t)begin * samples->dimensions,
        samples->targets + (size_t)begin * samples->outputs, end - begin, samples->dimensions, samples->outputs, tile,
        scratch, value, slope, packed_gradient);
    if (update >= count - last_round) loss += own / last_round;
    ck_field_unpack_gradient(field, packed_gradient, gradients);
    ck_adam(parameters, gradient, first_moment, second_moment, parameter_count, updates[update]);
  }
  return loss;
}
