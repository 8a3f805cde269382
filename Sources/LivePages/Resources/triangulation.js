// Linear interpolation in Delaunay triangles, the method to compare with.

/** Twice the signed area of a triangle. */
const area = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** Stands for a corner infinitely far away: a triangle with it is the half-plane beyond an edge of the hull. */
const ghost = -1;

/** Whether a point lies inside the circle through the corners of a triangle that runs anticlockwise. */
function isInCircle(points, triangle, p) {
  const away = triangle.indexOf(ghost);
  if (away >= 0) {
    const [a, b] = [points[triangle[(away + 1) % 3]], points[triangle[(away + 2) % 3]]];
    const side = area(a, b, p);
    // A point on the edge itself divides it.
    return side > 0 || (side === 0 && (p[0] - a[0]) * (p[0] - b[0]) + (p[1] - a[1]) * (p[1] - b[1]) < 0);
  }
  const [ax, ay, bx, by, cx, cy] = triangle.flatMap((corner) => [points[corner][0] - p[0], points[corner][1] - p[1]]);
  const [aa, bb, cc] = [ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy];
  // Pixels are whole numbers, so this is exact.
  return ax * (by * cc - bb * cy) - ay * (bx * cc - bb * cx) + aa * (bx * cy - by * cx) > 0;
}

/** The Delaunay triangles of points, as indices (Bowyer 1981, Watson 1981); none if all are on a line. */
export function triangles(points) {
  const third = points.findIndex((point) => area(points[0], points[1], point) !== 0);
  if (third < 0) return [];
  const [a, b, c] = area(points[0], points[1], points[third]) > 0 ? [0, 1, third] : [1, 0, third];
  let found = [[a, b, c], [b, a, ghost], [c, b, ghost], [a, c, ghost]];
  points.forEach((point, index) => {
    if (index < 2 || index === third) return;
    const borders = new Map();
    const kept = [];
    for (const triangle of found) {
      if (!isInCircle(points, triangle, point)) {
        kept.push(triangle);
        continue;
      }
      // An edge that two removed triangles share disappears.
      for (let corner = 0; corner < 3; corner++) {
        const [from, to] = [triangle[corner], triangle[(corner + 1) % 3]];
        if (!borders.delete(`${to},${from}`)) borders.set(`${from},${to}`, [from, to]);
      }
    }
    for (const [from, to] of borders.values()) kept.push([from, to, index]);
    found = kept;
  });
  return found.filter((triangle) => !triangle.includes(ghost));
}

/**
 * A picture of which some pixels are known, by linear interpolation; outside all triangles by the nearest known pixel.
 *
 * @param pixels `row * width + column` of the known pixels
 * @param values `[known, channels]`
 * @returns `[height, width, channels]`
 */
export function interpolated(pixels, values, width, height, channels) {
  const points = pixels.map((pixel) => [pixel % width, Math.floor(pixel / width)]);
  const result = new Float32Array(width * height * channels);
  const isFilled = new Uint8Array(width * height);
  for (const [a, b, c] of points.length > 2 ? triangles(points) : []) {
    const corners = [points[a], points[b], points[c]];
    const whole = area(...corners);
    if (whole === 0) continue;
    const [left, right] = [0, 1].map((end) => Math[end ? "max" : "min"](...corners.map((corner) => corner[0])));
    const [top, bottom] = [0, 1].map((end) => Math[end ? "max" : "min"](...corners.map((corner) => corner[1])));
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const weights = [
          area([x, y], corners[1], corners[2]) / whole, area(corners[0], [x, y], corners[2]) / whole,
          area(corners[0], corners[1], [x, y]) / whole,
        ];
        if (weights.some((weight) => weight < -1e-12)) continue;
        const at = y * width + x;
        isFilled[at] = 1;
        for (let channel = 0; channel < channels; channel++) {
          result[at * channels + channel] = weights[0] * values[a * channels + channel]
            + weights[1] * values[b * channels + channel] + weights[2] * values[c * channels + channel];
        }
      }
    }
  }
  for (let at = 0; at < width * height; at++) {
    if (isFilled[at] || !points.length) continue;
    let [nearest, least] = [0, Infinity];
    points.forEach(([x, y], index) => {
      const away = (x - (at % width)) ** 2 + (y - Math.floor(at / width)) ** 2;
      // Of several at one distance the leftmost, and of these the uppermost, as in the program.
      const [ownX, ownY] = points[nearest];
      if (away < least || (away === least && (x < ownX || (x === ownX && y < ownY)))) [nearest, least] = [index, away];
    });
    for (let channel = 0; channel < channels; channel++) {
      result[at * channels + channel] = values[nearest * channels + channel];
    }
  }
  return result;
}
