// Sine networks for the fused kernels: from arrays to panels and back.
#include "CKernels.h"

#include <string.h>

#include "clones.h"
#include "field_layout.h"

typedef float four __attribute__((vector_size(16)));
typedef float four_unaligned __attribute__((vector_size(16), aligned(4), may_alias));

// A square of 4 x 4 numbers times a factor, its rows written as columns.
CK_INLINE void turn_square(const float *from, size_t line, float scale, float *to, size_t to_line) {
  four x[4], y[4];
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) x[i] = scale * *(const four_unaligned *)(from + i * line);
#pragma clang loop unroll(full)
  for (int i = 0; i < 2; i++) {
    y[2 * i] = __builtin_shufflevector(x[i], x[i + 2], 0, 4, 1, 5);
    y[2 * i + 1] = __builtin_shufflevector(x[i], x[i + 2], 2, 6, 3, 7);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 2; i++) {
    *(four_unaligned *)(to + 2 * i * to_line) =
        __builtin_shufflevector(y[i], y[i + 2], 0, 4, 1, 5);
    *(four_unaligned *)(to + (2 * i + 1) * to_line) =
        __builtin_shufflevector(y[i], y[i + 2], 2, 6, 3, 7);
  }
}

// count rows of `in` numbers, times a factor, written number by number in lines of `panel`.
static void pack_columns(
    const float *rows, int count, int in, float scale, float *to, int panel) {
  int j = 0;
  for (; j + 4 <= count; j += 4) {
    int i = 0;
    for (; i + 4 <= in; i += 4) {
      turn_square(rows + (size_t)j * in + i, in, scale, to + (size_t)i * panel + j, panel);
    }
    for (; i < in; i++) {
      for (int r = j; r < j + 4; r++) to[(size_t)i * panel + r] = scale * rows[(size_t)r * in + i];
    }
  }
  for (; j < count; j++) {
    for (int i = 0; i < in; i++) to[(size_t)i * panel + j] = scale * rows[(size_t)j * in + i];
  }
}

static void pack_hidden(
    const ck_layer_layout *layer, const float *w, float scale, int panel, float *packed) {
  const int in = layer->inputs, out = layer->outputs;
  float *forward = packed + layer->forward_weight, *reverse = packed + layer->reverse_weight;
  // Only what lies beyond the last output or input need be zero.
  if (out % panel) memset(forward, 0, (size_t)layer->output_panels * panel * in * sizeof *forward);
  if (in % panel) memset(reverse, 0, (size_t)layer->input_panels * panel * out * sizeof *reverse);
  for (int first = 0; first < out; first += panel) {
    const int count = out - first < panel ? out - first : panel;
    pack_columns(w + (size_t)first * in, count, in, scale, forward + (size_t)first * in, panel);
  }
  for (int o = 0; o < out; o++) {
    const float *row = w + (size_t)o * in;
    float *to = reverse + (size_t)o * panel;
    for (int start = 0; start < in; start += panel, to += (size_t)out * panel) {
      const int count = in - start < panel ? in - start : panel;
      for (int j = 0; j < count; j++) to[j] = scale * row[start + j];
    }
  }
}

void ck_field_pack(const ck_field *field, const float *const *arrays, float *packed) {
  const int panel = 2 * field->lanes;
  for (int l = 0; l < field->layer_count; l++) {
    const ck_layer_layout *layer = &field->layers[l];
    const float *w = arrays[2 * l], *b = arrays[2 * l + 1];
    const int in = layer->inputs, out = layer->outputs;
    const size_t input_width = (size_t)layer->input_panels * panel;
    const size_t output_width = (size_t)layer->output_panels * panel;
    const float scale = l == 0 || layer->omega == 0 ? 1 : layer->omega;
    float *bias = packed + layer->bias, *weight = packed + layer->first_weight;
    memset(bias, 0, output_width * sizeof *bias);
    for (int o = 0; o < out; o++) bias[o] = scale * b[o];
    if (l == 0) {
      memset(weight, 0, output_width * in * sizeof *weight);
      for (int o = 0; o < out; o++) {
        for (int k = 0; k < in; k++) weight[k * output_width + o] = w[o * in + k];
      }
    } else if (layer->omega == 0) {
      memset(weight, 0, input_width * out * sizeof *weight);
      for (int o = 0; o < out; o++) {
        memcpy(weight + o * input_width, w + (size_t)o * in, in * sizeof *w);
      }
    } else {
      pack_hidden(layer, w, scale, panel, packed);
    }
  }
}

static void unpack_weight(
    const ck_field *field, int l, const float *from, float *w) {
  const ck_layer_layout *layer = &field->layers[l];
  const int panel = 2 * field->lanes, in = layer->inputs, out = layer->outputs;
  const size_t input_width = (size_t)layer->input_panels * panel;
  const size_t output_width = (size_t)layer->output_panels * panel;
  const float scale = layer->omega == 0 ? 1 : layer->omega;
  if (l == 0) {
    for (int o = 0; o < out; o++) {
      for (int k = 0; k < in; k++) w[o * in + k] = scale * from[k * output_width + o];
    }
  } else if (layer->omega == 0) {
    for (int o = 0; o < out; o++) {
      memcpy(w + (size_t)o * in, from + o * input_width, in * sizeof *w);
    }
  } else {
    for (int o = 0; o < out; o++) {
      const float *column = from + (size_t)o * panel;
      float *row = w + (size_t)o * in;
      for (int start = 0; start < in; start += panel, column += output_width * panel) {
        const int count = in - start < panel ? in - start : panel;
        for (int j = 0; j < count; j++) row[start + j] = scale * column[j];
      }
    }
  }
}

void ck_field_unpack_gradient(const ck_field *field, const float *packed, float *const *arrays) {
  for (int l = 0; l < field->layer_count; l++) {
    const ck_layer_layout *layer = &field->layers[l];
    const float scale = layer->omega == 0 ? 1 : layer->omega;
    const float *bias = packed + layer->bias_gradient;
    if (arrays[2 * l]) unpack_weight(field, l, packed + layer->weight_gradient, arrays[2 * l]);
    for (int o = 0; arrays[2 * l + 1] && o < layer->outputs; o++) {
      arrays[2 * l + 1][o] = scale * bias[o];
    }
  }
}
