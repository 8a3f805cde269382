// A field: one SIREN or a grid of SIRENs, evaluated in plain JavaScript in double precision.

import { attachment, blockFactors, floats, unpacked } from "./bytes.js";
import { axes } from "./axis.js";

/** The field of the page, from its description and its attachments. */
export function pageField(description) {
  const layers = layersOf(description.architecture);
  const blocks = layers.flatMap((layer) => [layer.inputs * layer.outputs, layer.outputs]);
  return new Field(
    description.architecture, description.grid ?? null,
    unpacked(attachment("parameters"), blockFactors(), blocks), floats("cell-weights"),
    samplesOf(description));
}

/** Samples along each axis of the signal; 256 where a file does not say, as in `siren render`. */
function samplesOf(description) {
  const signal = description.signal;
  switch (description.shows) {
    case "sound": return [signal ? signal.frames : 44100];
    case "picture": return signal ? [signal.height, signal.width] : [256, 256];
    case "clip": return signal ? [signal.frames, signal.height, signal.width] : [64, 256, 256];
    default: return [3, 3, 3]; // a shape's coordinates are its places: -1, 0 and 1
  }
}

/** The layers of an architecture, first to last; the last one has no omega. */
export function layersOf(shape) {
  const last = shape.hiddenLayers + 1;
  let offset = 0;
  return Array.from({ length: last + 1 }, (_, index) => {
    const inputs = index === 0 ? shape.coordinates : shape.hiddenWidth;
    const outputs = index === last ? shape.outputs : shape.hiddenWidth;
    const omega = index === last ? null : index === 0 ? shape.omegaFirst : shape.omegaHidden;
    const layer = { inputs, outputs, omega, weights: offset, biases: offset + inputs * outputs };
    offset += (inputs + 1) * outputs;
    return layer;
  });
}

export class Field {
  constructor(architecture, grid, parameters, cellWeights, samples) {
    this.architecture = architecture;
    this.parameters = parameters;
    this.cellWeights = cellWeights;
    this.axes = axes(grid, samples, architecture.coordinates);
    this.layers = layersOf(architecture);
    this.outputs = architecture.outputs;
    this.dimensions = architecture.coordinates;
    this.perCell = this.layers.reduce((sum, layer) => sum + (layer.inputs + 1) * layer.outputs, 0);
    this.cells = this.axes.reduce((count, axis) => count * axis.cells, 1);
    this.isNormalized = this.axes[0].kind !== "sine";
  }

  /** Samples along an axis. */
  samples(axis) { return this.axes[axis].samples; }

  /**
   * The cells that contribute at a place, with their windows.
   *
   * @returns `{cell, offsets, weight, slopes, curvature}` each; slopes and curvature along `along` alone
   */
  contributions(place, along) {
    let found = [{ cell: 0, offsets: [], factors: [] }];
    this.axes.forEach((axis, number) => {
      const members = axis.members(place[number]);
      found = found.flatMap((one) =>
        members.map((member) => ({
          cell: one.cell * axis.cells + member.cell,
          offsets: [...one.offsets, (place[number] - axis.middle(member.cell)) * axis.rate],
          factors: [...one.factors, member],
        })));
    });
    return found.map(({ cell, offsets, factors }) => {
      const own = this.cellWeights ? this.cellWeights[cell] : 1;
      const weight = factors.reduce((product, one) => product * one.weight, own);
      const rest = (axis) =>
        factors.reduce((product, one, number) => (number === axis ? product : product * one.weight), own);
      return {
        cell, offsets, weight,
        slopes: along.map((axis) => factors[axis].slope * rest(axis)),
        curvature: along.reduce((sum, axis) => sum + factors[axis].curvature * rest(axis), 0),
      };
    });
  }

