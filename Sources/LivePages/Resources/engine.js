// Which engine draws: WebGPU where there is an adapter, else WebGL 2, else plain JavaScript.

import { WebGPUEngine } from "./webgpu.js";
import { WebGLEngine } from "./webgl.js";
import { ProcessorEngine } from "./cpu.js";
import { wantedEngine } from "./shell.js";

/** The engine for a field on a canvas. What it could not be, or how slow it is, stands in `notice`. */
export async function engineFor(field, canvas) {
  const wanted = wantedEngine();
  const made = (wanted === null || wanted === "webgpu" ? await WebGPUEngine.create(field, canvas, wanted !== null) : null)
    ?? (wanted !== "cpu" ? WebGLEngine.create(field, canvas) : null)
    ?? new ProcessorEngine(field, canvas);
  made.notice = null;
  if (!made.isFast) {
    made.notice = ["No WebGL 2: drawn slowly",
      "This browser has no WebGL 2 with float targets, so plain JavaScript computes what you see, coarse first."];
  } else if (wanted === "webgpu" && made.name !== "WebGPU") {
    made.notice = ["No WebGPU: drawn by WebGL 2", "This browser has no WebGPU adapter that can run the field's shader."];
  }
  return made;
}
