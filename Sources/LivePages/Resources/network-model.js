// A grid prior: a convolutional network corrects the linear interpolation of the measured points.
//
// The same steps as `GridPrior.estimate` in the program, all components of the channels at once.

import { interpolated } from "./triangulation.js";
import { PriorNetwork } from "./prior-network.js";

const binSide = 8;
const blurBins = 3;
const priorPoints = 4;

export class NetworkModel {
  /**
   * @param numbers `{size, channels, patch, widths, parameters, logarithms, factors, smallestLogarithm}`; parameters
   *   in the order of `parameterBlocks`
   */
  constructor(numbers) {
    Object.assign(this, numbers);
    this.pixels = this.size * this.size;
    this.values = this.pixels * this.channels;
    this.noise = 0;
    this.isSlow = true;
  }

  /** Prepares the network; in plain JavaScript if `isPlain`. */
  async load(isPlain) {
    this.network = await PriorNetwork.create(this, this.channels, isPlain);
    this.clear();
  }

  clear() {
    this.measured = [];
    this.known = [];
    this.average = new Float64Array(this.values).fill(0.5);
    this.variance = new Float64Array(this.values).fill(0.08);
  }

  has(pixel) { return this.measured.includes(pixel); }

  measure(pixel, values) {
    this.measured.push(pixel);
    this.known.push(...values);
  }

  undo() {
    this.measured.pop();
    this.known.length = this.measured.length * this.channels;
  }

  /** Restores the picture: yields often, so that the page stays alive. */
  *restore() {
    const { size, channels, pixels, measured, network } = this;
    if (!measured.length) return this.clear();
    const linear = interpolated(measured, this.known, size, size, channels);
    const { mean, axes } = channelAxes(this.known, channels);
    const average = Float64Array.from({ length: this.values }, (_, index) => mean[index % channels]);
    const variance = new Float64Array(this.values);
    const isObserved = new Uint8Array(pixels);
    for (const pixel of measured) isObserved[pixel] = 1;
    const components = axes.map((axis, number) => {
      const values = new Float64Array(pixels);
      for (let pixel = 0; pixel < pixels; pixel++) {
        for (let channel = 0; channel < channels; channel++) {
          values[pixel] += axis[channel] * (linear[pixel * channels + channel] - mean[channel]);
        }
      }
      const scales = localScales(values, isObserved, size);
      this.show(number, values, scales, isObserved);
      return { axis, values, scales };
    });
    if (components.length) yield* network.run(components.length);
    components.forEach(({ axis, values, scales }, number) => {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const place = network.outputIndex(number, Math.floor(pixel / size), pixel % size);
        const scale = scales[3 * pixel + 1];
        const residual = isObserved[pixel] ? 0 : scale * network.numbers[place];
        const logarithm = Math.min(4, Math.max(this.smallestLogarithm, network.numbers[place + 1]));
        const deviation = isObserved[pixel] ? 0 : scale * Math.exp(logarithm) * this.factor(logarithm);
        for (let channel = 0; channel < channels; channel++) {
          average[pixel * channels + channel] += axis[channel] * (values[pixel] + residual);
          variance[pixel * channels + channel] += (axis[channel] * deviation) ** 2;
        }
      }
    });
    [this.average, this.variance] = [average, variance];
  }

  /** Shows a component to the network: value, value where observed, observed, density, the place in the pixel, here 0. */
  show(number, values, scales, isObserved) {
    const { size, network } = this;
    for (let pixel = 0; pixel < this.pixels; pixel++) {
      const value = (values[pixel] - scales[3 * pixel]) / scales[3 * pixel + 1];
      const place = network.inputIndex(number, Math.floor(pixel / size), pixel % size);
      network.numbers[place] = value;
      network.numbers[place + 1] = value * isObserved[pixel];
      network.numbers[place + 2] = isObserved[pixel];
      network.numbers[place + 3] = scales[3 * pixel + 2];
    }
  }

  /** The factor that makes a predicted scale a standard deviation. */
  factor(logarithm) {
    const { logarithms, factors } = this;
    const above = logarithms.findIndex((value) => value >= logarithm);
    if (above < 0) return factors[factors.length - 1];
    if (above === 0) return factors[0];
    const part = (logarithm - logarithms[above - 1]) / (logarithms[above] - logarithms[above - 1]);
    return (1 - part) * factors[above - 1] + part * factors[above];
  }

  /** The pixels of the largest deviation that keep a distance from each other. */
  next(count) {
    const { size, channels, pixels } = this;
    if (!this.measured.length) {
      // Nothing is known: a square lattice.
      const side = Math.ceil(Math.sqrt(count));
      return Array.from({ length: count }, (_, index) => {
        const middle = (cell) => Math.floor(((cell + 0.5) * size) / side);
        return middle(Math.floor(index / side)) * size + middle(index % side);
      });
    }
    const variance = Float64Array.from({ length: pixels }, (_, pixel) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += this.variance[pixel * channels + channel];
      return sum;
    });
    const scores = averagedScores(variance, size);
    const order = Array.from({ length: pixels }, (_, pixel) => pixel)
      .filter((pixel) => !this.has(pixel)).sort((a, b) => scores[b] - scores[a] || a - b);
    const chosen = [];
    for (let away = Math.sqrt(order.length / count) / 2; chosen.length < count; away /= 2) {
      for (const pixel of order) {
        const isNear = chosen.some((other) =>
          Math.hypot(Math.floor(pixel / size) - Math.floor(other / size), (pixel % size) - (other % size)) < Math.max(0.5, away));
        if (isNear) continue;
        chosen.push(pixel);
        if (chosen.length === count) break;
      }
      if (away < 1) break;
    }
    return chosen;
  }

  /** The mean, each pixel repeated: the network restores pixels. */
  enlarged(places) {
    const { size, channels, average } = this;
    const result = new Float32Array(places * places * channels);
    for (let y = 0; y < places; y++) {
      for (let x = 0; x < places; x++) {
        const from = (Math.floor((y * size) / places) * size + Math.floor((x * size) / places)) * channels;
        for (let channel = 0; channel < channels; channel++) {
          result[(y * places + x) * channels + channel] = average[from + channel];
        }
      }
    }
    return result;
  }
}

