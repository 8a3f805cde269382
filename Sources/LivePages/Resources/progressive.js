// A view drawn in slices of time: coarse first, then finer, then tile by tile from the middle.
//
// Until the finest level is complete, the last complete one stands behind it, moved to the new view.

const coarsest = 32;

export class Progressive {
  constructor(engine) {
    this.engine = engine;
    this.tile = engine.isFast ? 32 : 16;
    this.rates = new Map(); // points per millisecond, for values and for derivatives
    this.backdrop = null;
    this.level = null;
    this.levels = [];
    this.isComplete = true;
    this.started = 0;
    this.firstMilliseconds = null;
    this.milliseconds = null;
  }

  get rate() { return this.rates.get(this.request?.what === 0) ?? (this.engine.isFast ? 50 : 5); }

  /**
   * Begins a view.
   *
   * @param request `{width, height, map, what, key}`: the view's pixels, the places of its points, the quantity, and
   *   a key; a view with another key cannot stand behind this one
   */
  begin(request) {
    this.drop(this.level);
    this.level = null;
    if (this.backdrop && this.backdrop.key !== request.key) {
      this.engine.release(this.backdrop.target);
      this.backdrop = null;
    }
    this.request = request;
    this.levels = this.steps(request);
    this.isComplete = false;
    this.started = performance.now();
    this.firstMilliseconds = null;
  }

  /** The sizes of the blocks of each level: 1 alone if all of it takes no longer than a frame. */
  steps({ width, height, isMoving }) {
    if ((width * height) / this.rate < 24 && this.rates.size > 0) return [1];
    let first = 1;
    while (first < coarsest && (width * height) / (first * first) / this.rate > 30) first *= 2;
    // What moves by itself is drawn as fine as a frame's time allows.
    if (isMoving && this.rates.size > 0) return [first];
    const steps = [];
    for (let step = first; step > 1; step = Math.max(1, step >> 2)) steps.push(step);
    return [...steps, 1];
  }

  /**
   * Shows a scene on the canvas. While parts of the view are missing it waits until the scene is drawn.
   *
   * @returns the milliseconds that this took
   */
  async show(scene) {
    const began = performance.now();
    this.engine.show(scene);
    if (!this.isComplete) await this.engine.finish();
    return performance.now() - began;
  }

  /**
   * Continues for about so many milliseconds.
   *
   * @returns whether there is something new to show
   */
  async advance(budget) {
    if (this.isComplete || !this.request) return false;
    const begin = performance.now();
    let isNew = false;
    do {
      if (!this.level && !this.open()) break;
      isNew = (await this.slice(budget - (performance.now() - begin))) || isNew;
    } while (!this.isComplete && performance.now() - begin < budget);
    return isNew || this.isComplete;
  }

  /** Prepares the next level; false if there is none. */
  open() {
    const step = this.levels.shift();
    if (!step) return false;
    const { map, width, height } = this.request;
    const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
    const tiles = [];
    for (let y = 0; y < rows; y += this.tile) {
      for (let x = 0; x < columns; x += this.tile) {
        tiles.push([x, y, Math.min(this.tile, columns - x), Math.min(this.tile, rows - y)]);
      }
    }
    const away = ([x, y]) => Math.hypot(x + this.tile / 2 - columns / 2, y + this.tile / 2 - rows / 2);
    tiles.sort((a, b) => away(a) - away(b));
    this.level = {
      step, tiles, map: coarse(map, step), target: this.engine.target(columns, rows), done: 0, count: tiles.length,
      mask: step === 1 && tiles.length > 1
        ? this.engine.mask(Math.ceil(columns / this.tile), Math.ceil(rows / this.tile)) : null,
    };
    return true;
  }

  async slice(remaining) {
    const { level, engine, request } = this;
    const points = this.tile * this.tile;
    const isWhole = request.width * request.height / this.rate < 24 && this.rates.size > 0;
    const count = isWhole
      ? level.tiles.length : Math.max(1, Math.floor((this.rate * Math.max(1, remaining)) / points));
    const own = level.tiles.splice(0, count);
    const begin = performance.now();
    const isAll = own.length === level.count;
    engine.fill(
      level.target, level.map, request.what, isAll ? [[0, 0, level.target.width, level.target.height]] : own);
    await engine.finish();
    const filled = own.reduce((sum, tile) => sum + tile[2] * tile[3], 0);
    this.measure(filled, performance.now() - begin);
    level.done += own.length;
    if (level.mask) {
      for (const [x, y] of own) {
        level.mask.bytes[(y / this.tile) * level.mask.columns + x / this.tile] = 255;
      }
      engine.update(level.mask);
    }
    if (level.tiles.length === 0) this.close();
    return this.level === null || level.mask !== null;
  }

  /** The first measurement contains the compilation of a shader, so later ones replace it quickly. */
  measure(points, milliseconds) {
    const isValue = this.request.what === 0;
    const rate = points / Math.max(0.05, milliseconds);
    const known = this.rates.get(isValue);
    this.rates.set(isValue, known ? known + (rate - known) * (rate > known ? 0.6 : 0.3) : rate);
  }

  /** Makes the complete level the backdrop. */
  close() {
    const { level, engine, request } = this;
    if (this.backdrop) engine.release(this.backdrop.target);
    if (level.mask) engine.releaseMask(level.mask);
    this.backdrop = { target: level.target, map: level.map, key: request.key };
    this.level = null;
    this.firstMilliseconds ??= performance.now() - this.started;
    if (this.levels.length === 0) {
      this.isComplete = true;
      this.milliseconds = performance.now() - this.started;
    }
  }

  drop(level) {
    if (!level) return;
    this.engine.release(level.target);
    if (level.mask) this.engine.releaseMask(level.mask);
  }

  /** How much of the work is done, 0...1. */
  get progress() {
    if (this.isComplete) return 1;
    return this.level?.step === 1 ? this.level.done / this.level.count : 0;
  }

  /** The layers to show for the current view: `{fine, backdrop}`. */
  layers() {
    const { map } = this.request;
    const isShown = this.level?.mask && this.level.done > 0;
    const behind = this.backdrop;
    return {
      fine: isShown ? { target: this.level.target, mask: this.level.mask, tile: this.tile } : null,
      backdrop: behind && { target: behind.target, from: between(map, behind.map) },
    };
  }
}

/** The places of blocks of pixels: of the middle of each. */
function coarse(map, step) {
  if (map.coarse) return map.coarse(step);
  const middle = (step - 1) / 2;
  return {
    ...map, start: map.start.map((value, axis) => value + middle * (map.across[axis] + map.down[axis])),
    across: map.across.map((value) => step * value), down: map.down.map((value) => step * value),
  };
}

/** The pixel of another view at a pixel of this one: factors and offsets along x and y. */
function between(map, other) {
  if (!map.columns) {
    // A camera has no places to compare: the blocks lie on the same screen.
    const first = ((map.size - 1) / 2 - (other.size - 1) / 2) / other.size;
    return [map.size / other.size, map.size / other.size, first, first];
  }
  const { columns, rows } = map;
  const [stepX, stepY] = [other.across[columns.axis], other.down[rows.axis]];
  return [
    map.across[columns.axis] / stepX, map.down[rows.axis] / stepY,
    (map.start[columns.axis] - other.start[columns.axis]) / stepX,
    (map.start[rows.axis] - other.start[rows.axis]) / stepY,
  ];
}
