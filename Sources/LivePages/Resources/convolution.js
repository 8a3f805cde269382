// Convolutions of pictures of channels: as WebAssembly, or in plain JavaScript where a browser forbids that.
//
// A picture lies in memory as `[height + 2, columns + 2, channels]` 32-bit numbers: with a border of zeros, columns rounded
// up to fours, and channels rounded up to eights by zeros. Several pictures follow each other.

import { assembledFunction, assembledModule, code } from "./webassembly.js";

const blockColumns = 4; // points and outputs whose sums fit into the registers of every processor
export const blockChannels = 8;

export const roundedUp = (value, unit) => Math.ceil(value / unit) * unit;

/** Numbers of a picture with its border. */
export const pictureLength = ({ height, columns }, channels) => (height + 2) * (columns + 2) * channels;

/** The index of the first channel of a point in a picture. */
export const pointIndex = ({ columns }, channels, y, x) => ((y + 1) * (columns + 2) + x + 1) * channels;

/**
 * A layer's weights in the order in which the convolution reads them: for eight outputs after the other, the rows of the
 * kernel, its columns, the inputs.
 *
 * @param kernel `[side, side, inputs, outputs]`
 * @param layer `{side, inputs, outputs}`, each of these `{groups, channels}`: groups of channels, each rounded up
 */
export function packedWeights(kernel, layer) {
  const { side } = layer;
  const [inputs, outputs] = [storedChannels(layer.inputs), storedChannels(layer.outputs)];
  const packed = new Float32Array(side * side * inputs * outputs);
  const [own, ownOutputs] = [placesOf(layer.inputs), placesOf(layer.outputs)];
  for (let point = 0; point < side * side; point++) {
    own.forEach((place, input) => {
      ownOutputs.forEach((output, number) => {
        const panel = Math.floor(output / blockChannels) * side * side * inputs;
        packed[(panel + point * inputs + place) * blockChannels + (output % blockChannels)] =
          kernel[(point * own.length + input) * ownOutputs.length + number];
      });
    });
  }
  return packed;
}

/** A layer's biases with zeros for the channels that are not there. */
export function packedBias(bias, { outputs }) {
  const packed = new Float32Array(storedChannels(outputs));
  placesOf(outputs).forEach((place, number) => { packed[place] = bias[number]; });
  return packed;
}

export const storedChannels = ({ groups, channels }) => groups * roundedUp(channels, blockChannels);

/** The places of the channels of groups. */
const placesOf = ({ groups, channels }) => Array.from({ length: groups * channels }, (_, index) =>
  Math.floor(index / channels) * roundedUp(channels, blockChannels) + (index % channels));

/**
 * Functions `(from, weights, bias, to, pictures)` for shapes `{name, side, inputs, outputs, height, columns, adds}` and
 * `activate(from, to, vectors)`, all with places in bytes.
 *
 * `inputs` and `outputs` are stored channels; with `adds`, the result is added to what is there.
 *
 * @returns the functions by name; null where the browser has no WebAssembly with vectors
 */
export async function assembledConvolutions(memory, shapes) {
  for (const isFused of [true, false]) {
    const bytes = assembledModule([...shapes.map((shape) => convolution(shape, isFused)), activation()]);
    // Multiplying and adding at once is an extension that not every browser has.
    if (!globalThis.WebAssembly?.validate(bytes)) continue;
    try {
      return (await WebAssembly.instantiate(bytes, { page: { memory } })).instance.exports;
    } catch {
      return null; // the reader's settings forbid it
    }
  }
  return null;
}

/** The same functions in plain JavaScript. */
export const plainConvolutions = (memory, shapes) => ({
  ...Object.fromEntries(shapes.map((shape) => [shape.name, plainConvolution(memory, shape)])),
  activate: plainActivation(memory),
});

/** Four points by eight outputs at a time: their sums stay in registers. */
function convolution({ name, side, inputs, outputs, height, columns, adds }, isFused) {
  const { whole, get, set, addWhole, load, loadOne, store, add, multiply, fused, repeat } = code;
  const forward = (variable, count) => set(variable, addWhole(get(variable), whole(count)));
  const run = side * inputs; // numbers of a row of the kernel, neighbours in memory
  const unrolled = 4;
  const [pointIn, pointOut] = [4 * inputs, 4 * outputs];
  const [rowIn, rowOut] = [(columns + 2) * pointIn, (columns + 2) * pointOut];
  return assembledFunction(name, ["from", "weights", "bias", "to", "pictures"],
    ([from, weights, bias, to, pictures], make) => {
      const [panel, picture, row, block, kernelRow, part] = Array.from({ length: 6 }, make.whole);
      const [source, target, place, weight] = Array.from({ length: 4 }, make.whole);
      const sums = Array.from({ length: blockColumns }, () => [make.vector(), make.vector()]);
      const [first, second, value] = Array.from({ length: 3 }, make.vector);
      const start = sums.map((pair, point) => pair.map((sum, half) => {
        const own = load(get(bias), 16 * half);
        return set(sum, adds ? add(own, load(get(target), point * pointOut + 16 * half)) : own);
      }));
      const step = (input) => [
        set(first, load(get(weight), 32 * input)), set(second, load(get(weight), 32 * input + 16)),
        sums.map(([a, b], point) => [
          set(value, loadOne(get(place), point * pointIn + 4 * input)),
          [[a, first], [b, second]].map(([sum, factor]) => set(sum, isFused
            ? fused(get(value), get(factor), get(sum)) : add(get(sum), multiply(get(value), get(factor))))),
        ]),
      ];
      const point = [
        start, set(place, get(source)), set(weight, get(weights)), set(kernelRow, whole(side)),
        repeat(kernelRow, [
          set(part, whole(run / unrolled)),
          repeat(part, [
            Array.from({ length: unrolled }, (_, input) => step(input)),
            forward(place, 4 * unrolled), forward(weight, 32 * unrolled),
          ]),
          forward(place, rowIn - 4 * run),
        ]),
        sums.map((pair, index) => pair.map((sum, half) =>
          store(get(target), get(sum), index * pointOut + 16 * half))),
        forward(source, blockColumns * pointIn), forward(target, blockColumns * pointOut),
      ];
      return [
        set(panel, whole(outputs / blockChannels)),
        repeat(panel, [
          set(source, addWhole(get(from), whole(side === 1 ? rowIn + pointIn : 0))),
          set(target, addWhole(get(to), whole(rowOut + pointOut))), set(picture, get(pictures)),
          repeat(picture, [
            set(row, whole(height)),
            repeat(row, [
              set(block, whole(columns / blockColumns)), repeat(block, point),
              forward(source, 2 * pointIn), forward(target, 2 * pointOut),
            ]),
            forward(source, 2 * rowIn), forward(target, 2 * rowOut),
          ]),
          set(weights, get(weight)), forward(bias, 32), forward(to, 32),
        ]),
      ];
    });
}

