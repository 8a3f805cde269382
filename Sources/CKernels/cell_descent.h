// Updates of one small sine network, whatever its loss: shared by the losses on values and on differences.
#ifndef CKERNELS_CELL_DESCENT_H
#define CKERNELS_CELL_DESCENT_H

#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

// The memory of a network's updates, all within one workspace.
typedef struct {
  float *packed, *packed_gradient;
  float *tile, *scratch;  // of up to `rows` points
  float *gradient;
  float *value, *slope;  // [rows, outputs]
  float *rest;           // what the loss asked for besides
} ck_cell_memory;

// Floats of a workspace for tiles of up to `rows` points, and `rest` floats for the loss.
size_t ck_cell_memory_count(const ck_field *field, int outputs, int rows, size_t rest);
ck_cell_memory ck_cell_memory_in(const ck_field *field, int outputs, int rows, float *workspace);

// The loss on one piece of the samples; adds its derivative to memory->packed_gradient.
typedef double (*ck_cell_loss)(const ck_field *field, const void *samples, int64_t piece, const ck_cell_memory *memory);

// `count` updates of Adam; see ck_cell_descend.
double ck_cell_descend_by(const ck_field *field, float *parameters, float *first_moment, float *second_moment,
                          ck_cell_loss loss, const void *samples, int64_t pieces, int64_t first_update,
                          const ck_adam_settings *updates, int count, const ck_cell_memory *memory);

#endif
