// The page of a prior: measure a few points of a hidden picture, and watch it appear with its uncertainty.

import { attachment, blockFactors, floats, unpacked } from "./bytes.js";
import { NetworkModel } from "./network-model.js";
import { PriorModel } from "./prior-model.js";
import { parameterBlocks } from "./prior-network.js";
import { interpolated } from "./triangulation.js";
import { palette } from "./colour.js";
import { drawChart } from "./chart.js";
import { digits, element, iconButton, icons } from "./elements.js";
import { makeShell, wantedEngine } from "./shell.js";
import { isForThePage } from "./viewport.js";

const enlarging = 4; // places per pixel of the restored picture
const mostPoints = 400;

const description = JSON.parse(document.getElementById("description").textContent);
const { size, channels } = description;
const model = description.model === "network" ? networkModel() : gaussianModel();
const shell = makeShell(description, {
  summary: description.summary,
  facts: [
    ["Pictures", `${size}×${size}, ${channels} channel${channels === 1 ? "" : "s"}`],
    ["Numbers", `${description.parameters.toLocaleString("en")} of ${description.precision === "half" ? 16 : 32} bits`],
  ],
  notes: description.notes,
  keys: [
    ["click", "measure a pixel, in any of the pictures"], ["drag", "measure along a stroke"],
    ["n", "measure the best next point"], ["shift n", "ten of them"], ["r", "ten random points"],
    ["z", "take the last point back"], ["x", "forget all points"], ["t", "show the hidden picture"], ["?", "this page"],
  ],
});

/** A prior in closed form, from the numbers that `PriorPage` packs. */
function gaussianModel() {
  const { indices, codeLength } = description;
  return new PriorModel({
    size, channels, codeLength, indices, noise: description.noise, axes: floats("axes"), scales: floats("scales"),
    mean: floats("mean"), residual: floats("residual"),
    loadings: unpacked(attachment("loadings"), blockFactors(), [codeLength]),
  });
}

/** A network prior, likewise. */
function networkModel() {
  const { patch, widths, logarithms, factors, smallestLogarithm } = description;
  return new NetworkModel({
    size, channels, patch, widths, logarithms, factors, smallestLogarithm,
    parameters: unpacked(attachment("loadings"), blockFactors(), parameterBlocks(patch, widths)),
  });
}

const state = {
  truth: null, queue: [], isTruthShown: false, history: [], next: [], milliseconds: [], isReady: false, hover: null,
  last: null,
};

// The panels.

const panel = (name, title, note) => {
  const canvas = element("canvas", {
    width: size * enlarging, height: size * enlarging, tabIndex: name === "measured" ? 0 : -1, role: "img",
    "aria-label": title,
  });
  const marks = element("canvas", { class: "marks", width: 512, height: 512, "aria-hidden": "true" });
  const caption = element("span", { textContent: note });
  const heading = element("b", { textContent: title });
  const figure = element("figure", { class: "panel" },
    element("div", { class: "picture" }, canvas, marks), element("figcaption", {}, heading, caption));
  return { canvas, marks, caption, heading, figure };
};
const panels = {
  measured: panel("measured", "Measured", "click or draw here"),
  restored: panel("restored", "Restored", "the mean of the posterior"),
  deviation: panel("deviation", "Standard deviation", "bright where it is open"),
  linear: panel("linear", "Linear interpolation", "without a prior"),
};
const chart = element("canvas", { class: "chart", width: 900, height: 240, role: "img", "aria-label": "Error by points" });
const chooser = element("div", { class: "chooser", role: "group", "aria-label": "Hidden pictures" });
const file = element("input", { type: "file", accept: "image/*", hidden: true, onchange: () => open(file.files[0]) });
const dropped = element("button", {
  type: "button", class: "thumbnail own", textContent: "Your own", title: "Open a picture, or drop one on the page",
  onclick: () => file.click(),
});
shell.stage.classList.add("prior");
shell.stage.append(
  element("div", { class: "panels" }, Object.values(panels).map((one) => one.figure)),
  element("div", { class: "below" },
    element("div", {}, element("h2", { textContent: "Hidden picture" }), chooser, file),
    element("div", { class: "errors" }, element("h2", { textContent: "Error by number of points" }), chart)));

const count = element("output", { class: "time" });
const button = (text, title, onclick) =>
  element("button", { type: "button", class: "plain", textContent: text, title, onclick });
const tools = {
  next: button("Best next point", "Measure the best next point (n)", () => measureNext(1)),
  ten: button("10 best", "Measure the ten best next points (shift n)", () => measureNext(10)),
  random: button("10 random", "Measure ten random points (r)", () => measureRandom(10)),
  truth: element("button", {
    type: "button", class: "toggle", textContent: "Show truth", "aria-pressed": "false", title: "Show the hidden picture (t)",
    onclick: () => showTruth(!state.isTruthShown),
  }),
};
shell.tools.append(
  tools.next, tools.ten, tools.random, tools.truth, count, element("span", { class: "space" }),
  element("div", { class: "group" }, iconButton("Take the last point back", icons.undo, undo, "z")),
  button("Clear", "Forget all points (x)", restart));

