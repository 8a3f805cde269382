// What the pages of all fields have in common.

import { element } from "./elements.js";
import { engineFor } from "./engine.js";
import { pageField } from "./field.js";

/** The facts of any field, for the heading and the dialog. */
function fieldFacts(description, field, engine) {
  const { signal, grid, architecture } = description;
  const count = description.parameters.toLocaleString("en");
  const cells = grid ? field.axes.map((axis) => axis.cells).join("×") : null;
  const layers = `${architecture.hiddenLayers + 1} sine layer${architecture.hiddenLayers ? "s" : ""} of ` +
    `${architecture.hiddenWidth}`;
  const size = signal && {
    picture: () => `${signal.width}×${signal.height} pixels`,
    sound: () => `${(signal.frames / signal.sample_rate).toFixed(1)} s at ${signal.sample_rate.toLocaleString("en")} Hz`,
    clip: () => `${signal.frames} frames of ${signal.width}×${signal.height}`,
  }[description.shows]?.();
  const bits = description.precision === "half" ? 16 : 32;
  return {
    summary: [size, `${count} parameters`, cells && `${cells} networks`].filter(Boolean).join(" · "),
    list: [
      ["Signal", size ?? "unknown"], ["Values per place", `${architecture.outputs}`],
      ["Network", cells ? `a grid of ${cells}, each with ${layers}` : layers],
      ["Parameters", `${count} of ${bits} bits`],
      ["Omega", `${architecture.omegaFirst} and ${architecture.omegaHidden}`],
      ["Computed by", `${engine.name} on ${engine.device}`],
    ],
    notes: [
      "What you see is not a picture file. A small neural network with sine activations maps each place to a value, "
        + "and it is evaluated again for every view. It has a value between the pixels and exact derivatives.",
    ],
  };
}

/** Builds the page of a field; scripts and tests call what `window.livePage` holds. */
export async function openField(build) {
  const description = JSON.parse(document.getElementById("description").textContent);
  const field = pageField(description);
  const engine = await engineFor(field, element("canvas", { width: 1, height: 1 }));
  const page = build(description, field, engine, fieldFacts(description, field, engine));
  window.livePage = { engine: engine.name, device: engine.device, ...page };
}
