// The engine without a graphics processor, in plain JavaScript; `webgl.js` says what its methods do.

import { colourOf } from "./colour.js";

export class ProcessorEngine {
  constructor(field, canvas) {
    this.field = field;
    this.canvas = canvas;
    this.isFast = false;
    this.name = "JavaScript";
    this.device = "the processor";
    this.reference = null;
  }

  /** A picture file to compare with, as decoded by the browser. */
  setReference(picture) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    this.reference = context.getImageData(0, 0, canvas.width, canvas.height);
  }

  /** Four floats per point, to be filled part by part. */
  target(width, height) { return { width, height, numbers: new Float32Array(4 * width * height) }; }

  release() {}

  /** Writes a quantity into parts of a target; see `WebGLEngine.fill`. */
  fill(target, map, what, rectangles) {
    const { field } = this;
    const place = new Float64Array(field.dimensions);
    for (const [left, top, width, height] of rectangles) {
      for (let y = top; y < Math.min(target.height, top + height); y++) {
        for (let x = left; x < Math.min(target.width, left + width); x++) {
          const at = 4 * (y * target.width + x);
          if (map.point) {
            target.numbers.set(map.point(field, x, y), at);
            continue;
          }
          for (let axis = 0; axis < place.length; axis++) {
            place[axis] = map.start[axis] + x * map.across[axis] + y * map.down[axis];
          }
          target.numbers.set(numbersAt(field, place, map.along, what), at);
        }
      }
    }
  }

  async finish() {}

  async read(target) { return target.numbers; }

  mask(columns, rows) { return { columns, rows, bytes: new Uint8Array(columns * rows) }; }
  update() {}
  releaseMask() {}

  show(scene) { this.canvas.getContext("2d").putImageData(this.drawn(scene), 0, 0); }

  async colours(scene) { return this.drawn(scene).data; }

  drawn(scene) {
    const { width, height, fine, backdrop, style } = scene;
    const image = new ImageData(width, height);
    const bytes = image.data;
    const paper = scene.paper.map((part) => 255 * part);
    const split = this.reference ? scene.split ?? 1e9 : 1e9;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = 4 * (y * width + x);
        const unit = [0, 1].map(
          (axis) => ([x, y][axis] * scene.toSignal[axis] + scene.toSignal[2 + axis] + 0.5) / scene.samples[axis]);
        const isInside = unit.every((part) => part >= 0 && part <= 1);
        let colour = null;
        if (!isInside && !scene.beyond) colour = null;
        else if (x >= split && isInside) colour = this.truth(unit);
        else {
          const numbers = numbersOf(fine, backdrop, x, y);
          colour = numbers && colourOf(numbers, style);
          if (colour && colour[3] < 1) {
            const square = ((x >> 3) & 1) === ((y >> 3) & 1) ? 0.62 : 0.78;
            for (let part = 0; part < 3; part++) colour[part] = square + (colour[part] - square) * colour[3];
          }
        }
        for (let part = 0; part < 3; part++) {
          let byte = colour ? 255 * colour[part] : paper[part];
          if (colour && !isInside) byte += (paper[part] - byte) * 0.35;
          bytes[at + part] = Math.round(byte);
        }
        bytes[at + 3] = 255;
      }
    }
    return image;
  }

  truth(unit) {
    const { width, height, data } = this.reference;
    const x = Math.min(width - 1, Math.floor(unit[0] * width));
    const y = Math.min(height - 1, Math.floor(unit[1] * height));
    return [0, 1, 2, 3].map((part) => data[4 * (y * width + x) + part] / 255);
  }
}

/** The four numbers that the shaders write for a quantity. */
export function numbersAt(field, place, along, what) {
  const result = [0, 0, 0, 0];
  const block = field.at(place, what === 0 ? [] : along);
  if (what === 1) {
    let square = 0;
    for (let channel = 0; channel < field.outputs; channel++) {
      const [down, right] = [block.gradient[0][channel], block.gradient[1][channel]];
      result[0] += right;
      result[1] += down;
      square += right * right + down * down;
    }
    result[2] = Math.sqrt(square / field.outputs);
    return result;
  }
  const shown = what === 0 ? block.value : what === 4 ? block.laplacian : block.gradient[what === 2 ? 1 : 0];
  for (let channel = 0; channel < Math.min(4, field.outputs); channel++) result[channel] = shown[channel];
  return result;
}

/** The numbers that the layers have for a pixel; null where nothing is known yet. */
function numbersOf(fine, backdrop, x, y) {
  if (fine) {
    const { mask, tile, target } = fine;
    if (!mask || mask.bytes[Math.floor(y / tile) * mask.columns + Math.floor(x / tile)]) {
      const at = 4 * (y * target.width + x);
      return target.numbers.subarray(at, at + 4);
    }
  }
  if (!backdrop) return null;
  const { target, from } = backdrop;
  const clamped = (value, most) => Math.min(most, Math.max(0, value));
  const [px, py] = [x * from[0] + from[2], y * from[1] + from[3]];
  const [lowX, lowY] = [Math.floor(px), Math.floor(py)];
  const result = [0, 0, 0, 0];
  for (const [cornerX, weightX] of [[lowX, 1 - px + lowX], [lowX + 1, px - lowX]]) {
    for (const [cornerY, weightY] of [[lowY, 1 - py + lowY], [lowY + 1, py - lowY]]) {
      const at = 4 * (clamped(cornerY, target.height - 1) * target.width + clamped(cornerX, target.width - 1));
      for (let part = 0; part < 4; part++) result[part] += weightX * weightY * target.numbers[at + part];
    }
  }
  return result;
}
