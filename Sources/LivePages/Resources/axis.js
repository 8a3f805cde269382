// One axis of a field: where its cells lie and how they are blended. The program's CellAxis in JavaScript.
//
// Positions ("places") are in samples: 0 is the centre of the first one. A cell's network takes
// (place - middle) * rate.

const leastWindow = 1e-6;

/** The axes of a field, in the order of its coordinates. */
export function axes(grid, samples, coordinates) {
  return Array.from({ length: coordinates }, (_, axis) => {
    if (!grid) return wholeAxis(samples[axis]);
    return grid.window === "quintic"
      ? quinticAxis(grid.samples[axis], grid.cells[axis], grid.overlap[axis])
      : sineAxis(grid.samples[axis], grid.starts[axis], grid.size[axis]);
  });
}

/** One network for the whole axis, whose coordinate is -1 at the first sample and 1 at the last one. */
function wholeAxis(samples) {
  return {
    kind: "whole", samples, cells: 1, rate: 2 / Math.max(1, samples - 1),
    middle: () => (samples - 1) / 2,
    members: () => [{ cell: 0, weight: 1, slope: 0, curvature: 0 }],
  };
}

/** Cells of equal length, with windows of two continuous derivatives. */
function quinticAxis(samples, cells, wanted) {
  const length = samples / cells;
  const overlap = Math.min(wanted, length / 2);
  const pair = (cell, fraction) => {
    const t = Math.min(1, Math.max(0, fraction));
    const [rest, width] = [1 - t, 2 * overlap];
    const weight = t * t * t * (t * (6 * t - 15) + 10);
    const slope = (30 * t * t * rest * rest) / width;
    const curvature = (60 * t * rest * (1 - 2 * t)) / (width * width);
    return [
      { cell, weight: 1 - weight, slope: -slope, curvature: -curvature },
      { cell: cell + 1, weight, slope, curvature },
    ];
  };
  return {
    kind: "quintic", samples, cells, length, overlap, rate: 2 / length,
    middle: (cell) => (cell + 0.5) * length - 0.5,
    members(place) {
      const cell = Math.min(cells - 1, Math.max(0, Math.floor((place + 0.5) / length)));
      const start = cell * length - 0.5;
      if (cell > 0 && place - start < overlap) {
        return pair(cell - 1, (place - start + overlap) / (2 * overlap));
      }
      if (cell + 1 < cells && start + length - place < overlap) {
        return pair(cell, (place - start - length + overlap) / (2 * overlap));
      }
      return [{ cell, weight: 1, slope: 0, curvature: 0 }];
    },
  };
}

/** Cells of one size that begin at given samples; windows of sine squared, not yet divided by their sum. */
function sineAxis(samples, starts, size) {
  // The cells of a sample: windows begin and end half-way between samples.
  const table = new Float32Array(2 * samples);
  for (let sample = 0, first = 0, end = 0; sample < samples; sample++) {
    while (end < starts.length && starts[end] <= sample) end++;
    while (first < end && starts[first] + size <= sample) first++;
    table[2 * sample] = first;
    table[2 * sample + 1] = end - first;
  }
  const rate = Math.PI / size;
  return {
    kind: "sine", samples, cells: starts.length, length: size, size, starts, table, rate: 2 / size,
    middle: (cell) => starts[cell] + (size - 1) / 2,
    members(place) {
      if (!(place > -0.5)) return [{ cell: 0, weight: 1, slope: 0, curvature: 0 }];
      if (!(place < samples - 0.5)) {
        return [{ cell: starts.length - 1, weight: 1, slope: 0, curvature: 0 }];
      }
      const sample = Math.min(samples - 1, Math.max(0, Math.floor(place + 0.5)));
      const found = [];
      for (let number = 0; number < table[2 * sample + 1]; number++) {
        const cell = table[2 * sample] + number;
        const angle = rate * (place - starts[cell] + 0.5);
        const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
        found.push(
          sine * sine < leastWindow
            ? { cell, weight: leastWindow, slope: 0, curvature: 0 }
            : {
                cell, weight: sine * sine, slope: 2 * rate * sine * cosine,
                curvature: 2 * rate * rate * (cosine * cosine - sine * sine),
              });
      }
      return found;
    },
  };
}
