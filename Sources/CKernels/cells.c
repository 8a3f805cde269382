// Many updates of one small sine network on its own samples. All memory that they touch stays in the core's cache.
#include "CKernels.h"

#include <string.h>

#include "cell_descent.h"

// Rows that go through the network at a time, a multiple of every register block. Their activations and the weights
// of a network of two layers of 32 stay in the first two levels of the cache. (Measured: 48 rows take 1.06 times as
// long as 96, and 192 rows 1.02 times.)
enum { TILE = 96 };

static size_t round_up(size_t count) { return (count + 15) / 16 * 16; }

size_t ck_cell_memory_count(const ck_field *field, int outputs, int rows, size_t rest) {
  return round_up(ck_field_packed_count(field)) + round_up(ck_field_gradient_count(field)) +
         round_up(ck_field_workspace_count(field, CK_FIELD_VALUE, rows)) +
         round_up(ck_field_scratch_count(field, CK_FIELD_VALUE, rows)) +
         round_up(ck_field_parameter_count(field)) + 2 * round_up((size_t)rows * outputs) + rest;
}

ck_cell_memory ck_cell_memory_in(const ck_field *field, int outputs, int rows, float *workspace) {
  ck_cell_memory memory;
  memory.packed = workspace;
  memory.packed_gradient = memory.packed + round_up(ck_field_packed_count(field));
  memory.tile = memory.packed_gradient + round_up(ck_field_gradient_count(field));
  memory.scratch = memory.tile + round_up(ck_field_workspace_count(field, CK_FIELD_VALUE, rows));
  memory.gradient = memory.scratch + round_up(ck_field_scratch_count(field, CK_FIELD_VALUE, rows));
  memory.value = memory.gradient + round_up(ck_field_parameter_count(field));
  memory.slope = memory.value + round_up((size_t)rows * outputs);
  memory.rest = memory.slope + round_up((size_t)rows * outputs);
  return memory;
}

size_t ck_cell_workspace_count(const ck_field *field, int outputs) {
  return ck_cell_memory_count(field, outputs, TILE, 0);
}

// The mean squared error of one piece of the samples.
static double piece_loss(const ck_field *field, const void *context, int64_t piece, const ck_cell_memory *memory) {
  const ck_cell_samples *samples = context;
  const int outputs = samples->outputs;
  const int begin = (int)(piece * samples->points / samples->pieces);
  const int count = (int)((piece + 1) * samples->points / samples->pieces) - begin;
  const float scale = 2.0f / ((float)count * (float)outputs);
  double sum = 0;
  for (int start = begin; start < begin + count; start += TILE) {
    const int rows = begin + count - start < TILE ? begin + count - start : TILE;
    ck_field_forward(field, memory->packed, CK_FIELD_VALUE, samples->coordinates + (size_t)start * samples->dimensions,
                     rows, memory->tile, memory->value, NULL, NULL);
    const float *target = samples->targets + (size_t)start * outputs;
    float squares = 0;
    for (int i = 0; i < rows * outputs; i++) {
      const float error = memory->value[i] - target[i];
      squares += error * error;
      memory->slope[i] = scale * error;
    }
    sum += squares;
    ck_field_reverse(field, memory->packed, CK_FIELD_VALUE, rows, memory->tile, memory->slope, NULL, NULL,
                     memory->scratch, memory->packed_gradient, NULL);
  }
  return sum / ((double)count * outputs);
}

double ck_cell_descend_by(const ck_field *field, float *parameters, float *first_moment, float *second_moment,
                          ck_cell_loss loss, const void *samples, int64_t pieces, int64_t first_update,
                          const ck_adam_settings *updates, int count, const ck_cell_memory *memory) {
  const size_t parameter_count = ck_field_parameter_count(field), gradient_count = ck_field_gradient_count(field);
  const float *arrays[2 * CK_FIELD_MOST_LAYERS];
  float *gradients[2 * CK_FIELD_MOST_LAYERS];
  const int array_count = ck_field_array_count(field);
  for (int array = 0; array < array_count; array++) {
    arrays[array] = parameters + ck_field_array_start(field, array);
    gradients[array] = memory->gradient + ck_field_array_start(field, array);
  }
  const int last_round = count < pieces ? count : (int)pieces;
  double mean = 0;
  for (int update = 0; update < count; update++) {
    ck_field_pack(field, arrays, memory->packed);
    memset(memory->packed_gradient, 0, gradient_count * sizeof *memory->packed_gradient);
    const double own = loss(field, samples, (first_update + update) % pieces, memory);
    if (update >= count - last_round) mean += own / last_round;
    ck_field_unpack_gradient(field, memory->packed_gradient, gradients);
    ck_adam(parameters, memory->gradient, first_moment, second_moment, parameter_count, updates[update]);
  }
  return mean;
}

double ck_cell_descend(const ck_field *field, float *parameters, float *first_moment, float *second_moment,
                       const ck_cell_samples *samples, int64_t first_update, const ck_adam_settings *updates,
                       int count, float *workspace) {
  const ck_cell_memory memory = ck_cell_memory_in(field, samples->outputs, TILE, workspace);
  return ck_cell_descend_by(field, parameters, first_moment, second_moment, piece_loss, samples, samples->pieces,
                            first_update, updates, count, &memory);
}
