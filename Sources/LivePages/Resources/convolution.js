// Convolutions in plain JavaScript: channels lie side by side, and a picture has a border of zeros.

/** A picture of channels, `[height + 2, width + 2, channels]` with its border. */
export function grid(height, width, channels) {
  return { height, width, channels, values: new Float64Array((height + 2) * (width + 2) * channels) };
}

/** The place of the first channel of a point. */
export const placeIn = (picture, y, x) => ((y + 1) * (picture.width + 2) + x + 1) * picture.channels;

/**
 * A layer's weights in the order in which the loop below reads them.
 *
 * @param kernel `[side, side, inputs, outputs]`
 */
export function packedLayer(kernel, bias, side, inputs, outputs) {
  const run = side * inputs;
  const packed = new Float64Array(Math.ceil(outputs / 4) * side * run * 4);
  let at = 0;
  for (let first = 0; first < outputs; first += 4) {
    for (let row = 0; row < side; row++) {
      for (let input = 0; input < run; input++) {
        for (let output = first; output < first + 4; output++) {
          packed[at++] = output < outputs ? kernel[(row * run + input) * outputs + output] : 0;
        }
      }
    }
  }
  return { packed, bias, side, inputs, outputs, run };
}

/** The convolution of a picture: yields after each row, so that the page stays alive. */
export function* convolved(picture, layer) {
  const { height, width, channels, values } = picture;
  const { packed, bias, side, outputs, run } = layer;
  const result = grid(height, width, outputs);
  const margin = (side - 1) / 2;
  const sums = new Float64Array(8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += 2) {
      const isPair = x + 1 < width;
      for (let first = 0; first < outputs; first += 4) {
        let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
        let weight = first * side * run;
        for (let row = 0; row < side; row++) {
          // The points of a row of the kernel are neighbours in memory.
          const start = ((y + 1 + row - margin) * (width + 2) + x + 1 - margin) * channels;
          const next = isPair ? start + channels : start;
          for (let input = 0; input < run; input++, weight += 4) {
            const [a, b] = [values[start + input], values[next + input]];
            const [w0, w1, w2, w3] = [packed[weight], packed[weight + 1], packed[weight + 2], packed[weight + 3]];
            a0 += a * w0; a1 += a * w1; a2 += a * w2; a3 += a * w3;
            b0 += b * w0; b1 += b * w1; b2 += b * w2; b3 += b * w3;
          }
        }
        sums[0] = a0; sums[1] = a1; sums[2] = a2; sums[3] = a3;
        sums[4] = b0; sums[5] = b1; sums[6] = b2; sums[7] = b3;
        const own = placeIn(result, y, x) + first;
        for (let part = 0; part < 4 && first + part < outputs; part++) {
          result.values[own + part] = sums[part] + bias[first + part];
          if (isPair) result.values[own + outputs + part] = sums[4 + part] + bias[first + part];
        }
      }
    }
    yield;
  }
  return result;
}

/** `x Phi(x)`, with the error function of Abramowitz and Stegun 7.1.26, exact to 2e-7. */
export function gaussianErrorLinear(picture) {
  const result = { ...picture, values: new Float64Array(picture.values.length) };
  for (let index = 0; index < result.values.length; index++) {
    const x = picture.values[index];
    if (x === 0) continue;
    const z = Math.abs(x) * Math.SQRT1_2;
    const t = 1 / (1 + 0.3275911 * z);
    const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
      * Math.exp(-z * z);
    result.values[index] = x * (x > 0 ? 1 - 0.5 * tail : 0.5 * tail);
  }
  return result;
}

/** Adds a picture to another one of its size. */
export function added(picture, other) {
  const values = picture.values.map((value, index) => value + other.values[index]);
  return { ...picture, values };
}

/** Squares of points become channels. */
export function patchesAsChannels(picture, side) {
  const { channels } = picture;
  const result = grid(picture.height / side, picture.width / side, side * side * channels);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const from = placeIn(picture, y, x);
      const to = placeIn(result, Math.floor(y / side), Math.floor(x / side)) + ((y % side) * side + (x % side)) * channels;
      for (let channel = 0; channel < channels; channel++) result.values[to + channel] = picture.values[from + channel];
    }
  }
  return result;
}

/** The inverse of `patchesAsChannels`. */
export function channelsAsPatches(picture, side) {
  const channels = picture.channels / (side * side);
  const result = grid(picture.height * side, picture.width * side, channels);
  for (let y = 0; y < result.height; y++) {
    for (let x = 0; x < result.width; x++) {
      const to = placeIn(result, y, x);
      const from = placeIn(picture, Math.floor(y / side), Math.floor(x / side)) + ((y % side) * side + (x % side)) * channels;
      for (let channel = 0; channel < channels; channel++) result.values[to + channel] = picture.values[from + channel];
    }
  }
  return result;
}
