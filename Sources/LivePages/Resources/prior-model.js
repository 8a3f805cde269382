// The Gaussian posterior of a subspace prior, one measured value at a time.
//
// A picture's pixels x are Gaussian before anything is measured: mean m, and covariance
//
//     T T' + R (x) K,      K = F diag(q) F'
//
// where a row of T says how a value depends on the code, F holds the cosines at the pixels, q the variance that the
// code leaves open, and R how it is shared by the channels. A measured value y of pixel p removes one column:
//
//     v = cov(x, x_p | so far) / sqrt(var(x_p | so far) + noise),    mean += v (y - mean_p) / sqrt(...),    cov -= v v'
//
// This is the posterior of `siren-hyper` (Docs/SUBSPACE.md, equations 3 to 5) without neighbours and residual
// network, in the space of the pixels, where the first hundred points cost a few milliseconds each.

const candidatesPerSide = 32;

/** The functions of an axis at the samples of a grid of `places`, `[order * places + place]`. */
export function axisFunctions(size, places) {
  const values = new Float64Array(size * places);
  for (let place = 0; place < places; place++) {
    // Corners are included: the first and the last sample of both grids coincide.
    const sample = places > 1 ? (place * (size - 1)) / (places - 1) : (size - 1) / 2;
    for (let order = 0; order < size; order++) {
      const scale = Math.sqrt((order === 0 ? 1 : 2) / size);
      values[order * places + place] = scale * Math.cos((Math.PI * order * (sample + 0.5)) / size);
    }
  }
  return values;
}

export class PriorModel {
  /**
   * @param numbers `{size, channels, noise, indices, axes, scales, mean, residual, loadings, codeLength}` as the
   *   program packs them
   */
  constructor(numbers) {
    Object.assign(this, numbers);
    this.pixels = this.size * this.size;
    this.values = this.pixels * this.channels;
    this.functions = axisFunctions(this.size, this.size);
    this.orders = 1 + this.indices.reduce((most, index) => Math.max(most, Math.floor(index / this.size)), 0);
  }

  /** Prepares the model piece by piece, so that the page stays alive: yields the share that is done. */
  *prepare() {
    const { channels, pixels, codeLength, values } = this;
    this.priorMean = new Float64Array(values);
    this.loadingsAtPixels = new Float32Array(values * codeLength);
    for (let axis = 0; axis < channels; axis++) {
      const own = this.sums(this.mean.subarray(axis * this.indices.length, (axis + 1) * this.indices.length));
      this.spread(axis, (channel, weight) => {
        for (let pixel = 0; pixel < pixels; pixel++) this.priorMean[pixel * channels + channel] += weight * own[pixel];
      });
      yield* this.prepareLoadings(axis);
    }
    // How the part that the code leaves open is shared by the channels.
    this.shared = Array.from({ length: channels * channels }, (_, index) => {
      const [a, b] = [Math.floor(index / channels), index % channels];
      let sum = 0;
      for (let axis = 0; axis < channels; axis++) {
        sum += this.scales[axis] * this.axes[axis * channels + a] * this.axes[axis * channels + b];
      }
      return sum;
    });
    yield* this.prepareCandidates();
    this.prepareVariances();
    this.clear();
  }

  /** Calls with each channel and its weight in an axis of the channels. */
  spread(axis, body) {
    for (let channel = 0; channel < this.channels; channel++) body(channel, this.axes[axis * this.channels + channel]);
  }

  /** The sum of the functions with given coefficients at all pixels. */
  sums(coefficients) {
    const { size, indices, functions } = this;
    const half = new Float64Array(this.orders * size);
    indices.forEach((index, position) => {
      const [row, column] = [Math.floor(index / size), index % size];
      const value = coefficients[position];
      for (let x = 0; x < size; x++) half[row * size + x] += value * functions[column * size + x];
    });
    const result = new Float64Array(size * size);
    for (let order = 0; order < this.orders; order++) {
      for (let y = 0; y < size; y++) {
        const factor = functions[order * size + y];
        for (let x = 0; x < size; x++) result[y * size + x] += factor * half[order * size + x];
      }
    }
    return result;
  }

