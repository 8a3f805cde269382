// The U-Net of a grid prior, for several pictures at once.

import {
  assembledConvolutions, blockChannels, packedBias, packedWeights, pictureLength, plainConvolutions, pointIndex, roundedUp,
  storedChannels,
} from "./convolution.js";

/** Numbers that the network sees of each pixel. */
export const features = 6;

/** The layers in the order of the program's parameters; `adds` where the result is added to the features. */
function layerPlan(patch, widths) {
  const area = patch * patch;
  const one = (channels) => ({ groups: 1, channels });
  const four = (channels) => ({ groups: 4, channels });
  const layer = (name, level, side, inputs, outputs, adds = false) => ({ name, level, side, inputs, outputs, adds });
  const block = (name, level, width) => [
    layer(`${name}.${level}.0`, level, 3, width, width), layer(`${name}.${level}.1`, level, 3, width, width, true),
  ];
  const plan = [layer("stem", 0, 3, one(features * area), one(widths[0]))];
  widths.forEach((width, level) => {
    plan.push(...block("encode", level, one(width)));
    if (level + 1 === widths.length) return;
    // A point of the next level is a square of four points of this one.
    plan.push(
      layer(`down.${level}`, level + 1, 1, four(width), one(widths[level + 1])),
      layer(`up.${level}`, level + 1, 1, one(widths[level + 1]), four(width)), ...block("decode", level, one(width)));
  });
  return [...plan, layer("head", 0, 3, one(widths[0]), one(2 * area))];
}

const functionName = ({ side, level, inputs, outputs, adds }) =>
  [side, level, storedChannels(inputs), storedChannels(outputs), adds].join();

const channelCount = ({ groups, channels }) => groups * channels;

/** The lengths of the arrays of parameters in their order: each layer's kernel and biases. */
export const parameterBlocks = (patch, widths) => layerPlan(patch, widths).flatMap(
  ({ side, inputs, outputs }) => [side * side * channelCount(inputs) * channelCount(outputs), channelCount(outputs)]);

export class PriorNetwork {
  /**
   * A network for pictures of a size.
   *
   * @param numbers `{patch, widths, size, parameters}`, parameters in the order of `parameterBlocks`
   * @param pictures the most pictures at once
   * @param isPlain whether WebAssembly is not even tried
   */
  static async create({ patch, widths, size, parameters }, pictures, isPlain) {
    const made = new PriorNetwork();
    Object.assign(made, { patch, widths, pictures });
    const stride = patch << (widths.length - 1);
    const side = roundedUp(size, stride) / patch;
    made.levels = widths.map((_, level) => ({ height: side >> level, columns: roundedUp(side >> level, 4) }));
    made.plan = layerPlan(patch, widths);
    made.place(parameters);
    // Layers of one shape share a function.
    const shapes = [...new Map(made.plan.map((layer) => [functionName(layer), {
      name: functionName(layer), side: layer.side, inputs: storedChannels(layer.inputs),
      outputs: storedChannels(layer.outputs), ...made.levels[layer.level], adds: layer.adds,
    }])).values()];
    const assembled = isPlain ? null : await assembledConvolutions(made.memory, shapes);
    made.isFast = assembled !== null;
    made.functions = assembled ?? plainConvolutions(made.memory, shapes);
    // Browsers compile a function well once it has run.
    if (made.isFast) for (const _ of made.run(1));
    return made;
  }

  /** Gives the layers and the pictures between them their places in memory. */
  place(parameters) {
    let next = 0;
    const reserve = (length) => (next += length) - length;
    const room = (level, channels) => reserve(this.pictures * pictureLength(this.levels[level], channels));
    this.layers = new Map(this.plan.map((layer) => [layer.name, {
      ...layer, weights: reserve(layer.side ** 2 * storedChannels(layer.inputs) * storedChannels(layer.outputs)),
      bias: reserve(storedChannels(layer.outputs)),
    }]));
    const stored = this.widths.map((width) => roundedUp(width, blockChannels));
    this.places = {
      input: room(0, storedChannels(this.layers.get("stem").inputs)),
      output: room(0, storedChannels(this.layers.get("head").outputs)),
      // Of each level the features, their activations, and squares of four points.
      x: stored.map((width, level) => room(level, width)), active: stored.map((width, level) => room(level, width)),
      inner: stored.map((width, level) => room(level, width)),
      squares: stored.map((width, level) => (level === 0 ? 0 : room(level, 4 * stored[level - 1]))),
    };
    this.memory = globalThis.WebAssembly
      ? new WebAssembly.Memory({ initial: Math.ceil((4 * next) / 65536) }) : { buffer: new ArrayBuffer(4 * next) };
    this.numbers = new Float32Array(this.memory.buffer);
    let at = 0;
    const take = (length) => parameters.subarray(at, (at += length));
    for (const layer of this.layers.values()) {
      const kernel = take(layer.side ** 2 * channelCount(layer.inputs) * channelCount(layer.outputs));
      this.numbers.set(packedWeights(kernel, layer), layer.weights);
      this.numbers.set(packedBias(take(channelCount(layer.outputs)), layer), layer.bias);
    }
    this.inputChannels = storedChannels(this.layers.get("stem").inputs);
    this.outputChannels = storedChannels(this.layers.get("head").outputs);
  }

