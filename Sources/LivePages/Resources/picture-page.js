// The page of a picture or of a clip: a field of rows and columns, and of time.

import { attachment } from "./bytes.js";
import { Progressive } from "./progressive.js";
import { Viewport, controlViewport, isForThePage } from "./viewport.js";
import { colourRules, palette, paletteNames, quantities } from "./colour.js";
import {
  digits, element, iconButton, icons, label, menu, savePicture, segments, slider, styleColour,
} from "./elements.js";
import { followSize, frameBudget, frameLoop, makeShell } from "./shell.js";

const probeSide = 160; // points per side of the grid that determines the brightness of a derivative

/** Builds the page; the result is what scripts and tests call. */
export function picturePage(description, field, engine, facts) {
  const isClip = field.dimensions === 3;
  const [rowAxis, columnAxis] = isClip ? [1, 2] : [0, 1];
  const samples = [field.samples(columnAxis), field.samples(rowAxis)];
  const frames = isClip ? field.samples(0) : 1;
  const channels = field.outputs;
  const range = description.range ?? [0, 1];
  const shell = makeShell(description, {
    summary: facts.summary, facts: facts.list, notes: facts.notes,
    keys: [
      ["drag", "move the picture"], ["wheel", "enlarge around the pointer; pinch on a touch screen"],
      ["← ↑ → ↓", "move"], ["+ −", "enlarge, reduce"], ["0", "show all of it"], ["1", "one pixel per pixel"],
      ["v g l", "value, gradient, Laplacian"], ["b", "show the field beyond the picture"],
      ...(description.reference ? [["c", "compare with the picture that was fitted"]] : []),
      ...(isClip ? [["space", "play and pause"], [", .", "previous and next frame"]] : []),
      ["?", "this page"],
    ],
  });

  const state = {
    shown: "value", component: "gradient", palette: "grey", brightness: 0, contrast: 0, beyond: false,
    split: null, frame: 0, isPlaying: false, pointer: null,
  };
  const { canvas } = engine;
  label(canvas, `${description.title}, drawn live from its network`);
  shell.stage.prepend(canvas);
  if (engine.notice) shell.warn(...engine.notice);
  const view = new Viewport(samples);
  const progressive = new Progressive(engine);
  const measuring = new Progressive(engine);
  measuring.rates = progressive.rates;
  const scales = new Map(); // full brightness of each derivative, found when it is first shown
  let ratio = 1;
  let isStale = true;
  let isDirty = true;
  let paper = styleColour("--stage");

  // What is shown.

  const quantityName = () => (state.shown === "gradient" ? state.component : state.shown);
  const quantity = () => quantities[quantityName()];
  const usesPalette = (name = quantityName()) => {
    const { colours } = quantities[name];
    return colours === "length" || (channels <= 2 && !["wheel", "direction"].includes(colours));
  };

  const style = (name = quantityName()) => {
    const own = quantities[name];
    const spread = 2 ** state.contrast / 2;
    const isValue = own.colours === "value";
    return {
      rule: own.colours, channels, palette: palette(usesPalette(name) ? state.palette : "grey"),
      scale: (scales.get(name) ?? 1) / 2 ** state.brightness,
      low: isValue ? 0.5 - 0.5 / (2 * spread) : 0, high: isValue ? 0.5 + 0.5 / (2 * spread) : 1,
    };
  };

  const mapOf = (start, step) => {
    const full = (row, column) => (isClip ? [0, row, column] : [row, column]);
    const begin = full(start[1], start[0]);
    if (isClip) begin[0] = state.frame;
    return {
      start: begin, across: full(0, step[0]), down: full(step[1], 0), along: [rowAxis, columnAxis],
      columns: { axis: columnAxis }, rows: { axis: rowAxis },
    };
  };

  const viewRequest = () => ({
    width: canvas.width, height: canvas.height, what: quantity().what, key: `${quantity().what}`,
    map: mapOf(view.place([0, 0]), [1 / view.scale, 1 / view.scale]), isMoving: state.isPlaying,
  });

  const scene = () => ({
    width: canvas.width, height: canvas.height, ...progressive.layers(), style: style(), samples,
    toSignal: [1 / view.scale, 1 / view.scale, ...view.place([0, 0])], beyond: state.beyond, paper,
    split: state.split === null ? null : splitPixel(),
  });

  // The reference is to the right of a line that the reader moves; it stands still on the screen.
  const splitPixel = () => Math.round(state.split * canvas.width);

  /** Whether the brightness of a derivative is known; continues to find it if not. */
  const hasScale = async (name) => {
    const own = quantities[name];
    if (!own.derivatives || own.colours === "direction" || scales.has(name)) return true;
    search ??= continueSearch(name).finally(() => { search = null; });
    await search;
    return scales.has(name);
  };
  let search = null;
  const continueSearch = async (name) => {
    // What was begun is finished first.
    if (!measuring.request) measuring.begin(probeRequest(name));
    await measuring.advance(frameBudget(shownIn));
    if (!measuring.isComplete) return;
    const { key } = measuring.request;
    scales.set(key, brightest(await engine.read(measuring.backdrop.target), quantities[key], channels));
    measuring.request = null;
  };

  const probeRequest = (name) => {
    const [width, height] = samples.map((count) => Math.min(probeSide, count));
    return {
      width, height, what: quantities[name].what, key: name,
      map: mapOf([0, 0], [width, height].map((count, axis) => (samples[axis] - 1) / Math.max(1, count - 1))),
    };
  };

  let lastTime = 0;
  let shownIn = 0;
  const loop = frameLoop(async () => {
    if (canvas.width < 2) return false;
    playOn();
    if (!(await hasScale(quantityName()))) {
      shell.progress(0.02);
      return true;
    }
    if (isStale) {
      progressive.begin(viewRequest());
      isStale = false;
      isDirty = true;
    }
    if (await progressive.advance(frameBudget(shownIn))) isDirty = true;
    if (isDirty) {
      isDirty = false;
      shownIn = await progressive.show(scene());
    }
    shell.progress(progressive.progress);
    return !progressive.isComplete || state.isPlaying;
  });
  const changed = () => { isStale = true; placeHandle(); update(); loop.request(); };
  const repaint = () => { isDirty = true; update(); loop.request(); };

  // Tools.

  const redrawn = (name, value) => { state[name] = value; changed(); };
  const kinds = segments("Quantity",
    [["value", "Value"], ["gradient", "Gradient"], ["laplacian", "Laplacian"]], "value",
    (value) => redrawn("shown", value));
  const components = menu("Part",
    [["gradient", "Colour wheel"], ["magnitude", "Magnitude"], ["direction", "Direction"], ["x", "To the right"],
      ["y", "Downwards"]], "gradient", (value) => redrawn("component", value));
  const palettes = menu("Colours", paletteNames.map((name) => [name, name[0].toUpperCase() + name.slice(1)]), "grey",
    (value) => { state.palette = value; repaint(); });
  const brightness = slider("Brightness", { min: -3, max: 3, step: 0.05, value: 0 },
    (value) => { state.brightness = value; repaint(); });
  const contrast = slider("Contrast", { min: -1, max: 4, step: 0.05, value: 0 },
    (value) => { state.contrast = value; repaint(); });
  const compare = description.reference && element("button", {
    type: "button", class: "toggle", textContent: "Compare", "aria-pressed": "false", title: "Compare (c)",
    onclick: () => {
      state.split = state.split === null ? 0.5 : null;
      compare.setAttribute("aria-pressed", `${state.split !== null}`);
      placeHandle();
      repaint();
    },
  });
  const zoomed = (change) => () => { change(); changed(); };
  shell.tools.append(
    kinds.group, components, palettes, brightness, contrast, ...(compare ? [compare] : []),
    element("span", { class: "space" }),
    element("div", { class: "group" },
      iconButton("Reduce", icons.minus, zoomed(() => view.zoom(1 / 1.5)), "−"),
      iconButton("Enlarge", icons.plus, zoomed(() => view.zoom(1.5)), "+"),
      iconButton("Show all", icons.fit, zoomed(() => view.fit()), "0"),
      iconButton("Save this view", icons.save, () => { engine.show(scene()); savePicture(canvas, description.title); })));

  // The line between the field and the picture that was fitted.

  const handle = element("div", { class: "split", hidden: true },
    element("span", { class: "left", textContent: "field" }), element("i"),
    element("span", { class: "right", textContent: "picture" }));
  shell.stage.append(handle);
  const placeHandle = () => {
    handle.hidden = state.split === null;
    handle.style.left = `${100 * (state.split ?? 0)}%`;
  };
  handle.addEventListener("wheel", (event) => {
    event.preventDefault();
    canvas.dispatchEvent(new WheelEvent("wheel", event));
  }, { passive: false });
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = canvas.getBoundingClientRect();
    state.split = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    placeHandle();
    repaint();
  });

  // The value under the pointer.

  const readout = element("output", { class: "readout" });
  const rate = element("output", { class: "readout zoom" });
  shell.stage.append(readout, rate);
  const inUnit = (value) => range[0] + (0.5 * value + 0.5) * (range[1] - range[0]);
  const update = () => {
    components.hidden = state.shown !== "gradient";
    palettes.hidden = !usesPalette();
    brightness.hidden = !quantity().derivatives || quantity().colours === "direction";
    contrast.hidden = quantity().colours !== "value";
    const enlarged = view.scale / ratio;
    rate.textContent = `${enlarged >= 10 ? Math.round(enlarged) : digits(enlarged, 2)}×  ${engine.name}`;
    const place = state.pointer && view.place(state.pointer);
    const isOn = place && place.every((value, axis) => value >= -0.5 && value <= samples[axis] - 0.5);
    if (!isOn && !(place && state.beyond)) {
      readout.hidden = true;
      return;
    }
    readout.hidden = false;
    const finer = Math.max(1, Math.min(6, Math.ceil(Math.log10(view.scale)) + 1));
    const where = `x ${place[0].toFixed(finer)}  y ${place[1].toFixed(finer)}`;
    const at = isClip ? [state.frame, place[1], place[0]] : [place[1], place[0]];
    const block = field.at(at, quantity().derivatives ? [rowAxis, columnAxis] : []);
    readout.replaceChildren(
      element("span", { class: "where", textContent: where }), ...readings(block, quantityName(), inUnit, range));
  };

  // Clips.

  const time = isClip ? timeline() : null;
  function timeline() {
    const rateOfFrames = description.signal?.frame_rate ?? 25;
    const play = iconButton("Play", icons.play, () => toggle(), "space");
    const bar = element("input", {
      type: "range", min: 0, max: frames - 1, step: "any", value: 0, "aria-label": "Time",
      oninput: () => { state.frame = Number(bar.value); pause(); changed(); show(); },
    });
    const text = element("output", {});
    const show = () => {
      bar.value = state.frame;
      text.textContent = `${(state.frame / rateOfFrames).toFixed(2)} s   frame ${state.frame.toFixed(1)}`;
    };
    const redraw = () => {
      play.replaceChildren(...iconButton("", state.isPlaying ? icons.pause : icons.play).childNodes);
      play.setAttribute("aria-label", state.isPlaying ? "Pause" : "Play");
    };
    const toggle = () => {
      state.isPlaying = !state.isPlaying;
      lastTime = performance.now();
      redraw();
      changed();
    };
    const pause = () => { if (state.isPlaying) toggle(); };
    show();
    shell.stage.append(element("div", { class: "timeline" }, play, bar, text));
    return { show, toggle, pause, rate: rateOfFrames };
  }
  const playOn = () => {
    if (!state.isPlaying) return;
    const now = performance.now();
    // A frame that is still being drawn is finished first, coarse if need be.
    if (!progressive.isComplete && progressive.request) return;
    state.frame = (state.frame + ((now - lastTime) / 1000) * time.rate) % Math.max(1, frames - 1);
    lastTime = now;
    time.show();
    isStale = true;
  };

  // Input.

  controlViewport(canvas, view, () => ratio, {
    changed, hover: (pixel) => { state.pointer = pixel; update(); },
  });
  document.addEventListener("keydown", (event) => {
    if (!isForThePage(event)) return;
    const chosen = { v: "value", g: "gradient", l: "laplacian" }[event.key];
    if (chosen) {
      kinds.select(chosen);
      redrawn("shown", chosen);
    } else if (event.key === "b") {
      state.beyond = !state.beyond;
      changed();
    } else if (event.key === "c" && compare) compare.click();
    else if (isClip && event.key === " " && event.target.tagName !== "BUTTON") {
      event.preventDefault();
      time.toggle();
    } else if (isClip && (event.key === "," || event.key === ".")) {
      time.pause();
      const step = event.key === "." ? 1 : -1;
      state.frame = Math.min(frames - 1, Math.max(0, Math.round(state.frame) + step));
      time.show();
      changed();
    }
  });
  followSize(shell.stage, engine.isFast ? 2 : 1, (width, height, newRatio) => {
    ratio = newRatio;
    [canvas.width, canvas.height] = [width, height];
    view.resize(width, height);
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    paper = styleColour("--stage");
    repaint();
  });
  if (description.reference) loadReference();
  function loadReference() {
    const picture = new Image();
    picture.onload = () => { engine.setReference(picture); repaint(); };
    const blob = new Blob([attachment("reference")], { type: description.reference });
    picture.src = URL.createObjectURL(blob);
  }

  return {
    isComplete: () => loop.isIdle() && progressive.isComplete && progressive.request !== undefined,
    times: () => ({ first: progressive.firstMilliseconds, all: progressive.milliseconds }),
    view, state, changed,
    /** The field at a place (x, y) in samples, as the readout computes it. */
    at: (x, y, what = "value") => {
      const place = isClip ? [state.frame, y, x] : [y, x];
      const block = field.at(place, what === "value" ? [] : [rowAxis, columnAxis]);
      return { value: [...block.value], gradient: block.gradient.map((one) => [...one]), laplacian: [...block.laplacian] };
    },
    /** The whole picture in a size, as 8-bit colours `[height, width, 4]` in base64, drawn as the page draws. */
    async pixels(width, height, name = "value") {
      while (!(await hasScale(name)));
      const steps = [width, height].map((count, axis) => (samples[axis] - 1) / Math.max(1, count - 1));
      const target = engine.target(width, height);
      for (let top = 0; top < height; top += 64) {
        engine.fill(
          target, mapOf([0, 0], steps), quantities[name].what, [[0, top, width, Math.min(64, height - top)]]);
        await engine.finish();
      }
      const bytes = await engine.colours({
        width, height, fine: { target, mask: null, tile: 1 }, backdrop: null, style: style(name), samples,
        toSignal: [...steps, 0, 0], beyond: true, paper, split: null,
      });
      engine.release(target);
      let text = "";
      for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
      return btoa(text);
    },
  };
}

