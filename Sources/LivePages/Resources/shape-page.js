// The page of a shape: a signed distance of three coordinates, drawn by sphere tracing and turned by hand.

import { Progressive } from "./progressive.js";
import { palette } from "./colour.js";
import { isForThePage, leavesTheWheel } from "./viewport.js";
import { digits, element, iconButton, icons, label, savePicture, segments, slider, styleColour } from "./elements.js";
import { followSize, frameBudget, frameLoop, makeShell } from "./shell.js";
import { places, shapeShader, tracedPoint, traceSettings } from "./shape-tracing.js";

export function shapePage(description, field, engine, facts) {
  const shell = makeShell(description, {
    summary: facts.summary, facts: facts.list, notes: [
      ...facts.notes,
      "The surface is where the network is 0. Rays walk through its values until they reach it, and the light "
        + "follows from its gradient.",
    ],
    keys: [
      ["drag", "turn"], ["wheel", "enlarge; pinch on a touch screen"], ["← ↑ → ↓", "turn"], ["+ −", "enlarge, reduce"],
      ["0", "the first view"], ["space", "turn by itself"], ["?", "this page"],
    ],
  });
  const { canvas } = engine;
  label(canvas, `${description.title}, a shape drawn live from its network`);
  shell.stage.prepend(canvas);
  if (engine.notice) shell.warn(...engine.notice);
  if (engine.isFast) engine.addProgram("shape", shapeShader(field));

  const first = { turn: 0.6, tilt: 0.35, distance: 4, level: 0, look: 0 };
  const state = { ...first, isTurning: false };
  const progressive = new Progressive(engine);
  let [ratio, isStale, isDirty] = [1, true, true];
  let paper = styleColour("--stage");

  /** The camera for blocks of pixels: it looks at the middle from all sides; the second coordinate is up. */
  const camera = (step) => {
    const { turn, tilt, distance } = state;
    const forward = [-Math.sin(turn) * Math.cos(tilt), -Math.sin(tilt), -Math.cos(turn) * Math.cos(tilt)];
    const right = [Math.cos(turn), 0, -Math.sin(turn)];
    const up = [
      right[1] * forward[2] - right[2] * forward[1], right[2] * forward[0] - right[0] * forward[2],
      right[0] * forward[1] - right[1] * forward[0],
    ].map((part) => -part);
    const short = Math.min(canvas.width, canvas.height);
    return {
      eye: forward.map((part) => -distance * part), forward, right, up,
      // Tangents per pixel; the field of view is 40 degrees along the shorter side.
      pixel: (2 * Math.tan(0.35) * step) / short,
      middle: [canvas.width / 2 / step, canvas.height / 2 / step],
    };
  };
  const mapOf = (step) => {
    const own = camera(step);
    const settings = { ...traceSettings, level: state.level, look: state.look, paper };
    return {
      size: step, coarse: mapOf, program: "shape",
      point: (shape, x, y) => tracedPoint(shape, own, settings, x, y),
      uniforms: {
        eye: own.eye, forward: own.forward, right: own.right, up: own.up, pixel: own.pixel, middle: own.middle,
        level: state.level, look: state.look, paper,
      },
    };
  };
  const scene = () => ({
    width: canvas.width, height: canvas.height, ...progressive.layers(), paper, split: null, beyond: true,
    style: { rule: "value", channels: 3, palette: palette("grey"), scale: 1, low: 0, high: 1 },
    toSignal: [1, 1, 0, 0], samples: [canvas.width, canvas.height],
  });

  let last = performance.now();
  let shownIn = 0;
  const loop = frameLoop(async () => {
    if (canvas.width < 2) return false;
    const now = performance.now();
    if (state.isTurning && progressive.isComplete) {
      state.turn += 0.0004 * Math.min(100, now - last);
      isStale = true;
    }
    last = now;
    if (isStale) {
      progressive.begin({
        width: canvas.width, height: canvas.height, what: 0, key: "shape", map: mapOf(1), isMoving: state.isTurning,
      });
      isStale = false;
    }
    if ((await progressive.advance(frameBudget(shownIn))) || isDirty) {
      isDirty = false;
      shownIn = await progressive.show(scene());
    }
    shell.progress(progressive.progress);
    return !progressive.isComplete || state.isTurning;
  });
  const changed = () => { isStale = true; loop.request(); };

  const look = segments("Look", [["0", "Shaded"], ["1", "Normals"]], "0",
    (value) => { state.look = Number(value); changed(); });
  const level = slider("Surface at distance", { min: -0.2, max: 0.2, step: 0.002, value: 0 },
    (value) => { state.level = value; changed(); });
  const zoom = (factor) => { state.distance = Math.min(12, Math.max(1.2, state.distance / factor)); changed(); };
  const turn = (x, y) => {
    state.turn -= x;
    state.tilt = Math.min(1.5, Math.max(-1.5, state.tilt + y));
    changed();
  };
  const reset = () => { Object.assign(state, first); level.input.value = 0; look.select("0"); changed(); };
  const spin = element("button", {
    type: "button", class: "toggle", textContent: "Turn", "aria-pressed": "false", title: "Turn by itself (space)",
    onclick: () => {
      state.isTurning = !state.isTurning;
      spin.setAttribute("aria-pressed", `${state.isTurning}`);
      last = performance.now();
      changed();
    },
  });
  shell.tools.append(look.group, level, spin, element("span", { class: "space" }),
    element("div", { class: "group" },
      iconButton("Reduce", icons.minus, () => zoom(1 / 1.2), "−"), iconButton("Enlarge", icons.plus, () => zoom(1.2), "+"),
      iconButton("First view", icons.fit, reset, "0"),
      iconButton("Save this view", icons.save, () => { engine.show(scene()); savePicture(canvas, description.title); })));

  const pointers = new Map();
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      const length = (place) => Math.max(1, Math.hypot(place[0] - other[0], place[1] - other[1]));
      zoom(length(now) / length(before));
    } else turn(0.008 * (now[0] - before[0]), 0.008 * (now[1] - before[1]));
    pointers.set(event.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
  }
  canvas.addEventListener("wheel", (event) => {
    if (leavesTheWheel(event, canvas)) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.001));
  }, { passive: false });
  document.addEventListener("keydown", (event) => {
    if (!isForThePage(event) || (event.key === " " && event.target.tagName === "BUTTON")) return;
    const keys = {
      ArrowLeft: () => turn(-0.12, 0), ArrowRight: () => turn(0.12, 0), ArrowUp: () => turn(0, -0.12),
      ArrowDown: () => turn(0, 0.12), "+": () => zoom(1.2), "=": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: reset,
      " ": () => spin.click(),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  followSize(shell.stage, engine.isFast ? 2 : 1, (width, height, newRatio) => {
    ratio = newRatio;
    [canvas.width, canvas.height] = [width, height];
    isDirty = true;
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    paper = styleColour("--stage");
    changed();
  });

  return {
    state, changed, ratio: () => ratio,
    isComplete: () => loop.isIdle() && progressive.isComplete && progressive.request !== undefined,
    times: () => ({ first: progressive.firstMilliseconds, all: progressive.milliseconds }),
    at: (place) => field.at(places(field, place)).value[0],
    text: (value) => digits(value),
    /** The colour, 0...1, at a pixel of the canvas. */
    colour: async (x, y) => {
      const target = engine.target(1, 1);
      const map = mapOf(1);
      const shifted = engine.isFast
        ? { ...map, uniforms: { ...map.uniforms, middle: map.uniforms.middle.map((value, axis) => value - [x, y][axis]) } }
        : { ...map, point: (shape) => map.point(shape, x, y) };
      engine.fill(target, shifted, 0, [[0, 0, 1, 1]]);
      const numbers = [...(await engine.read(target))];
      engine.release(target);
      return numbers.slice(0, 3).map((value) => 0.5 * value + 0.5);
    },
  };
}
