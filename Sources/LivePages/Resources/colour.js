// From numbers to colours: the same rules as `siren render`, with palettes for single numbers.

const anchors = {
  grey: ["000000", "ffffff"],
  viridis: ["440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"],
  magma: ["000004", "180f3d", "440f76", "721f81", "9e2f7f", "cd4071", "f1605d", "fd9668", "feca8d", "fcfdbf"],
  ice: ["08141f", "11324f", "1b5680", "2d7fae", "56a7cd", "90cbe0", "c9e8f0", "ffffff"],
  difference: ["153e75", "2f6fb4", "7fb2dd", "d6e6f0", "f5f4f1", "f3d9c4", "e79a6d", "c4532f", "7d1d1c"],
};

/** The names of the palettes, in the order in which they are offered. */
export const paletteNames = Object.keys(anchors);

/** 256 colours of a palette, four bytes each. */
export function palette(name) {
  const colours = (anchors[name] ?? anchors.grey).map((text) =>
    [0, 2, 4].map((start) => parseInt(text.slice(start, start + 2), 16)));
  const bytes = new Uint8ClampedArray(1024);
  for (let index = 0; index < 256; index++) {
    const place = (index / 255) * (colours.length - 1);
    const low = Math.min(colours.length - 2, Math.floor(place));
    for (let part = 0; part < 3; part++) {
      const [from, to] = [colours[low][part], colours[low + 1][part]];
      bytes[4 * index + part] = Math.round(from + (to - from) * (place - low));
    }
    bytes[4 * index + 3] = 255;
  }
  return bytes;
}

/** What is shown: the number that the shaders know, the derivatives it needs, and how it becomes a colour. */
export const quantities = {
  value: { what: 0, derivatives: false, colours: "value", label: "Value" },
  gradient: { what: 1, derivatives: true, colours: "wheel", label: "Gradient" },
  magnitude: { what: 1, derivatives: true, colours: "length", label: "Magnitude" },
  direction: { what: 1, derivatives: true, colours: "direction", label: "Direction" },
  x: { what: 2, derivatives: true, colours: "signed", label: "To the right" },
  y: { what: 3, derivatives: true, colours: "signed", label: "Downwards" },
  laplacian: { what: 4, derivatives: true, colours: "signed", label: "Laplacian" },
};

/** The numbers of the colour rules in the display shader. */
export const colourRules = ["value", "wheel", "length", "direction", "signed"];

/** A saturated colour for an angle, 0...1 each: red to the right, then through yellow and green clockwise. */
export function hue(angle) {
  const sixth = ((angle < 0 ? angle + 2 * Math.PI : angle) * 3) / Math.PI;
  return [0, 2, 4].map((shift) => {
    const distance = Math.abs(((sixth - shift + 9) % 6) - 3);
    return Math.min(1, Math.max(0, 2 - distance));
  });
}

/**
 * The colour of one point, 0...1 each, with opacity.
 *
 * @param numbers four numbers as the shaders write them
 * @param style `{rule, scale, low, high, channels, palette}`
 */
export function colourOf(numbers, style) {
  const { channels } = style;
  const stretched = (t) => Math.min(1, Math.max(0, (t - style.low) / (style.high - style.low)));
  if (style.rule === "wheel" || style.rule === "direction") {
    const bright = style.rule === "direction" ? 1 : Math.min(1, numbers[2] / style.scale);
    return [...hue(Math.atan2(numbers[1], numbers[0])).map((part) => part * bright), 1];
  }
  if (style.rule === "length") return painted(stretched(numbers[2] / style.scale), style.palette);
  const shown = [0, 1, 2, 3].map((part) =>
    style.rule === "value" ? 0.5 * numbers[part] + 0.5 : 0.5 + (0.5 * numbers[part]) / style.scale);
  if (channels <= 2) {
    const opacity = channels === 2 && style.rule === "value" ? Math.min(1, Math.max(0, shown[1])) : 1;
    return [...painted(stretched(shown[0]), style.palette).slice(0, 3), opacity];
  }
  const opacity = channels === 4 && style.rule === "value" ? Math.min(1, Math.max(0, shown[3])) : 1;
  return [stretched(shown[0]), stretched(shown[1]), stretched(shown[2]), opacity];
}

/** The colour of a palette at 0...1, between its entries as the graphics processor does it. */
function painted(t, bytes) {
  const place = t * 255;
  const low = Math.min(254, Math.floor(place));
  const part = (index) =>
    (bytes[4 * low + index] + (bytes[4 * low + 4 + index] - bytes[4 * low + index]) * (place - low)) / 255;
  return [part(0), part(1), part(2), 1];
}