/** The magnitude that 199 of 200 points do not exceed. */
function brightest(numbers, quantity, channels) {
  const magnitudes = [];
  for (let at = 0; at < numbers.length; at += 4) {
    if (quantity.colours === "signed") {
      for (let channel = 0; channel < channels; channel++) magnitudes.push(Math.abs(numbers[at + channel]));
    } else magnitudes.push(numbers[at + 2]);
  }
  magnitudes.sort((a, b) => a - b);
  const level = magnitudes[Math.min(magnitudes.length - 1, Math.floor((magnitudes.length * 199) / 200))];
  return level > 0 && Number.isFinite(level) ? level : 1;
}

/** The numbers under the pointer as elements. */
function readings(block, name, inUnit, range) {
  const numbers = (values, letter) => values.map((value, index) =>
    element("span", { class: values.length === 3 ? `part part${index}` : "part", textContent: `${letter ?? ""}${digits(value)}` }));
  const perUnit = (values) => [...values].map((value) => 0.5 * value * (range[1] - range[0]));
  const sum = (values) => values.reduce((total, value) => total + value, 0) / values.length;
  const [down, right] = block.gradient.length ? block.gradient.map(perUnit) : [[0], [0]];
  const square = (values) => values.reduce((total, value) => total + value * value, 0);
  switch (name) {
    case "value": {
      const shown = numbers([...block.value].map(inUnit));
      const colour = [...block.value].slice(0, 3).map((value) => Math.round(255 * Math.min(1, Math.max(0, 0.5 * value + 0.5))));
      const three = colour.length === 3 ? colour : [colour[0], colour[0], colour[0]];
      return [element("i", { class: "swatch", style: `background:rgb(${three})` }), ...shown];
    }
    case "laplacian": return numbers(perUnit(block.laplacian));
    case "x": return numbers(right);
    case "y": return numbers(down);
    default: {
      const length = Math.sqrt((square(right) + square(down)) / right.length);
      const angle = (Math.atan2(sum(down), sum(right)) * 180) / Math.PI;
      return [
        element("span", { class: "part", textContent: `${digits(length)} per pixel` }),
        element("span", { class: "part", textContent: `${angle.toFixed(0).replace("-", "\u2212")}°` }),
      ];
    }
  }
}