  /**
   * The field at a place, with derivatives per sample along some axes.
   *
   * @param place in samples, one number per axis
   * @param along the axes of the derivatives; none for the value alone
   * @returns `{value: [c], gradient: [axes][c], laplacian: [c]}`
   */
  at(place, along = []) {
    const [outputs, count] = [this.outputs, along.length];
    const value = new Float64Array(outputs);
    const gradient = along.map(() => new Float64Array(outputs));
    const laplacian = new Float64Array(outputs);
    let sum = 0;
    let sumCurvature = 0;
    const sumSlopes = new Float64Array(count);
    for (const part of this.contributions(place, along)) {
      const own = this.network(part.cell, part.offsets, along);
      sum += part.weight;
      sumCurvature += part.curvature;
      for (let channel = 0; channel < outputs; channel++) {
        // The product rule.
        value[channel] += part.weight * own.value[channel];
        let second = part.curvature * own.value[channel] + part.weight * own.laplacian[channel];
        for (let axis = 0; axis < count; axis++) {
          const slope = own.gradient[axis][channel];
          gradient[axis][channel] += part.slopes[axis] * own.value[channel] + part.weight * slope;
          second += 2 * part.slopes[axis] * slope;
        }
        laplacian[channel] += second;
      }
      for (let axis = 0; axis < count; axis++) sumSlopes[axis] += part.slopes[axis];
    }
    if (!this.isNormalized) {
      // The quotient rule.
      for (let channel = 0; channel < outputs; channel++) {
        value[channel] /= sum;
        let second = laplacian[channel] - value[channel] * sumCurvature;
        for (let axis = 0; axis < count; axis++) {
          const slope = (gradient[axis][channel] - value[channel] * sumSlopes[axis]) / sum;
          gradient[axis][channel] = slope;
          second -= 2 * slope * sumSlopes[axis];
        }
        laplacian[channel] = second / sum;
      }
    }
    return { value, gradient, laplacian };
  }

  /** The network of a cell at local coordinates, with derivatives per sample: forward mode through the layers. */
  network(cell, offsets, along) {
    const count = along.length;
    const start = cell * this.perCell;
    const numbers = this.parameters;
    // Plane 0 holds values, planes 1... the derivatives, the last one the Laplacian.
    let planes = [Float64Array.from(offsets)];
    for (let axis = 0; axis < count; axis++) {
      const plane = new Float64Array(offsets.length);
      plane[along[axis]] = this.axes[along[axis]].rate;
      planes.push(plane);
    }
    if (count > 0) planes.push(new Float64Array(offsets.length));
    for (const layer of this.layers) {
      const next = planes.map(() => new Float64Array(layer.outputs));
      for (let plane = 0; plane < planes.length; plane++) {
        const [inputs, results] = [planes[plane], next[plane]];
        for (let output = 0; output < layer.outputs; output++) {
          const row = start + layer.weights + output * layer.inputs;
          let sum = plane === 0 ? numbers[start + layer.biases + output] : 0;
          for (let input = 0; input < layer.inputs; input++) sum += numbers[row + input] * inputs[input];
          results[output] = sum;
        }
      }
      if (layer.omega !== null) activate(next, layer.omega, count);
      planes = next;
    }
    return {
      value: planes[0], gradient: planes.slice(1, 1 + count),
      laplacian: count > 0 ? planes[count + 1] : new Float64Array(this.outputs),
    };
  }
}

/** Replaces a layer's sums by their sines, and their derivatives by those of the sines. */
function activate(planes, omega, count) {
  const width = planes[0].length;
  for (let unit = 0; unit < width; unit++) {
    const angle = omega * planes[0][unit];
    const sine = Math.sin(angle);
    planes[0][unit] = sine;
    if (count === 0) continue;
    const cosine = omega * Math.cos(angle);
    let square = 0;
    for (let axis = 1; axis <= count; axis++) {
      square += planes[axis][unit] * planes[axis][unit];
      planes[axis][unit] *= cosine;
    }
    planes[count + 1][unit] = cosine * planes[count + 1][unit] - omega * omega * sine * square;
  }
}
