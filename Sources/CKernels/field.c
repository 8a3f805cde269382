// Sine networks for the fused kernels: layout, and the choice of the instruction set.
#include "CKernels.h"

#include <stdlib.h>

#include "field_layout.h"

static const ck_field_functions *functions(const ck_field *field) {
#if defined(__x86_64__)
  if (field->level == CK_AVX512) return &ck_field_avx512;
  if (field->level == CK_AVX2) return &ck_field_avx2;
#endif
  return &ck_field_portable;
}

static size_t take(size_t *total, size_t count) {
  const size_t at = *total;
  *total += (count + 15) / 16 * 16;
  return at;
}

ck_field *ck_field_create(
    int level, int coordinates, int layers, const int *widths, const float *omegas) {
  if (level < 0) level = ck_instruction_level();
  if (level > ck_instruction_level() || coordinates < 1 ||
      coordinates > CK_FIELD_MOST_COORDINATES || layers < 2 || layers > CK_FIELD_MOST_LAYERS) {
    return NULL;
  }
  for (int l = 0; l < layers; l++) {
    if (widths[l] < 1 || widths[l] > 65536 || (omegas[l] == 0 && l + 1 < layers)) return NULL;
  }
  ck_field *field = calloc(1, sizeof *field);
  if (!field) return NULL;
  field->level = level;
  field->lanes = field->level == CK_AVX512 ? 16 : (field->level == CK_AVX2 ? 8 : 4);
#if defined(__aarch64__)
  field->block_rows = 12;
#else
  field->block_rows = field->level == CK_AVX512 ? 12 : 6;
#endif
  field->coordinates = coordinates;
  field->outputs = widths[layers - 1];
  field->layer_count = layers;
  field->sine_count = omegas[layers - 1] == 0 ? layers - 1 : layers;
  const int panel = 2 * field->lanes;
  for (int l = 0; l < layers; l++) {
    ck_layer_layout *layer = &field->layers[l];
    const int linear = l == field->sine_count;
    layer->inputs = l == 0 ? coordinates : widths[l - 1];
    layer->outputs = widths[l];
    layer->omega = omegas[l];
    layer->input_panels = (layer->inputs + panel - 1) / panel;
    layer->output_panels = (layer->outputs + panel - 1) / panel;
    if (!linear && layer->output_panels > field->widest) field->widest = layer->output_panels;
    const size_t in = (size_t)layer->input_panels * panel, out = (size_t)layer->output_panels * panel;
    if (l == 0) {
      layer->first_weight = take(&field->packed_count, out * coordinates);
      layer->weight_gradient = take(&field->gradient_count, out * coordinates);
    } else if (linear) {
      layer->first_weight = take(&field->packed_count, in * layer->outputs);
      layer->weight_gradient = take(&field->gradient_count, in * layer->outputs);
    } else {
      layer->forward_weight = take(&field->packed_count, out * layer->inputs);
      layer->reverse_weight = take(&field->packed_count, in * layer->outputs);
      layer->weight_gradient = take(&field->gradient_count, in * out);
    }
    layer->bias = take(&field->packed_count, out);
    layer->bias_gradient = take(&field->gradient_count, out);
    layer->weight_source = field->parameter_count;
    field->parameter_count += (size_t)layer->inputs * layer->outputs;
    layer->bias_source = field->parameter_count;
    field->parameter_count += (size_t)layer->outputs;
  }
  return field;
}

void ck_field_destroy(ck_field *field) { free(field); }

size_t ck_field_packed_count(const ck_field *field) { return field->packed_count; }
size_t ck_field_gradient_count(const ck_field *field) { return field->gradient_count; }
size_t ck_field_parameter_count(const ck_field *field) { return field->parameter_count; }

size_t ck_field_workspace_count(const ck_field *field, ck_field_mode mode, int points) {
  return ck_tile(field, mode, points).count;
}

size_t ck_field_scratch_count(const ck_field *field, ck_field_mode mode, int points) {
  return ck_tile(field, mode, points).scratch_count;
}

int ck_field_array_count(const ck_field *field) { return 2 * field->layer_count; }

size_t ck_field_array_start(const ck_field *field, int array) {
  const ck_layer_layout *layer = &field->layers[array / 2];
  return array % 2 ? layer->bias_source : layer->weight_source;
}

void ck_field_forward(const ck_field *field, const float *packed, ck_field_mode mode,
                      const float *coordinates, int points, float *workspace, float *value,
                      float *gradient, float *laplacian) {
  functions(field)->forward(
      field, packed, mode, coordinates, points, workspace, value, gradient, laplacian);
}

void ck_field_reverse(const ck_field *field, const float *packed, ck_field_mode mode, int points,
                      float *workspace, const float *value, const float *gradient,
                      const float *laplacian, float *scratch, float *packed_gradient,
                      float *coordinate_gradient) {
  functions(field)->reverse(
      field, packed, mode, points, workspace, value, gradient, laplacian, scratch, packed_gradient,
      coordinate_gradient);
}
