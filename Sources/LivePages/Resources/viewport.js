// The part of a plane that a canvas shows: moved by pointer, touch, wheel and keys.

export class Viewport {
  /** @param samples `[width, height]` of the signal */
  constructor(samples) {
    this.samples = samples;
    this.size = [1, 1];
    this.isFitted = true;
    this.fit();
  }

  /** The pixels of a sample at which all of the signal is seen. */
  get fittedScale() {
    const margin = Math.min(this.size[0], this.size[1]) > 500 ? 0.94 : 1;
    return margin * Math.min(this.size[0] / this.samples[0], this.size[1] / this.samples[1]);
  }

  /** The deepest zoom: single precision still resolves a screen's pixel there. */
  get deepest() { return 8192 / Math.max(1, Math.max(...this.samples) / 1024); }

  /** Takes over the size of the canvas in pixels. */
  resize(width, height) {
    const factor = width / this.size[0];
    this.size = [width, height];
    if (this.isFitted) this.fit();
    else this.scale *= factor;
  }

  /** Shows all of the signal. */
  fit() {
    this.scale = this.fittedScale;
    this.centre = this.samples.map((count) => (count - 1) / 2);
    this.isFitted = true;
  }

  /** The place of a pixel, (x, y) in samples; the middle of the first pixel is at (0, 0). */
  place(pixel) {
    return [0, 1].map((axis) => this.centre[axis] + (pixel[axis] + 0.5 - this.size[axis] / 2) / this.scale);
  }

  /** The pixel of a place. */
  pixel(place) {
    return [0, 1].map((axis) => (place[axis] - this.centre[axis]) * this.scale - 0.5 + this.size[axis] / 2);
  }

  /** Moves the plane by so many pixels. */
  move(x, y) {
    this.isFitted = false;
    this.centre = [this.centre[0] - x / this.scale, this.centre[1] - y / this.scale];
    this.limit();
  }

  /** Enlarges around a pixel. */
  zoom(factor, pixel = [this.size[0] / 2 - 0.5, this.size[1] / 2 - 0.5]) {
    const fixed = this.place(pixel);
    this.isFitted = false;
    this.scale = Math.min(this.deepest, Math.max(this.fittedScale / 4, this.scale * factor));
    const now = this.place(pixel);
    this.centre = [0, 1].map((axis) => this.centre[axis] + fixed[axis] - now[axis]);
    this.limit();
  }

  /** The signal cannot leave the screen. */
  limit() {
    this.centre = this.centre.map((value, axis) => Math.min(this.samples[axis] - 0.5, Math.max(-0.5, value)));
  }
}

/**
 * Listens on an element and moves a viewport.
 *
 * @param ratio pixels of the canvas per pixel of the style sheet
 * @param actions `{changed, hover, drag, keys}`: the viewport changed; the pointer is at a pixel (null: it left); a drag
 *   begins at a pixel and is taken by the page if the result is true; false if another viewport takes the keys
 */
export function controlViewport(target, viewport, ratio, actions) {
  const pointers = new Map();
  let takenBy = null;
  const pixel = (event) => {
    const box = target.getBoundingClientRect();
    return [(event.clientX - box.left) * ratio(), (event.clientY - box.top) * ratio()];
  };
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], length: Math.hypot(a[0] - b[0], a[1] - b[1]) };
  };
  target.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    target.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pixel(event));
    if (pointers.size === 1 && actions.drag?.(pixel(event), event)) takenBy = event.pointerId;
    target.focus({ preventScroll: true });
  });
  target.addEventListener("pointermove", (event) => {
    const now = pixel(event);
    actions.hover?.(now);
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (takenBy === event.pointerId) return actions.dragged?.(now);
    if (pointers.size === 1) {
      pointers.set(event.pointerId, now);
      viewport.move(now[0] - before[0], now[1] - before[1]);
    } else {
      const old = spread();
      pointers.set(event.pointerId, now);
      const fresh = spread();
      viewport.move(fresh.middle[0] - old.middle[0], fresh.middle[1] - old.middle[1]);
      if (old.length > 0) viewport.zoom(fresh.length / old.length, fresh.middle);
    }
    actions.changed();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    target.addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      if (takenBy === event.pointerId) {
        takenBy = null;
        actions.dropped?.();
      }
    });
  }
  target.addEventListener("pointerleave", () => actions.hover?.(null));
  target.addEventListener("wheel", (event) => {
    if (leavesTheWheel(event, target)) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    viewport.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), pixel(event));
    actions.changed();
  }, { passive: false });
  target.addEventListener("dblclick", (event) => {
    viewport.zoom(event.shiftKey ? 0.5 : 2, pixel(event));
    actions.changed();
  });
  if (actions.keys === false) return;
  document.addEventListener("keydown", (event) => {
    if (!isForThePage(event)) return;
    const step = 0.1 * Math.min(...viewport.size);
    const keys = {
      ArrowLeft: () => viewport.move(step, 0), ArrowRight: () => viewport.move(-step, 0),
      ArrowUp: () => viewport.move(0, step), ArrowDown: () => viewport.move(0, -step),
      "+": () => viewport.zoom(1.5), "=": () => viewport.zoom(1.5), "-": () => viewport.zoom(1 / 1.5),
      0: () => viewport.fit(), 1: () => viewport.zoom(ratio() / viewport.scale),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
    actions.changed();
  });
}

/** Whether the wheel scrolls the page around a frame: until the reader clicks into the picture. */
export function leavesTheWheel(event, target) {
  return window !== window.top && !event.ctrlKey && document.activeElement !== target;
}

/** Whether a key is meant for the page and not for a tool, a menu or the browser. */
export function isForThePage(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return false;
  return !["INPUT", "SELECT"].includes(event.target.tagName);
}
