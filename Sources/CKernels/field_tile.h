// Takes one tile through a whole network, forward and in reverse, with the passes of field_template.h.
// This file is included after that one, once per instruction set.

// ---- forward ------------------------------------------------------------------------------------

static void pad_rows(const float *from, float *to, int rows, int padded, int length) {
  const size_t used = (size_t)rows * length;
  if (from) memcpy(to, from, used * sizeof *to);
  else memset(to, 0, used * sizeof *to);
  memset(to + used, 0, ((size_t)padded * length - used) * sizeof *to);
}

static void forward_layers(
    const ck_field_layout *layout, const float *packed, const ck_tile_layout *tile, int tangents,
    int laplacian, float *workspace) {
  const int keeps = tile->arrays > 1;
  first_layer(
      layout, packed, workspace + tile->coordinates, tile->points, tangents, laplacian,
      ck_tile_array(tile, workspace, 0, 0), keeps ? ck_tile_array(tile, workspace, 0, 1) : NULL);
  const size_t stride = (size_t)tile->rows * NR;
  for (int l = 1; l < layout->sine_count; l++) {
    const ck_layer_layout *layer = &layout->layers[l];
    const float *input = ck_tile_array(tile, workspace, l - 1, 0);
    float *s = ck_tile_array(tile, workspace, l, 0);
    float *aux = keeps ? ck_tile_array(tile, workspace, l, 1) : NULL;
    for (int panel = 0; panel < layer->output_panels; panel++) {
      const float *weight = packed + layer->forward_weight + (size_t)panel * layer->inputs * NR;
      const float *bias = packed + layer->bias + panel * NR;
      product(input, tile->rows, layer->inputs, weight, s + panel * stride);
      // Sines are at most 1, give or take a rounding.
      const int bounded =
          layer->inputs <= tile->points && are_bounded(weight, layer->inputs, NR, bias, 1, 1);
      forward_epilogue(
          s + panel * stride, keeps ? aux + panel * stride : NULL, bias, tile->points, tangents,
          laplacian, bounded);
    }
  }
}

// Writes all planes of the last layer's outputs into the workspace.
static void forward_outputs(
    const ck_field_layout *layout, const float *packed, const ck_tile_layout *tile, int tangents,
    int laplacian, float *workspace) {
  const int last = layout->sine_count - 1, outputs = layout->outputs, points = tile->points;
  const float *s = ck_tile_array(tile, workspace, last, 0);
  const size_t stride = (size_t)tile->rows * NR, plane = (size_t)points * NR;
  float *value = workspace + tile->value;
  if (layout->sine_count == layout->layer_count) {
    for (int row = 0; row < points; row++) {
      for (int o = 0; o < outputs; o++) {
        value[(size_t)row * outputs + o] = s[o / NR * stride + row * NR + o % NR];
      }
    }
    return;
  }
  const ck_layer_layout *layer = &layout->layers[last + 1];
  for (int o = 0; o < outputs; o++) {
    const float *w = packed + layer->first_weight + (size_t)o * layer->input_panels * NR;
    last_layer_output(w, s, layer->input_panels, stride, points, packed[layer->bias + o],
                      value + o, outputs);
    for (int k = 0; k < tangents; k++) {
      last_layer_output(w, s + (k + 1) * plane, layer->input_panels, stride, points, 0,
                        workspace + tile->gradient + o * tangents + k, outputs * tangents);
    }
    if (laplacian) {
      last_layer_output(w, s + (tangents + 1) * plane, layer->input_panels, stride, points, 0,
                        workspace + tile->laplacian + o, outputs);
    }
  }
}