/** The mean of each channel and the axes along which the measured values vary, most first. */
export function channelAxes(values, channels) {
  const count = values.length / channels;
  const mean = Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let at = channel; at < values.length; at += channels) sum += values[at];
    return sum / count;
  });
  const covariance = mean.map((_, row) => mean.map((__, column) => {
    let sum = 0;
    for (let at = 0; at < values.length; at += channels) {
      sum += (values[at + row] - mean[row]) * (values[at + column] - mean[column]);
    }
    return sum / count;
  }));
  const { squares, vectors } = symmetricEigen(covariance);
  const axes = squares.map((square, index) => ({ square, axis: vectors.map((row) => row[index]) }))
    .sort((a, b) => b.square - a.square).filter(({ square }) => square > 1e-10)
    .map(({ axis }) => (axis.reduce((sum, part) => sum + part, 0) < 0 ? axis.map((part) => -part) : axis));
  return { mean, axes };
}

/** Eigenvalues and eigenvectors (in columns) of a small symmetric matrix, by Jacobi's rotations. */
function symmetricEigen(matrix) {
  const count = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, row) => a.map((__, column) => (row === column ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < count; p++) {
      for (let q = p + 1; q < count; q++) {
        if (a[p][q] === 0) continue;
        const angle = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
        const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < count; k++) {
          [a[k][p], a[k][q]] = [cosine * a[k][p] - sine * a[k][q], sine * a[k][p] + cosine * a[k][q]];
        }
        for (let k = 0; k < count; k++) {
          [a[p][k], a[q][k]] = [cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k]];
          [vectors[k][p], vectors[k][q]] =
            [cosine * vectors[k][p] - sine * vectors[k][q], sine * vectors[k][p] + cosine * vectors[k][q]];
        }
      }
    }
  }
  return { squares: a.map((row, index) => row[index]), vectors };
}

