// Sine networks for the fused kernels: from arrays to panels and back.
#include "CKernels.h"

#include <string.h>

#include "clones.h"
#include "field_layout.h"
#include "transpose.h"

// W [out, in] times a factor, in panels of outputs for the forward pass and in panels of inputs for the reverse pass.
static CK_KERNEL(void, pack_hidden,
                 (const float *w, int out, int in, float scale, int panel, float *forward,
                  float *reverse),
                 (w, out, in, scale, panel, forward, reverse)) {
  for (int first = 0; first < out; first += panel) {
    const int count = out - first < panel ? out - first : panel;
    copy_transposed(
        w + (size_t)first * in, in, count, in, scale, forward + (size_t)first * in, panel);
  }
  for (int o = 0; o < out; o++) {
    for (int start = 0; start < in; start += panel) {
      const int count = in - start < panel ? in - start : panel;
      const float *row = w + (size_t)o * in + start;
      float *to = reverse + (size_t)start * out + (size_t)o * panel;
      for (int j = 0; j < count; j++) to[j] = scale * row[j];
      for (int j = count; j < panel; j++) to[j] = 0;
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
      pack_hidden(w, out, in, scale, panel, packed + layer->forward_weight,
                  packed + layer->reverse_weight);
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