// Mode GRADIENT_REVERSE: the gradient of one output by going back through the layers. For its own reverse it
// keeps the derivatives p with respect to the activations, and d = p cos z.
static void gradient_by_reverse(
    const ck_field_layout *layout, const float *packed, const ck_tile_layout *tile, int output,
    float *workspace) {
  const int last = layout->sine_count - 1, points = tile->points, d = layout->coordinates;
  const size_t stride = (size_t)points * NR;
  const ck_layer_layout *head = &layout->layers[last + 1];
  const float *w = packed + head->first_weight + (size_t)output * head->input_panels * NR;
  for (int l = last; l >= 0; l--) {
    float *p = ck_tile_array(tile, workspace, l, 2 + 2 * output);
    float *slope = ck_tile_array(tile, workspace, l, 3 + 2 * output);
    const float *cosine = ck_tile_array(tile, workspace, l, 1);
    const ck_layer_layout *next = &layout->layers[l + 1];
    for (int panel = 0; panel < layout->layers[l].output_panels; panel++) {
      float *own = p + panel * stride;
      if (l == last) {
        const vec w0 = load(w + panel * NR), w1 = load(w + panel * NR + LANES);
        for (int row = 0; row < points; row++) {
          store(own + row * NR, w0);
          store(own + row * NR + LANES, w1);
        }
      } else {
        product(ck_tile_array(tile, workspace, l + 1, 3 + 2 * output), points, next->outputs,
                packed + next->reverse_weight + (size_t)panel * next->outputs * NR, own);
      }
      for (size_t at = 0; at < stride; at += LANES) {
        const size_t to = panel * stride + at;
        store(slope + to, load(p + to) * load(cosine + to));
      }
    }
  }
  const ck_layer_layout *first = &layout->layers[0];
  const float *slope = ck_tile_array(tile, workspace, 0, 3 + 2 * output);
  const int width = first->output_panels * NR;
  for (int row = 0; row < points; row++) {
    for (int k = 0; k < d; k++) {
      vec sum = {0};
      for (int panel = 0; panel < first->output_panels; panel++) {
        const float *from = packed + first->first_weight + k * width + panel * NR;
        const float *own = slope + panel * stride + row * NR;
        sum = fused(load(from), load(own), sum);
        sum = fused(load(from + LANES), load(own + LANES), sum);
      }
      workspace[tile->gradient + ((size_t)row * layout->outputs + output) * d + k] =
          first->omega * lane_sum(sum);
    }
  }
}

static void CK_NAME(forward)(
    const ck_field_layout *layout, const float *packed, ck_field_mode mode, const float *x,
    int points, float *workspace, float *value, float *gradient, float *laplacian) {
  const ck_tile_layout tile = ck_tile(layout, mode, points);
  const int d = layout->coordinates;
  const int tangents = mode == CK_FIELD_GRADIENT || mode == CK_FIELD_LAPLACIAN ? d : 0;
  const int with_laplacian = mode == CK_FIELD_LAPLACIAN;
  const size_t outputs = (size_t)points * layout->outputs;
  pad_rows(x, workspace + tile.coordinates, points, tile.points, d);
  forward_layers(layout, packed, &tile, tangents, with_laplacian, workspace);
  forward_outputs(layout, packed, &tile, tangents, with_laplacian, workspace);
  if (mode == CK_FIELD_GRADIENT_REVERSE) {
    for (int o = 0; o < layout->outputs; o++) {
      gradient_by_reverse(layout, packed, &tile, o, workspace);
    }
  }
  memcpy(value, workspace + tile.value, outputs * sizeof *value);
  if (mode != CK_FIELD_VALUE && mode != CK_FIELD_VALUE_ALONE) {
    memcpy(gradient, workspace + tile.gradient, outputs * d * sizeof *gradient);
  }
  if (with_laplacian) {
    memcpy(laplacian, workspace + tile.laplacian, outputs * sizeof *laplacian);
  }
}

// ---- reverse ------------------------------------------------------------------------------------

// Takes the derivatives with respect to the outputs to those with respect to the last sine layer's activations,
// panel by panel, and adds the linear last layer's own. If the last layer is a sine layer, it only writes them
// into panels.
static void reverse_outputs(
    const ck_field_layout *layout, const float *packed, const ck_tile_layout *tile, int tangents,
    int laplacian, float *workspace, int panel, float *g, float *gradient) {
  const int last = layout->sine_count - 1, outputs = layout->outputs, points = tile->points;
  const size_t stride = (size_t)tile->rows * NR, plane = (size_t)points * NR;
  const float *s = ck_tile_array(tile, workspace, last, 0) + panel * stride;
  const float *gy = workspace + tile->value;
  if (layout->sine_count == layout->layer_count) {
    for (int row = 0; row < points; row++) {
      for (int j = 0; j < NR; j++) {
        const int o = panel * NR + j;
        g[row * NR + j] = o < outputs ? gy[(size_t)row * outputs + o] : 0;
      }
    }
    return;
  }
  const ck_layer_layout *layer = &layout->layers[last + 1];
  const size_t step = (size_t)layer->input_panels * NR;
  const float *w = packed + layer->first_weight + panel * NR;
  float *w_gradient = gradient + layer->weight_gradient + panel * NR;
  last_layer_reverse(w, step, gy, 1, outputs, outputs, s, points, g, w_gradient);
  for (int k = 0; k < tangents; k++) {
    last_layer_reverse(
        w, step, workspace + tile->gradient + k, tangents, outputs * tangents, outputs,
        s + (k + 1) * plane, points, g + (k + 1) * plane, w_gradient);
  }
  if (laplacian) {
    last_layer_reverse(
        w, step, workspace + tile->laplacian, 1, outputs, outputs, s + (tangents + 1) * plane,
        points, g + (tangents + 1) * plane, w_gradient);
  }
}