/** The mean, the deviation and the density of the measured values around each pixel, `[pixels, 3]`. */
function localScales(values, isObserved, size) {
  const bins = Math.ceil(size / binSide);
  const sums = new Float64Array(bins * bins * 4);
  const totals = [0, 0, 0];
  for (let pixel = 0; pixel < size * size; pixel++) {
    const place = 4 * (Math.floor(Math.floor(pixel / size) / binSide) * bins + Math.floor((pixel % size) / binSide));
    sums[place + 3]++;
    if (!isObserved[pixel]) continue;
    [1, values[pixel], values[pixel] ** 2].forEach((value, number) => {
      sums[place + number] += value;
      totals[number] += value;
    });
  }
  const mean = totals[1] / Math.max(1, totals[0]);
  const variance = Math.max(1e-8, totals[2] / Math.max(1, totals[0]) - mean * mean);
  const least = Math.max(1e-4, 0.1 * Math.sqrt(variance));
  const own = blurredBins(sums, bins);
  const moments = Array.from({ length: bins * bins }, (_, bin) => {
    const [count, sum, square, area] = own.subarray(4 * bin, 4 * bin + 4);
    const points = count + priorPoints;
    const centre = (sum + priorPoints * mean) / points;
    const spread = Math.max(0, square - 2 * centre * sum + centre * centre * count)
      + priorPoints * (variance + (mean - centre) ** 2);
    return [centre, Math.max(least, Math.sqrt(spread / points)), Math.log(count / Math.max(1e-9, area) + 1e-3) / 3 + 1];
  });
  const result = new Float64Array(3 * size * size);
  const place = (pixel) => {
    const at = Math.min(bins - 1, Math.max(0, (pixel + 0.5) / binSide - 0.5));
    const first = Math.min(bins - 1, Math.floor(at));
    return [first, Math.min(bins - 1, first + 1), at - first];
  };
  for (let y = 0; y < size; y++) {
    const [top, below, down] = place(y);
    for (let x = 0; x < size; x++) {
      const [left, right, across] = place(x);
      for (let number = 0; number < 3; number++) {
        const upper = (1 - across) * moments[top * bins + left][number] + across * moments[top * bins + right][number];
        const lower = (1 - across) * moments[below * bins + left][number] + across * moments[below * bins + right][number];
        result[3 * (y * size + x) + number] = (1 - down) * upper + down * lower;
      }
    }
  }
  return result;
}

/** Sums over the neighbourhood of each bin, with Gaussian weights that are 1 at the bin itself. */
function blurredBins(values, bins) {
  const reach = 2 * blurBins;
  const pass = (from, stepAlong, stepAcross) => {
    const to = new Float64Array(from.length);
    for (let line = 0; line < bins; line++) {
      for (let bin = 0; bin < bins; bin++) {
        for (let other = Math.max(0, bin - reach); other <= Math.min(bins - 1, bin + reach); other++) {
          const weight = Math.exp(-((other - bin) ** 2) / (2 * blurBins * blurBins));
          for (let number = 0; number < 4; number++) {
            to[4 * (line * stepAcross + bin * stepAlong) + number] +=
              weight * from[4 * (line * stepAcross + other * stepAlong) + number];
          }
        }
      }
    }
    return to;
  };
  return pass(pass(values, 1, bins), bins, 1);
}

/** The mean of the scores around each pixel, with the weights of a binomial filter. */
function averagedScores(scores, size) {
  return Float64Array.from(scores, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / size), pixel % size];
    let [sum, total] = [0, 0];
    for (let y = Math.max(0, row - 1); y <= Math.min(size - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(size - 1, column + 1); x++) {
        const weight = (y === row ? 2 : 1) * (x === column ? 2 : 1);
        sum += weight * scores[y * size + x];
        total += weight;
      }
    }
    return sum / total;
  });
}
