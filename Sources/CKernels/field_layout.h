// The positions, in floats, of the parts of a packed sine network and of a tile's workspace. All instruction
// sets share them. field.c computes a network's.
#ifndef CKERNELS_FIELD_LAYOUT_H
#define CKERNELS_FIELD_LAYOUT_H

#include <stddef.h>

#include "CKernels.h"

typedef struct {
  int inputs, outputs;
  int input_panels, output_panels;
  float omega;  // 0 for a linear layer, which only the last one may be
  // In the packed weights. The first layer is [coordinate][output] and a linear last layer is
  // [output][input]. Both are padded to whole panels.
  size_t first_weight;
  size_t forward_weight;  // [output panel][input][NR], omega W
  size_t reverse_weight;  // [input panel][output][NR], omega W
  size_t bias;            // [output], omega b, except in the first layer: b
  // In the packed derivative. Hidden layers are [input panel][output][NR].
  size_t weight_gradient, bias_gradient;
  // In the flat parameters: [output][input] and [output].
  size_t weight_source, bias_source;
} ck_layer_layout;

typedef struct ck_field {
  int level;  // of ck_instruction_level
  int lanes, block_rows;
  int coordinates, outputs;
  int layer_count, sine_count;  // sine_count: layer_count, or one less with a linear last layer
  int widest;                   // panels of the widest sine layer
  size_t packed_count, gradient_count, parameter_count;
  ck_layer_layout layers[CK_FIELD_MOST_LAYERS];
} ck_field_layout;

// Planes of rows that travel through the layers.
static inline int ck_field_planes(const ck_field_layout *layout, ck_field_mode mode) {
  switch (mode) {
    case CK_FIELD_GRADIENT: return 1 + layout->coordinates;
    case CK_FIELD_LAPLACIAN: return 2 + layout->coordinates;
    default: return 1;
  }
}

typedef struct {
  int points, rows;      // padded points, and rows of all planes
  size_t coordinates;    // [points][d], zero-padded
  size_t value, gradient, laplacian;  // outputs or their cotangents, padded rows
  size_t layers;         // first sine layer
  size_t layer_count;    // floats of one array of a layer, the widest
  int arrays;            // arrays per layer: 2, or 2 + 2 outputs in mode GRADIENT_REVERSE
  int kept_layers;       // layers whose arrays are kept; two take turns in mode VALUE_ALONE
  size_t count;
  size_t scratch_count;  // for the reverse pass: twice the widest layer's activations
} ck_tile_layout;

static inline ck_tile_layout ck_tile(const ck_field_layout *layout, ck_field_mode mode, int points) {
  ck_tile_layout tile;
  const int block = layout->block_rows, panel = 2 * layout->lanes;
  tile.points = (points + block - 1) / block * block;
  tile.rows = tile.points * ck_field_planes(layout, mode);
  const size_t n = (size_t)tile.points;
  const size_t outputs = (size_t)layout->outputs, d = (size_t)layout->coordinates;
  tile.layer_count = (size_t)layout->widest * tile.rows * panel;
  const int alone = mode == CK_FIELD_VALUE_ALONE;
  tile.arrays = mode == CK_FIELD_GRADIENT_REVERSE ? 2 + 2 * layout->outputs : alone ? 1 : 2;
  tile.kept_layers = alone ? 2 : layout->sine_count;
  size_t at = 0;
  tile.layers = at;
  at += tile.layer_count * tile.arrays * tile.kept_layers;
  tile.coordinates = at;
  at += (n * d + 15) / 16 * 16;
  tile.value = at;
  at += (n * outputs + 15) / 16 * 16;
  tile.gradient = at;
  at += (mode == CK_FIELD_VALUE || alone ? 0 : n * outputs * d + 15) / 16 * 16;
  tile.laplacian = at;
  at += (mode == CK_FIELD_LAPLACIAN ? n * outputs + 15 : 0) / 16 * 16;
  tile.count = at;
  tile.scratch_count = alone ? 0 : 2 * tile.layer_count;
  return tile;
}

// Array `index` of a sine layer's arrays in a tile's workspace.
static inline float *ck_tile_array(
    const ck_tile_layout *tile, float *workspace, int layer, int index) {
  return workspace + tile->layers +
         ((size_t)(layer % tile->kept_layers) * tile->arrays + index) * tile->layer_count;
}

// One instruction set's functions.
typedef struct {
  void (*forward)(const ck_field_layout *, const float *packed, ck_field_mode, const float *x,
                  int points, float *workspace, float *value, float *gradient, float *laplacian);
  void (*reverse)(const ck_field_layout *, const float *packed, ck_field_mode, int points,
                  float *workspace, const float *value, const float *gradient,
                  const float *laplacian, float *scratch, float *packed_gradient,
                  float *coordinate_gradient);
} ck_field_functions;

extern const ck_field_functions ck_field_avx512, ck_field_avx2, ck_field_portable;

#endif