// The reverse of gradient_by_reverse for one output. It adds the weights' derivatives, and replaces p by this
// output's contribution to the derivatives with respect to the layers' z.
static void reverse_of_gradient(
    const ck_field_layout *layout, const float *packed, const ck_tile_layout *tile, int output,
    float *workspace, float *scratch, float *gradient) {
  const int last = layout->sine_count - 1, points = tile->points, d = layout->coordinates;
  const size_t stride = (size_t)points * NR;
  const ck_layer_layout *first = &layout->layers[0];
  const int width = first->output_panels * NR;
  const float *gy = workspace + tile->gradient + (size_t)output * d;
  const size_t step = (size_t)layout->outputs * d;
  float *input = scratch, *result = scratch + tile->layer_count;
  for (int l = 0; l <= last; l++) {
    const ck_layer_layout *layer = &layout->layers[l];
    const float *s = ck_tile_array(tile, workspace, l, 0);
    const float *cosine = ck_tile_array(tile, workspace, l, 1);
    float *p = ck_tile_array(tile, workspace, l, 2 + 2 * output);
    const float *slope = ck_tile_array(tile, workspace, l, 3 + 2 * output);
    if (l > 0) {
      weight_gradient(slope, input, points, layer->output_panels, layer->input_panels,
                      gradient + layer->weight_gradient);
    }
    for (int panel = 0; panel < layer->output_panels; panel++) {
      float *own = result + panel * stride;
      if (l > 0) {
        product(input, points, layer->inputs,
                packed + layer->forward_weight + (size_t)panel * layer->inputs * NR, own);
      } else {
        for (int k = 0; k < d; k++) {
          const float *w = packed + first->first_weight + k * width + panel * NR;
          float *to = gradient + first->weight_gradient + k * width + panel * NR;
          const vec w0 = first->omega * load(w), w1 = first->omega * load(w + LANES);
          vec sum0 = {0}, sum1 = {0};
          for (int row = 0; row < points; row++) {
            const vec y = splat(gy[row * step + k]);
            const float *kept = slope + panel * stride + row * NR;
            sum0 = fused(y, load(kept), sum0);
            sum1 = fused(y, load(kept + LANES), sum1);
            const vec before0 = k == 0 ? (vec){0} : load(own + row * NR);
            const vec before1 = k == 0 ? (vec){0} : load(own + row * NR + LANES);
            store(own + row * NR, fused(y, w0, before0));
            store(own + row * NR + LANES, fused(y, w1, before1));
          }
          store(to, load(to) + sum0);
          store(to + LANES, load(to + LANES) + sum1);
        }
      }
      for (size_t at = 0; at < stride; at += LANES) {
        const size_t to = panel * stride + at;
        const vec g = load(own + at);
        store(p + to, -load(s + to) * load(p + to) * g);
        store(own + at, load(cosine + to) * g);
      }
      if (l == last) {
        const ck_layer_layout *head = &layout->layers[last + 1];
        bias_gradient(own, points,
                      gradient + head->weight_gradient
                          + (size_t)output * head->input_panels * NR + panel * NR);
      }
    }
    float *swap = input;
    input = result;
    result = swap;
  }
}

// The reverse pass of mode VALUE with a linear last layer of few outputs: each panel is passed over once between
// products.
static void reverse_values_only(
    const ck_field_layout *layout, const float *packed, const ck_tile_layout *tile, float *workspace,
    float *scratch, float *gradient) {
  const int points = tile->points, last = layout->sine_count - 1, d = layout->coordinates;
  const size_t stride = (size_t)points * NR;
  float *above = scratch, *g = scratch + tile->layer_count;
  for (int l = last; l >= 0; l--) {
    const ck_layer_layout *layer = &layout->layers[l], *next = &layout->layers[l + 1];
    const float *s = ck_tile_array(tile, workspace, l, 0), *cosine = ck_tile_array(tile, workspace, l, 1);
    for (int panel = 0; panel < layer->output_panels; panel++) {
      float *own = g + panel * stride, *bias = gradient + layer->bias_gradient + panel * NR;
      if (l == last) {
        last_layer_reverse_few(
            layout->outputs, packed + next->first_weight + panel * NR, (size_t)next->input_panels * NR,
            workspace + tile->value, s + panel * stride, cosine + panel * stride, points, own,
            gradient + next->weight_gradient + panel * NR, bias);
        continue;
      }
      product(above, points, next->outputs,
              packed + next->reverse_weight + (size_t)panel * next->outputs * NR, own);
      if (l > 0) {
        reverse_values(own, cosine + panel * stride, points, bias);
      } else {
        first_layer_reverse(own, cosine + panel * stride, workspace + tile->coordinates, d, points,
                            gradient + layer->weight_gradient + panel * NR,
                            (size_t)layer->output_panels * NR, bias);
      }
    }
    if (l > 0) {
      weight_gradient(g, ck_tile_array(tile, workspace, l - 1, 0), points, layer->output_panels,
                      layer->input_panels, gradient + layer->weight_gradient);
    }
    float *swap = above;
    above = g;
    g = swap;
  }
}

