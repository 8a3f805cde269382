// The frame of every page: heading, stage, tools, and a dialog with facts and keys.

import { element, icon, iconButton, icons } from "./elements.js";

/**
 * Builds the frame.
 *
 * @param description the page's description, with `title` and `facts`
 * @param about `{summary, facts: [[name, value]], keys: [[key, effect]], notes: [text]}`
 */
export function makeShell(description, about) {
  const dialog = element("dialog", { class: "about" },
    element("header", {}, element("h2", { textContent: description.title }),
      iconButton("Close", icons.close, () => dialog.close())),
    element("dl", {}, [...description.facts, ...about.facts].map(([name, value]) =>
      element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: value })))),
    (about.notes ?? []).map((text) => element("p", { textContent: text })),
    element("h3", { textContent: "Keys and touch" }),
    element("dl", { class: "keys" }, about.keys.map(([key, effect]) =>
      element("div", {}, element("dt", {}, key.split(" ").map((part) => element("kbd", { textContent: part }))),
        element("dd", { textContent: effect })))),
    element("p", { class: "quiet", textContent:
      "Everything on this page is computed in your browser from the numbers inside this file. Nothing is loaded." }));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  const badge = element("span", { class: "badge", hidden: true });
  const header = element("header", { class: "bar" },
    element("div", { class: "title" }, element("h1", { textContent: description.title }),
      element("p", { textContent: about.summary })),
    badge, iconButton("About this page", icons.info, () => dialog.showModal(), "?"));
  const progress = element("div", { class: "progress", role: "presentation" });
  const stage = element("main", { class: "stage" });
  const tools = element("footer", { class: "tools" });
  document.getElementById("page").replaceChildren(header, stage, tools, dialog);
  stage.append(progress);
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !dialog.open) dialog.showModal();
  });
  /** A short warning in the heading, such as the missing graphics processor. */
  const warn = (text, detail) => {
    badge.textContent = text;
    badge.title = detail;
    badge.hidden = false;
  };
  window.addEventListener("error", (event) => {
    // A size that changes again while it is reported is no failure.
    if (!event.message.startsWith("ResizeObserver")) warn("Something failed", event.message);
  });
  window.addEventListener("unhandledrejection", (event) => warn("Something failed", `${event.reason}`));
  for (const name of ["webglcontextlost", "webgpudevicelost"]) {
    stage.addEventListener(name, () =>
      warn("Graphics processor lost: reload", "The browser took the graphics processor away; reload the page."), true);
  }
  return {
    stage, tools, dialog, warn,
    /** Work done, 0...1. */
    progress(done) { progress.style.setProperty("--done", `${done}`); },
  };
}

/** What the page's address asks for: `#webgpu`, `#webgl`, or `#cpu` for plain JavaScript; null where it leaves the choice. */
export const wantedEngine = () => /[#&](webgpu|webgl|cpu)\b/.exec(location.hash)?.[1] ?? null;

/**
 * Calls an asynchronous function before each frame, as long as the result says that there is more to do.
 *
 * @returns `{request, isIdle}`: asks for a frame; and whether none is being drawn or asked for
 */
export function frameLoop(draw) {
  let [isAsked, isDrawing] = [false, false];
  const wait = () => requestAnimationFrame(async () => {
    [isAsked, isDrawing] = [false, true];
    try {
      if (await draw()) isAsked = true;
    } finally {
      isDrawing = false;
      if (isAsked) wait();
    }
  });
  return {
    request() {
      if (!isAsked && !isDrawing) wait();
      isAsked = true;
    },
    isIdle: () => !isAsked && !isDrawing,
  };
}

/**
 * How long a frame may compute, in milliseconds: shortly while the reader moves something, longer when he looks.
 *
 * In software, showing a frame takes as long as computing a part of it, so longer slices do more work per second. On a
 * graphics processor a frame is complete long before.
 *
 * @param shown the milliseconds that showing the last frame took
 */
export function frameBudget(shown) {
  return performance.now() - lastInput < 300 ? 16 : Math.min(600, Math.max(90, 3 * shown));
}
let lastInput = 0;
for (const name of ["pointermove", "pointerdown", "wheel", "keydown", "input"]) {
  window.addEventListener(name, () => { lastInput = performance.now(); }, { passive: true, capture: true });
}

/** Follows the size of an element: calls with width and height in device pixels. */
export function followSize(target, mostRatio, changed) {
  const observer = new ResizeObserver(() => {
    const ratio = Math.min(mostRatio, window.devicePixelRatio || 1);
    const box = target.getBoundingClientRect();
    changed(Math.max(1, Math.round(box.width * ratio)), Math.max(1, Math.round(box.height * ratio)), ratio);
  });
  observer.observe(target);
}