  /** The index in `numbers` of the first feature that the network sees of a pixel of a picture. */
  inputIndex(picture, y, x) { return this.pixelIndex(this.places.input, this.inputChannels, features, picture, y, x); }

  /** The index in `numbers` of the two results for a pixel of a picture. */
  outputIndex(picture, y, x) { return this.pixelIndex(this.places.output, this.outputChannels, 2, picture, y, x); }

  pixelIndex(start, channels, perPixel, picture, y, x) {
    const { patch } = this;
    const point = pointIndex(this.levels[0], channels, Math.floor(y / patch), Math.floor(x / patch));
    return start + picture * pictureLength(this.levels[0], channels) + point + ((y % patch) * patch + (x % patch)) * perPixel;
  }

  /** Evaluates the network for the first pictures: yields after each layer, so that the page stays alive. */
  *run(pictures) {
    const { x, squares, input, output, active } = this.places;
    const last = this.widths.length - 1;
    yield this.convolve("stem", input, x[0], pictures);
    for (let level = 0; level <= last; level++) {
      yield* this.block("encode", level, pictures);
      if (level === last) break;
      this.gather(level, pictures);
      yield this.convolve(`down.${level}`, squares[level + 1], x[level + 1], pictures);
    }
    for (let level = last - 1; level >= 0; level--) {
      yield this.convolve(`up.${level}`, x[level + 1], squares[level + 1], pictures);
      this.spread(level, pictures);
      yield* this.block("decode", level, pictures);
    }
    this.activate(0, x[0], active[0], pictures);
    yield this.convolve("head", active[0], output, pictures);
  }

  /** Two convolutions of activations, added to the features. */
  *block(name, level, pictures) {
    const [x, active, inner] = [this.places.x[level], this.places.active[level], this.places.inner[level]];
    this.activate(level, x, active, pictures);
    yield this.convolve(`${name}.${level}.0`, active, inner, pictures);
    this.activate(level, inner, active, pictures);
    yield this.convolve(`${name}.${level}.1`, active, x, pictures);
  }

  convolve(name, from, to, pictures) {
    const layer = this.layers.get(name);
    const { weights, bias, level, outputs } = layer;
    this.functions[functionName(layer)](4 * from, 4 * weights, 4 * bias, 4 * to, pictures);
    const { height, columns } = this.levels[level];
    if (columns === height) return;
    // Columns that only fill up the last block of four see zeros beside them, as the border is.
    const channels = storedChannels(outputs);
    for (let picture = 0; picture < pictures; picture++) {
      const start = to + picture * pictureLength(this.levels[level], channels);
      for (let y = 0; y < height; y++) {
        const row = start + pointIndex(this.levels[level], channels, y, 0);
        this.numbers.fill(0, row + height * channels, row + columns * channels);
      }
    }
  }

  activate(level, from, to, pictures) {
    const channels = roundedUp(this.widths[level], blockChannels);
    this.functions.activate(4 * from, 4 * to, (pictures * pictureLength(this.levels[level], channels)) / 4);
  }

  /** Calls with the places of each point of a level and of its part in the squares of the level below. */
  eachPoint(level, pictures, body) {
    const channels = roundedUp(this.widths[level], blockChannels);
    const [fine, coarse] = [this.levels[level], this.levels[level + 1]];
    for (let picture = 0; picture < pictures; picture++) {
      const own = this.places.x[level] + picture * pictureLength(fine, channels);
      const square = this.places.squares[level + 1] + picture * pictureLength(coarse, 4 * channels);
      for (let y = 0; y < fine.height; y++) {
        for (let x = 0; x < fine.height; x++) {
          body(own + pointIndex(fine, channels, y, x),
            square + pointIndex(coarse, 4 * channels, y >> 1, x >> 1) + (2 * (y & 1) + (x & 1)) * channels, channels);
        }
      }
    }
  }

  gather(level, pictures) {
    const { numbers } = this;
    this.eachPoint(level, pictures, (own, square, channels) => numbers.copyWithin(square, own, own + channels));
  }

  /** Adds the squares to the features that the level had before. */
  spread(level, pictures) {
    const { numbers } = this;
    this.eachPoint(level, pictures, (own, square, channels) => {
      for (let channel = 0; channel < channels; channel++) numbers[own + channel] += numbers[square + channel];
    });
  }
}