static void CK_NAME(reverse)(
    const ck_field_layout *layout, const float *packed, ck_field_mode mode, int points,
    float *workspace, const float *value, const float *gradient, const float *laplacian,
    float *scratch, float *packed_gradient, float *coordinate_gradient) {
  const ck_tile_layout tile = ck_tile(layout, mode, points);
  const int d = layout->coordinates, outputs = layout->outputs, last = layout->sine_count - 1;
  const int tangents = mode == CK_FIELD_GRADIENT || mode == CK_FIELD_LAPLACIAN ? d : 0;
  const int with_laplacian = mode == CK_FIELD_LAPLACIAN;
  const int reversed = mode == CK_FIELD_GRADIENT_REVERSE;
  const size_t stride = (size_t)tile.rows * NR, plane = (size_t)tile.points * NR;
  pad_rows(value, workspace + tile.value, points, tile.points, outputs);
  if (mode != CK_FIELD_VALUE) {
    pad_rows(gradient, workspace + tile.gradient, points, tile.points, outputs * d);
  }
  if (with_laplacian) {
    pad_rows(laplacian, workspace + tile.laplacian, points, tile.points, outputs);
  }
  if (layout->sine_count < layout->layer_count) {
    float *to = packed_gradient + layout->layers[last + 1].bias_gradient;
    for (int row = 0; row < points; row++) {
      for (int o = 0; o < outputs; o++) {
        to[o] += workspace[tile.value + (size_t)row * outputs + o];
      }
    }
  }
  if (mode == CK_FIELD_VALUE && !coordinate_gradient && d <= 3 && outputs <= 4 && last > 0 &&
      layout->sine_count < layout->layer_count) {
    reverse_values_only(layout, packed, &tile, workspace, scratch, packed_gradient);
    return;
  }
  if (reversed) {
    for (int o = 0; o < outputs; o++) {
      reverse_of_gradient(layout, packed, &tile, o, workspace, scratch, packed_gradient);
    }
  }
  float *above = scratch, *g = scratch + tile.layer_count;
  for (int l = last; l >= 0; l--) {
    const ck_layer_layout *layer = &layout->layers[l], *next = &layout->layers[l + 1];
    const float *s = ck_tile_array(&tile, workspace, l, 0);
    const float *aux = ck_tile_array(&tile, workspace, l, 1);
    for (int panel = 0; panel < layer->output_panels; panel++) {
      float *own = g + panel * stride;
      if (l == last) {
        reverse_outputs(layout, packed, &tile, tangents, with_laplacian, workspace, panel, own,
                        packed_gradient);
      } else {
        product(above, tile.rows, next->outputs,
                packed + next->reverse_weight + (size_t)panel * next->outputs * NR, own);
      }
      reverse_epilogue(own, s + panel * stride, aux + panel * stride, tile.points, tangents,
                       with_laplacian);
      for (int o = 0; reversed && o < outputs; o++) {
        const float *extra = ck_tile_array(&tile, workspace, l, 2 + 2 * o) + panel * stride;
        for (size_t at = 0; at < plane; at += LANES) {
          store(own + at, load(own + at) + load(extra + at));
        }
      }
      if (l > 0) bias_gradient(own, tile.points, packed_gradient + layer->bias_gradient + panel * NR);
    }
    if (l > 0) {
      weight_gradient(g, ck_tile_array(&tile, workspace, l - 1, 0), tile.rows,
                      layer->output_panels, layer->input_panels,
                      packed_gradient + layer->weight_gradient);
    }
    float *swap = above;
    above = g;
    g = swap;
  }
  // `above` now holds the first layer's derivatives, and the other array is free.
  float *coordinates = coordinate_gradient ? g : NULL;
  first_layer_gradient(layout, packed, above, workspace + tile.coordinates, tile.points, tangents,
                       1 + tangents + with_laplacian, packed_gradient, coordinates);
  if (coordinate_gradient) {
    memcpy(coordinate_gradient, coordinates, (size_t)points * d * sizeof *coordinates);
  }
}

const ck_field_functions CK_FIELD_TABLE = {CK_NAME(forward), CK_NAME(reverse)};