// `x Phi(x)`, with the error function of Abramowitz and Stegun 7.1.26, exact to 2e-7.
const errorRate = 0.3275911;
const errorFactors = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];

function activation() {
  const { whole, get, set, addWhole, load, store, number, add, subtract, multiply, divide, repeat } = code;
  return assembledFunction("activate", ["from", "to", "vectors"], ([from, to, vectors], make) => {
    const [x, z, t, tail, turns, power] = Array.from({ length: 6 }, make.vector);
    const polynomial = (variable, factors) =>
      factors.reduceRight((sum, factor) => sum ? add(multiply(sum, get(variable)), number(factor)) : number(factor), null);
    // exp(y) = 2^n exp(r) with a whole n and |r| <= ln(2) / 2; below -80 nothing is left of it.
    const exponential = [
      set(power, code.least(number(80), multiply(get(z), get(z)))),
      set(turns, code.nearest(multiply(get(power), number(-Math.LOG2E)))),
      set(power, subtract(multiply(get(turns), number(-Math.LN2)), get(power))),
      set(tail, multiply(get(tail), polynomial(power, [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720]))),
      set(tail, multiply(get(tail),
        code.shiftLeft(code.addWholes(code.toWholes(get(turns)), code.wholes(127)), 23))),
    ];
    return repeat(vectors, [
      set(x, load(get(from))), set(z, multiply(code.magnitude(get(x)), number(Math.SQRT1_2))),
      set(t, divide(number(1), add(number(1), multiply(get(z), number(errorRate))))),
      set(tail, multiply(get(t), polynomial(t, errorFactors))), exponential,
      set(tail, multiply(number(0.5), get(tail))),
      store(get(to), multiply(get(x), code.choose(
        get(tail), subtract(number(1), get(tail)), code.isBelow(get(x), number(0))))),
      set(from, addWhole(get(from), whole(16))), set(to, addWhole(get(to), whole(16))),
    ]);
  });
}

function plainConvolution(memory, { side, inputs, outputs, height, columns, adds }) {
  return (from, weights, bias, to, pictures) => {
    const numbers = new Float32Array(memory.buffer);
    const shape = { height, columns };
    const sums = new Float32Array(blockChannels);
    const run = side * inputs;
    for (let picture = 0; picture < pictures; picture++) {
      const source = from / 4 + picture * pictureLength(shape, inputs);
      const target = to / 4 + picture * pictureLength(shape, outputs);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < columns; x++) {
          const window = source + pointIndex(shape, inputs, y - (side >> 1), x - (side >> 1));
          for (let first = 0; first < outputs; first += blockChannels) {
            const place = target + pointIndex(shape, outputs, y, x) + first;
            for (let part = 0; part < blockChannels; part++) {
              sums[part] = numbers[bias / 4 + first + part] + (adds ? numbers[place + part] : 0);
            }
            let weight = weights / 4 + first * side * run;
            for (let row = 0; row < side; row++) {
              for (let input = 0; input < run; input++, weight += blockChannels) {
                const value = numbers[window + row * (columns + 2) * inputs + input];
                for (let part = 0; part < blockChannels; part++) sums[part] += value * numbers[weight + part];
              }
            }
            numbers.set(sums, place);
          }
        }
      }
    }
  };
}

function plainActivation(memory) {
  return (from, to, vectors) => {
    const numbers = new Float32Array(memory.buffer);
    for (let index = 0; index < 4 * vectors; index++) {
      const x = numbers[from / 4 + index];
      const z = Math.abs(x) * Math.SQRT1_2;
      const t = 1 / (1 + errorRate * z);
      const tail = 0.5 * t * errorFactors.reduceRight((sum, factor) => sum * t + factor, 0) * Math.exp(-z * z);
      numbers[to / 4 + index] = x * (x > 0 ? 1 - tail : tail);
    }
  };
}