  /** Adds an axis of the channels to the loadings at the pixels: sums of functions for all numbers of the code at once. */
  *prepareLoadings(axis) {
    const { size, channels, codeLength, indices, functions, loadingsAtPixels, loadings } = this;
    const half = new Float32Array(this.orders * size * codeLength);
    const start = axis * indices.length * codeLength;
    for (let position = 0; position < indices.length; position++) {
      const [row, column] = [Math.floor(indices[position] / size), indices[position] % size];
      const from = start + position * codeLength;
      for (let x = 0; x < size; x++) {
        const factor = functions[column * size + x];
        const to = (row * size + x) * codeLength;
        for (let number = 0; number < codeLength; number++) half[to + number] += factor * loadings[from + number];
      }
      if (position % 128 === 0) yield;
    }
    const line = new Float64Array(codeLength);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        line.fill(0);
        for (let order = 0; order < this.orders; order++) {
          const factor = functions[order * size + y];
          const from = (order * size + x) * codeLength;
          for (let number = 0; number < codeLength; number++) line[number] += factor * half[from + number];
        }
        this.spread(axis, (channel, weight) => {
          const to = ((y * size + x) * channels + channel) * codeLength;
          for (let number = 0; number < codeLength; number++) loadingsAtPixels[to + number] += weight * line[number];
        });
      }
      yield;
    }
  }

  /** The pixels that may be proposed, one per block of a large grid, and the covariance of their channels' means. */
  *prepareCandidates() {
    const { size, channels, codeLength, loadingsAtPixels } = this;
    const side = Math.min(candidatesPerSide, size);
    this.candidates = Array.from({ length: side * side }, (_, index) => {
      const middle = (cell) => Math.floor(((cell + 0.5) * size) / side);
      return middle(Math.floor(index / side)) * size + middle(index % side);
    });
    const count = this.candidates.length;
    const means = new Float32Array(count * codeLength);
    this.candidates.forEach((pixel, index) => {
      for (let channel = 0; channel < channels; channel++) {
        const from = (pixel * channels + channel) * codeLength;
        for (let number = 0; number < codeLength; number++) {
          means[index * codeLength + number] += loadingsAtPixels[from + number] / channels;
        }
      }
    });
    const rest = this.shared.reduce((sum, value) => sum + value, 0) / (channels * channels);
    const prior = new Float32Array(count * count);
    for (let a = 0; a < count; a++) {
      const kernel = this.kernel(this.candidates[a]);
      const own = a * codeLength;
      for (let b = 0; b <= a; b++) {
        const other = b * codeLength;
        let [sum, second] = [0, 0];
        let number = 0;
        for (; number + 1 < codeLength; number += 2) {
          sum += means[own + number] * means[other + number];
          second += means[own + number + 1] * means[other + number + 1];
        }
        if (number < codeLength) sum += means[own + number] * means[other + number];
        prior[a * count + b] = prior[b * count + a] = sum + second + rest * kernel[this.candidates[b]];
      }
      if (a % 8 === 0) yield;
    }
    this.candidatePrior = prior;
  }

  /** The covariance of a pixel's open part with that of all pixels, along an axis of scale 1. */
  kernel(pixel) {
    const { size, indices, functions, residual } = this;
    const [y, x] = [Math.floor(pixel / size), pixel % size];
    return this.sums(Float64Array.from(indices, (index, position) =>
      residual[position] * functions[Math.floor(index / size) * size + y] * functions[(index % size) * size + x]));
  }

  prepareVariances() {
    const { size, channels, codeLength, indices, functions, residual, pixels } = this;
    // The kernel's diagonal is a sum of squared functions.
    const squares = functions.map((value) => value * value);
    const open = new Float64Array(pixels);
    const half = new Float64Array(this.orders * size);
    indices.forEach((index, position) => {
      const [row, column] = [Math.floor(index / size), index % size];
      for (let x = 0; x < size; x++) half[row * size + x] += residual[position] * squares[column * size + x];
    });
    for (let order = 0; order < this.orders; order++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        open[pixel] += squares[order * size + Math.floor(pixel / size)] * half[order * size + (pixel % size)];
      }
    }
    this.priorVariance = new Float64Array(this.values);
    for (let value = 0; value < this.values; value++) {
      const own = this.loadingsAtPixels.subarray(value * codeLength, (value + 1) * codeLength);
      let sum = 0;
      for (let number = 0; number < codeLength; number++) sum += own[number] * own[number];
      const channel = value % channels;
      this.priorVariance[value] = sum + this.shared[channel * channels + channel] * open[Math.floor(value / channels)];
    }
  }

  /** Forgets all measurements. */
  clear() {
    this.measured = []; // pixels in order
    this.columns = []; // v of each measured value
    this.steps = []; // what each value moved the mean by, in units of v
    this.average = Float64Array.from(this.priorMean);
    this.variance = Float64Array.from(this.priorVariance);
    this.covariance = Float32Array.from(this.candidatePrior);
  }

  /** Whether a pixel was measured. */
  has(pixel) { return this.measured.includes(pixel); }

  /**
   * Takes up the values of a pixel.
   *
   * @param pixel `row * size + column`
   * @param values one per channel, 0...1
   */
  measure(pixel, values) {
    const { channels } = this;
    const columns = this.priorColumns(pixel);
    const first = this.columns.length;
    for (let channel = 0; channel < channels; channel++) {
      const own = pixel * channels + channel;
      const column = columns[channel];
      for (const earlier of this.columns) subtract(column, earlier, earlier[own]);
      const deviation = Math.sqrt(Math.max(column[own], 0) + this.noise);
      const step = (values[channel] - this.average[own]) / deviation;
      for (let value = 0; value < column.length; value++) {
        column[value] /= deviation;
        this.average[value] += step * column[value];
        this.variance[value] = Math.max(0, this.variance[value] - column[value] * column[value]);
      }
      this.columns.push(column);
      this.steps.push(step);
    }
    for (let index = first; index < this.columns.length; index++) this.lower(this.columns[index], -1);
    this.measured.push(pixel);
  }

  /** Takes back the last pixel. */
  undo() {
    if (!this.measured.length) return;
    for (let channel = 0; channel < this.channels; channel++) {
      const [column, step] = [this.columns.pop(), this.steps.pop()];
      for (let value = 0; value < column.length; value++) {
        this.average[value] -= step * column[value];
        this.variance[value] += column[value] * column[value];
      }
      this.lower(column, 1);
    }
    this.measured.pop();
  }

  /** The covariance of each channel's value at a pixel with all values, before anything was measured. */
  priorColumns(pixel) {
    const { channels, codeLength, values, loadingsAtPixels, shared } = this;
    const kernel = this.kernel(pixel);
    const columns = Array.from({ length: channels }, () => new Float32Array(values));
    const own = Array.from({ length: channels }, (_, channel) => {
      const start = (pixel * channels + channel) * codeLength;
      return Float64Array.from(loadingsAtPixels.subarray(start, start + codeLength));
    });
    for (let value = 0; value < values; value++) {
      const from = value * codeLength;
      const open = kernel[(value / channels) | 0];
      const row = (value % channels) * channels;
      if (channels === 3) {
        // All three at once: the loadings are read from memory only once.
        const [a, b, c] = own;
        let [x, y, z] = [0, 0, 0];
        for (let number = 0; number < codeLength; number++) {
          const loading = loadingsAtPixels[from + number];
          x += loading * a[number];
          y += loading * b[number];
          z += loading * c[number];
        }
        columns[0][value] = x + shared[row] * open;
        columns[1][value] = y + shared[row + 1] * open;
        columns[2][value] = z + shared[row + 2] * open;
        continue;
      }
      for (let channel = 0; channel < channels; channel++) {
        let sum = shared[row + channel] * open;
        for (let number = 0; number < codeLength; number++) sum += loadingsAtPixels[from + number] * own[channel][number];
        columns[channel][value] = sum;
      }
    }
    return columns;
  }

  /** Adds a column's square to the covariance of the candidates, or subtracts it. */
  lower(column, sign) {
    const { channels, candidates, covariance } = this;
    const count = candidates.length;
    const means = Float64Array.from(candidates, (pixel) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += column[pixel * channels + channel];
      return sum / channels;
    });
    addSquare(covariance, means, sign, count);
  }

  /**
   * The pixels to measure next, best first: each lowers the summed variance most, given those before it (Docs/SUBSPACE.md,
   * equation 13, with all of the covariance).
   */
  next(count) {
    const { candidates, noise } = this;
    const total = candidates.length;
    const covariance = count > 1 ? Float32Array.from(this.covariance) : this.covariance;
    const isOpen = candidates.map((pixel) => !this.has(pixel));
    const chosen = [];
    while (chosen.length < count) {
      let [best, most] = [-1, -Infinity];
      for (let index = 0; index < total; index++) {
        if (!isOpen[index]) continue;
        let sum = 0;
        for (let at = index * total; at < (index + 1) * total; at++) sum += covariance[at] * covariance[at];
        const worth = sum / (covariance[index * total + index] + noise);
        if (worth > most) [best, most] = [index, worth];
      }
      if (best < 0) break;
      isOpen[best] = false;
      chosen.push(candidates[best]);
      if (chosen.length === count) break;
      const deviation = Math.sqrt(covariance[best * total + best] + noise);
      addSquare(
        covariance, Float64Array.from(covariance.subarray(best * total, (best + 1) * total), (value) => value / deviation),
        -1, total);
    }
    return chosen;
  }

  /** The mean at a finer grid, `[places, places, channels]`: the sum of cosines between the pixels. */
  enlarged(places) {
    const { size, channels, functions } = this;
    this.finer ??= new Map();
    if (!this.finer.has(places)) this.finer.set(places, axisFunctions(size, places));
    const fine = this.finer.get(places);
    const result = new Float32Array(places * places * channels);
    // The weights from samples to places along an axis, through the cosines.
    const key = `weights${places}`;
    if (!this.finer.has(key)) {
      const weights = new Float64Array(places * size);
      for (let place = 0; place < places; place++) {
        for (let sample = 0; sample < size; sample++) {
          let sum = 0;
          for (let order = 0; order < size; order++) sum += fine[order * places + place] * functions[order * size + sample];
          weights[place * size + sample] = sum;
        }
      }
      this.finer.set(key, weights);
    }
    const weights = this.finer.get(key);
    const half = new Float64Array(places * size);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < size; y++) {
        for (let place = 0; place < places; place++) {
          let sum = 0;
          for (let x = 0; x < size; x++) sum += weights[place * size + x] * this.average[(y * size + x) * channels + channel];
          half[y * places + place] = sum;
        }
      }
      for (let row = 0; row < places; row++) {
        for (let column = 0; column < places; column++) {
          let sum = 0;
          for (let y = 0; y < size; y++) sum += weights[row * size + y] * half[y * places + column];
          result[(row * places + column) * channels + channel] = sum;
        }
      }
    }
    return result;
  }
}

/** `column -= factor * other`. */
function subtract(column, other, factor) {
  for (let value = 0; value < column.length; value++) column[value] -= factor * other[value];
}

/** `matrix += sign * vector vector'`. */
function addSquare(matrix, vector, sign, count) {
  for (let row = 0; row < count; row++) {
    const factor = sign * vector[row];
    const start = row * count;
    for (let column = 0; column < count; column++) matrix[start + column] += factor * vector[column];
  }
}
