// Small helpers for the document.

/**
 * An element with properties and children.
 *
 * Names that begin with `on` are listeners, `class` and names with a hyphen are attributes, the rest are properties.
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class" || key === "role" || key === "for" || key.includes("-")) {
      made.setAttribute(key, value === true ? "" : value);
    }
    else made[key] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** Makes a canvas a picture that the keyboard reaches and that is read aloud as a text. */
export function label(canvas, text) {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
}

/** A drawing of 24x24 in the current colour, from the `d` of a path. */
export function icon(path) {
  const name = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(name, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(name, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

/** The paths of the icons. */
export const icons = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  info: "M12 11v6M12 7.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  save: "M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  close: "M6 6l12 12M18 6 6 18",
  undo: "M9 7 4.5 11.5 9 16M5 11.5h9a5 5 0 0 1 0 10h-3",
};

/** A group of which one is chosen: `[value, label]` each. */
export function segments(label, choices, chosen, onChoose) {
  const buttons = choices.map(([value, text]) =>
    element("button", {
      type: "button", role: "radio", "data-value": value, "aria-checked": `${value === chosen}`, textContent: text,
      onclick: () => { select(value); onChoose(value); },
    }));
  const select = (value) => {
    for (const button of buttons) {
      const isOn = button.dataset.value === value;
      button.setAttribute("aria-checked", `${isOn}`);
      button.tabIndex = isOn ? 0 : -1;
    }
  };
  const group = element("div", { class: "segments", role: "radiogroup", "aria-label": label }, buttons);
  group.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  select(chosen);
  return { group, select };
}

/** A menu: `[value, label]` each. */
export function menu(label, choices, chosen, onChoose) {
  const list = element("select", { "aria-label": label, onchange: () => onChoose(list.value) },
    choices.map(([value, text]) => element("option", { value, textContent: text, selected: value === chosen })));
  return element("label", { class: "field" }, element("span", { textContent: label }), list);
}

/** A slider. */
export function slider(label, { min, max, step, value }, onChange) {
  const input = element("input", {
    type: "range", min, max, step, value, "aria-label": label, oninput: () => onChange(Number(input.value)),
  });
  const made = element("label", { class: "field" }, element("span", { textContent: label }), input);
  made.input = input;
  return made;
}

/** A button with an icon. */
export function iconButton(label, path, onclick, key) {
  return element("button", {
    type: "button", class: "icon", "aria-label": label, title: key ? `${label} (${key})` : label, onclick,
  }, icon(path));
}

/** A number with so many significant digits, without an exponent where that is short. */
export function digits(value, count = 4) {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7 || value === 0
    ? Number(value.toPrecision(count)).toString() : value.toExponential(count - 1);
  return text.replace("-", "\u2212");
}

/** The sRGB parts, 0...1, of a colour that the style sheet names. */
export function styleColour(name) {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16) / 255);
}

/** Saves what a canvas shows as a PNG file. */
export function savePicture(canvas, title) {
  canvas.toBlob((blob) => {
    const link = element("a", { href: URL.createObjectURL(blob), download: `${title}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