// Drawing.

/** Puts values 0...1, `[side, side, channels]`, on a canvas of that size. */
function paint(canvas, values, side) {
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  for (let at = 0; at < side * side; at++) {
    for (let part = 0; part < 3; part++) {
      image.data[4 * at + part] = Math.round(255 * values[at * channels + (channels >= 3 ? part : 0)]);
    }
    image.data[4 * at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

function paintMeasured() {
  const { canvas } = panels.measured;
  if (state.isTruthShown) return paint(canvas, state.truth, size);
  [canvas.width, canvas.height] = [size, size];
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  for (const pixel of model.measured) {
    for (let part = 0; part < 3; part++) {
      image.data[4 * pixel + part] = Math.round(255 * state.truth[pixel * channels + (channels >= 3 ? part : 0)]);
    }
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** The standard deviation of the channels' root mean square, with the noise of a measurement. */
function deviations() {
  const result = new Float32Array(model.pixels);
  for (let pixel = 0; pixel < model.pixels; pixel++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += model.variance[pixel * channels + channel];
    result[pixel] = Math.sqrt(sum / channels + model.noise);
  }
  return result;
}

let most = null; // the brightest deviation: that of the prior
function paintDeviation() {
  const { canvas, caption } = panels.deviation;
  const own = deviations();
  // A network knows no deviation before the first point; a quarter of the range is much.
  most ??= model.isSlow ? 0.25 : own.reduce((a, b) => Math.max(a, b), 0);
  [canvas.width, canvas.height] = [size, size];
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const colours = palette("magma");
  own.forEach((value, pixel) => {
    const t = Math.min(255, Math.round((255 * value) / most));
    for (let part = 0; part < 3; part++) image.data[4 * pixel + part] = colours[4 * t + part];
    image.data[4 * pixel + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  const mean = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / own.length);
  caption.textContent = `${digits(mean, 3)} on average`;
}

/** The rings of the next points and the dots of the measured ones, over every picture. */
function paintMarks() {
  const style = getComputedStyle(document.documentElement);
  for (const [name, { marks }] of Object.entries(panels)) {
    const box = marks.getBoundingClientRect();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const side = Math.max(1, Math.round(box.width * ratio));
    [marks.width, marks.height] = [side, side];
    const context = marks.getContext("2d");
    const step = side / size;
    const place = (pixel) => [((pixel % size) + 0.5) * step, (Math.floor(pixel / size) + 0.5) * step];
    if (name === "measured" && !state.isTruthShown) {
      // A frame, because a pixel may have the colour of the paper.
      context.strokeStyle = style.getPropertyValue("--quiet");
      context.lineWidth = ratio;
      for (const pixel of model.measured) {
        const [x, y] = place(pixel).map((middle) => middle - 0.5 * (step + ratio));
        context.strokeRect(x, y, step + ratio, step + ratio);
      }
    }
    if (name === "deviation" || name === "restored") {
      context.fillStyle = "#ffffffd0";
      context.strokeStyle = "#0008";
      context.lineWidth = ratio;
      for (const pixel of model.measured) {
        context.beginPath();
        context.arc(...place(pixel), 2 * ratio, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
    }
    if (name !== "linear") {
      context.lineWidth = 2 * ratio;
      state.next.forEach((pixel, index) => {
        for (const [colour, extra] of [["#000a", 2], [name === "measured" ? style.getPropertyValue("--accent") : "#5aa2ff", 0]]) {
          context.strokeStyle = colour;
          context.lineWidth = (2 + extra) * ratio;
          context.beginPath();
          context.arc(...place(pixel), (index === 0 ? 7 : 4.5) * ratio, 0, 2 * Math.PI);
          context.stroke();
        }
      });
    }
  }
}

const clipped = (value) => Math.min(1, Math.max(0, value));

/** The root of the mean squared error over all pixels, with the measured ones pasted. */
function error(values) {
  let sum = 0;
  const measured = new Set(model.measured);
  for (let pixel = 0; pixel < model.pixels; pixel++) {
    if (measured.has(pixel)) continue;
    for (let channel = 0; channel < channels; channel++) {
      const at = pixel * channels + channel;
      sum += (clipped(values[at]) - state.truth[at]) ** 2;
    }
  }
  return Math.sqrt(sum / model.values);
}

function knownValues() {
  return Float32Array.from(model.measured.flatMap((pixel) =>
    Array.from({ length: channels }, (_, channel) => state.truth[pixel * channels + channel])));
}

function draw() {
  const points = model.measured.length;
  const enlarged = model.enlarged(size * enlarging).map(clipped);
  paint(panels.restored.canvas, enlarged, size * enlarging);
  paintMeasured();
  paintDeviation();
  const linear = points
    ? interpolated(model.measured, knownValues(), size, size, channels) : new Float32Array(model.values).fill(0.5);
  paint(panels.linear.canvas, linear, size);
  const errors = { points, prior: error(model.average), linear: points ? error(linear) : null };
  state.history = state.history.filter((one) => one.points < points).concat(errors);
  drawChart(chart, state.history);
  const level = (value) => `${digits(value, 3)} · ${(-20 * Math.log10(value)).toFixed(1)} dB`;
  panels.restored.caption.textContent = `error ${level(errors.prior)}`;
  panels.linear.caption.textContent = points ? `error ${level(errors.linear)}` : "needs a point";
  panels.measured.heading.textContent = state.isTruthShown ? "Hidden picture" : "Measured";
  panels.measured.caption.textContent = points ? `${points} of ${model.pixels} pixels` : "click or draw here";
  const time = state.milliseconds.length ? `, ${Math.round(state.milliseconds.at(-1))} ms` : "";
  count.textContent = `${points} point${points === 1 ? "" : "s"}${time}`;
  paintMarks();
}

// Measuring.

let isWaiting = false;
function enqueue(pixels) {
  const known = new Set([...model.measured, ...state.queue]);
  for (const pixel of pixels) {
    if (known.has(pixel) || known.size >= mostPoints) continue;
    known.add(pixel);
    state.queue.push(pixel);
  }
  work();
}

/** Measures what waits, for a frame's time, then shows it. */
function work() {
  if (isWaiting || !state.isReady) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    const begin = performance.now();
    while (state.queue.length && performance.now() - begin < 40) {
      const start = performance.now();
      const pixel = state.queue.shift();
      model.measure(pixel, state.truth.subarray(pixel * channels, (pixel + 1) * channels));
      if (model.isSlow) continue;
      state.next = model.next(1);
      state.milliseconds.push(performance.now() - start);
    }
    if (state.queue.length) {
      draw();
      return work();
    }
    refresh();
  });
}

let restoring = null;
/** Shows what the measured points say; a network computes for a while, and newer points replace its work. */
async function refresh() {
  if (!model.isSlow) {
    state.next = model.next(5);
    return draw();
  }
  paintMeasured();
  paintMarks();
  const own = (restoring = model.restore());
  const begin = performance.now();
  let last = begin;
  for (let step = own.next(); !step.done; step = own.next()) {
    if (performance.now() - last < 30) continue;
    shell.progress(0.3);
    await new Promise((resolve) => setTimeout(resolve));
    if (restoring !== own) return;
    last = performance.now();
  }
  restoring = null;
  shell.progress(1);
  state.next = model.next(5);
  state.milliseconds.push(performance.now() - begin);
  draw();
}

function measureNext(number) { enqueue(model.next(number)); }

function measureRandom(number) {
  const open = Array.from({ length: model.pixels }, (_, pixel) => pixel).filter((pixel) => !model.has(pixel));
  enqueue(Array.from({ length: number }, () => open.splice(Math.floor(Math.random() * open.length), 1)[0])
    .filter((pixel) => pixel !== undefined));
}

function undo() {
  state.queue = [];
  model.undo();
  refresh();
}

function restart() {
  state.queue = [];
  state.history = [];
  state.milliseconds = [];
  model.clear();
  refresh();
}

function showTruth(isShown) {
  state.isTruthShown = isShown;
  tools.truth.setAttribute("aria-pressed", `${isShown}`);
  draw();
}

// Pictures.

const thumbnails = [];
function select(values, thumbnail) {
  state.truth = values;
  state.isTruthShown = false;
  tools.truth.setAttribute("aria-pressed", "false");
  for (const one of [...thumbnails, dropped]) one.setAttribute("aria-pressed", `${one === thumbnail}`);
  restart();
}

/** The values 0...1 of a picture, its middle square in the prior's size and channels. */
function valuesOf(picture) {
  const canvas = element("canvas", { width: size, height: size });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const [width, height] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
  const side = Math.min(width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
  const { data } = context.getImageData(0, 0, size, size);
  const values = new Float32Array(model.values);
  for (let pixel = 0; pixel < model.pixels; pixel++) {
    const [red, green, blue] = data.subarray(4 * pixel, 4 * pixel + 3);
    if (channels >= 3) values.set([red / 255, green / 255, blue / 255], pixel * channels);
    else values[pixel * channels] = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  }
  return values;
}

async function decoded(blob) {
  const picture = new Image();
  picture.src = URL.createObjectURL(blob);
  await picture.decode();
  URL.revokeObjectURL(picture.src);
  return picture;
}

async function open(chosen) {
  if (!chosen) return;
  try {
    const picture = await decoded(chosen);
    dropped.style.backgroundImage = "";
    select(valuesOf(picture), dropped);
  } catch {
    shell.warn("That is no picture", "The browser cannot read the file as a picture.");
  }
}

async function loadPictures() {
  for (let index = 0; index < description.pictures; index++) {
    const blob = new Blob([attachment(`picture${index}`)], { type: "image/png" });
    const values = valuesOf(await decoded(blob));
    const small = element("canvas", {});
    paint(small, values, size);
    const thumbnail = element("button", {
      type: "button", class: "thumbnail", "aria-label": `Hidden picture ${index + 1}`,
      onclick: () => select(values, thumbnail),
    }, small);
    thumbnails.push(thumbnail);
    if (index === 0) state.truth = values;
  }
  chooser.replaceChildren(...thumbnails, dropped);
}

// Input.

const pixelAt = (event, target) => {
  const box = target.getBoundingClientRect();
  const part = (position, start, length) =>
    Math.min(size - 1, Math.max(0, Math.floor(((position - start) / length) * size)));
  return part(event.clientY, box.top, box.height) * size + part(event.clientX, box.left, box.width);
};
/** The pixels between two, every second one, so that a stroke is not a solid line. */
const stroke = (from, to) => {
  const [y0, x0, y1, x1] = [Math.floor(from / size), from % size, Math.floor(to / size), to % size];
  const steps = Math.max(Math.abs(y1 - y0), Math.abs(x1 - x0));
  return Array.from({ length: Math.floor(steps / 2) }, (_, index) => {
    const part = (2 * (index + 1)) / steps;
    return Math.round(y0 + part * (y1 - y0)) * size + Math.round(x0 + part * (x1 - x0));
  });
};
for (const { marks } of Object.values(panels)) {
  marks.addEventListener("pointerdown", (event) => {
    marks.setPointerCapture(event.pointerId);
    state.last = pixelAt(event, marks);
    enqueue([state.last]);
  });
  marks.addEventListener("pointermove", (event) => {
    if (state.last === null) return;
    const pixel = pixelAt(event, marks);
    const own = stroke(state.last, pixel);
    if (!own.length) return;
    enqueue(own);
    state.last = pixel;
  });
  for (const name of ["pointerup", "pointercancel"]) marks.addEventListener(name, () => { state.last = null; });
}
document.addEventListener("keydown", (event) => {
  if (!isForThePage(event) || !state.isReady) return;
  const actions = {
    n: () => measureNext(1), N: () => measureNext(10), r: () => measureRandom(10), z: undo, x: restart,
    t: () => showTruth(!state.isTruthShown),
  };
  actions[event.key]?.();
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  open(event.dataTransfer.files[0]);
});
new ResizeObserver(() => requestAnimationFrame(() => { if (state.isReady) draw(); })).observe(shell.stage);

/** Prepares a model piece by piece, so that the page stays alive. */
async function prepared() {
  const pieces = channels * (size + Math.ceil(description.indices.length / 128)) + Math.min(32, size) ** 2 / 8;
  let [done, last] = [0, performance.now()];
  for (const _ of model.prepare()) {
    done++;
    if (performance.now() - last < 40) continue;
    shell.progress(Math.min(0.99, done / pieces));
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  }
}

async function begin() {
  const started = performance.now();
  await loadPictures();
  if (model.load) {
    await model.load(wantedEngine() === "cpu");
    if (model.network.isFast) window.livePage.engine = "WebAssembly";
    else {
      shell.warn("No WebAssembly: computed slowly",
        "This browser has no WebAssembly with vectors, so plain JavaScript evaluates the network.");
    }
  } else await prepared();
  shell.progress(1);
  state.isReady = true;
  state.preparation = performance.now() - started;
  select(state.truth, thumbnails[0]);
}
begin();

window.livePage = {
  engine: "JavaScript",
  isComplete: () => state.isReady && !isWaiting && !restoring && state.queue.length === 0,
  times: () => ({ preparation: state.preparation, points: state.milliseconds }),
  model, state, undo, restart,
  /** Measures pixels, (row, column) each, of the hidden picture. */
  measure: (places) => enqueue(places.map(([row, column]) => row * size + column)),
  measureNext,
  mean: () => [...model.average],
  deviation: () => [...model.variance].map((value) => Math.sqrt(value + model.noise)),
  next: (number) => model.next(number).map((pixel) => [Math.floor(pixel / size), pixel % size]),
  truth: () => [...state.truth],
  linear: () => [...interpolated(model.measured, knownValues(), size, size, channels)],
  errors: () => state.history,
};
