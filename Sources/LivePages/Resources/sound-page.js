// The page of a sound: rendered from the field, played, with its waveform at any zoom and its spectrum.

import { Viewport, controlViewport, isForThePage } from "./viewport.js";
import { palette, paletteNames } from "./colour.js";
import { levels } from "./spectrum.js";
import { digits, element, iconButton, icons, menu, savePicture } from "./elements.js";
import { followSize, frameLoop, makeShell } from "./shell.js";

const rowLength = 1024; // samples per row of the target
const spectrumLength = 2048; // samples of a spectrum
const darkest = -90; // decibels shown as the darkest colour

export function soundPage(description, field, engine, facts) {
  const signal = description.signal ?? { sample_rate: 44100, frames: field.samples(0), peak: 1 };
  const { sample_rate: rate, frames, peak } = signal;
  const channels = field.outputs;
  const shell = makeShell(description, {
    summary: facts.summary, facts: facts.list, notes: facts.notes,
    keys: [
      ["space", "play and pause"], ["click", "go to a time"], ["drag", "move along the time"],
      ["wheel", "enlarge, down to the curve between two samples"], ["0", "show all of it"], ["?", "this page"],
    ],
  });
  const wave = element("canvas", {
    class: "wave", tabIndex: 0, role: "img", "aria-label": `The waveform of ${description.title}`,
  });
  const spectrogram = element("canvas", {
    class: "spectrogram", role: "img", "aria-label": "Its spectrum over time",
  });
  const cursor = element("div", { class: "cursor" });
  const readout = element("output", { class: "readout" });
  shell.stage.classList.add("sound");
  shell.stage.append(element("div", { class: "tracks" }, wave, spectrogram, cursor), readout);

  if (engine.notice) shell.warn(...engine.notice);

  // The samples, channel by channel, in the order of time.
  const sound = Array.from({ length: channels }, () => new Float32Array(frames));
  let done = 0;
  let pixelsPerMillisecond = engine.isFast ? 2000 : 100;
  const started = performance.now();
  let milliseconds = null;
  let mode = "magma";
  let playing = null;
  let position = 0; // seconds
  let ratio = 1;
  let isDirty = true;
  let drawnColumns = 0; // of the spectrogram
  let pointer = null;
  const view = new Viewport([frames, 1]);
  const spans = () => Math.max(1, frames - 1);

  /** Computes the next rows of samples; true while some are missing. */
  const compute = async () => {
    if (done >= frames) return false;
    const count = Math.max(1, Math.min(64, Math.floor((pixelsPerMillisecond * 12) / rowLength)));
    const length = Math.min(frames - done, count * rowLength);
    const rows = Math.ceil(length / rowLength);
    const width = Math.min(rowLength, length);
    const begin = performance.now();
    const target = engine.target(width, rows);
    engine.fill(target, { start: [done], across: [1], down: [rowLength], along: [0] }, 0, [[0, 0, width, rows]]);
    const numbers = await engine.read(target);
    engine.release(target);
    pixelsPerMillisecond += 0.5 * ((width * rows) / Math.max(0.1, performance.now() - begin) - pixelsPerMillisecond);
    for (let index = 0; index < length; index++) {
      for (let channel = 0; channel < channels; channel++) {
        sound[channel][done + index] = peak * numbers[4 * index + channel];
      }
    }
    done += length;
    if (done >= frames) milliseconds = performance.now() - started;
    return done < frames;
  };

  // Drawing.

  const secondsAt = (x) => view.place([x, 0])[0] / rate;
  const sampleValue = (place) => peak * field.at([place]).value[0];

  const drawWave = () => {
    const context = wave.getContext("2d");
    const { width, height } = wave;
    const colours = getComputedStyle(document.documentElement);
    context.clearRect(0, 0, width, height);
    const middle = height / 2;
    const most = Math.max(1e-6, peak);
    const y = (value) => middle - (value / most) * middle * 0.9;
    context.fillStyle = colours.getPropertyValue("--faint");
    context.fillRect(0, middle, width, Math.max(1, ratio));
    context.fillStyle = context.strokeStyle = colours.getPropertyValue("--accent");
    if (view.scale < 1) {
      for (let x = 0; x < width; x++) {
        const [from, to] = [view.place([x - 0.5, 0])[0], view.place([x + 0.5, 0])[0]];
        let [low, high] = [Infinity, -Infinity];
        const end = Math.min(done, Math.ceil(to) + 1);
        for (let index = Math.max(0, Math.floor(from)); index < end; index++) {
          low = Math.min(low, sound[0][index]);
          high = Math.max(high, sound[0][index]);
        }
        if (low <= high) context.fillRect(x, y(high), 1, Math.max(1, y(low) - y(high)));
      }
      return;
    }
    // The curve itself: the field between the samples.
    context.lineWidth = 2 * ratio;
    context.beginPath();
    for (let x = 0; x < width; x++) context.lineTo(x, y(sampleValue(view.place([x, 0])[0])));
    context.stroke();
    if (view.scale < 6) return;
    for (let x = Math.ceil(view.place([0, 0])[0]); x <= view.place([width, 0])[0]; x++) {
      if (x < 0 || x >= done) continue;
      context.beginPath();
      context.arc(view.pixel([x, 0])[0] + 0.5, y(sound[0][x]), 3 * ratio, 0, 2 * Math.PI);
      context.fill();
    }
  };

  let spectrogramImage = null;
  /** Draws the next columns of the spectrogram; true while some are missing that can be computed. */
  const drawSpectrogram = (budget) => {
    const { width, height } = spectrogram;
    if (!spectrogramImage) {
      spectrogramImage = spectrogram.getContext("2d").createImageData(width, height);
      drawnColumns = 0;
    }
    const colours = palette(mode);
    const column = new Float64Array(spectrumLength / 2);
    const begin = performance.now();
    while (drawnColumns < width && performance.now() - begin < budget) {
      const place = view.place([drawnColumns, 0])[0];
      if (place + spectrumLength / 2 > done && done < frames) break;
      levels(sound[0], place, spectrumLength, column);
      for (let row = 0; row < height; row++) {
        // Equal steps upwards are equal ratios of frequency.
        const frequency = 40 * ((rate / 2) / 40) ** (1 - row / (height - 1));
        const bin = Math.min(spectrumLength / 2 - 1.001, (frequency * spectrumLength) / rate);
        const low = Math.floor(bin);
        const level = column[low] + (column[low + 1] - column[low]) * (bin - low);
        const t = Math.min(255, Math.max(0, Math.round((255 * (level - 20 * Math.log10(peak) - darkest)) / -darkest)));
        const at = 4 * (row * width + drawnColumns);
        const inside = place >= 0 && place < frames;
        for (let part = 0; part < 3; part++) spectrogramImage.data[at + part] = colours[4 * t + part];
        spectrogramImage.data[at + 3] = inside ? 255 : 0;
      }
      drawnColumns++;
    }
    spectrogram.getContext("2d").putImageData(spectrogramImage, 0, 0);
    return drawnColumns < width;
  };

  const placeCursor = () => {
    const x = view.pixel([position * rate, 0])[0] / ratio;
    cursor.style.transform = `translateX(${x}px)`;
    cursor.hidden = x < 0 || x > wave.width / ratio;
    text.textContent = `${position.toFixed(2)} s of ${((frames - 1) / rate).toFixed(2)} s`;
  };

  const { request } = frameLoop(async () => {
    const isComputing = await compute();
    if (isComputing) isDirty = true;
    if (playing) {
      position = Math.min(playing.from + (audio.currentTime - playing.began), (frames - 1) / rate);
    }
    if (wave.width > 1) {
      if (isDirty) drawWave();
      isDirty = false;
      placeCursor();
      if (drawnColumns < spectrogram.width && drawSpectrogram(10)) {
        shell.progress(done / frames);
        return true;
      }
    }
    shell.progress(done / frames);
    return isComputing || playing !== null;
  });
  const changed = () => { isDirty = true; spectrogramImage = null; drawnColumns = 0; update(); request(); };

  // Playing.

  let audio = null;
  const play = iconButton("Play", icons.play, () => toggle(), "space");
  const text = element("output", { class: "time" });
  const redraw = () => {
    play.replaceChildren(...iconButton("", playing ? icons.pause : icons.play).childNodes);
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
  };
  const stop = () => {
    if (!playing) return;
    playing.source.onended = null;
    playing.source.stop();
    playing = null;
    redraw();
  };
  const toggle = () => {
    if (playing) return stop();
    audio ??= new AudioContext();
    audio.resume();
    // Samples that are still being computed are silent.
    const buffer = audio.createBuffer(channels, frames, Math.min(384000, Math.max(8000, rate)));
    sound.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
    const source = audio.createBufferSource();
    source.buffer = buffer;
    source.playbackRate.value = rate / buffer.sampleRate;
    source.connect(audio.destination);
    if (position >= (frames - 1) / rate - 0.01) position = 0;
    source.start(0, position * (rate / buffer.sampleRate));
    playing = { source, began: audio.currentTime, from: position };
    source.onended = () => { stop(); position = 0; placeCursor(); };
    redraw();
    request();
  };
  const seek = (seconds) => {
    const wasPlaying = playing !== null;
    stop();
    position = Math.min((frames - 1) / rate, Math.max(0, seconds));
    if (wasPlaying) toggle();
    placeCursor();
    request();
  };

  const rateText = element("output", { class: "readout zoom" });
  shell.stage.append(rateText);
  const update = () => {
    rateText.textContent = `${digits(Math.max(1, view.scale / view.fittedScale), 3)}×  ${engine.name}`;
    readout.hidden = !pointer;
    if (!pointer) return;
    const seconds = secondsAt(pointer[0]);
    if (seconds < 0 || seconds > (frames - 1) / rate) {
      readout.hidden = true;
      return;
    }
    readout.replaceChildren(
      element("span", { class: "where", textContent: `${seconds.toFixed(view.scale > 1 ? 6 : 3)} s` }),
      element("span", { class: "part", textContent: digits(sampleValue(seconds * rate), 3) }));
  };
  const colours = menu("Spectrum", paletteNames.filter((name) => name !== "difference").map((name) => [name, name[0].toUpperCase() + name.slice(1)]),
    mode, (value) => { mode = value; changed(); });
  const zoomed = (change) => () => { change(); changed(); };
  shell.tools.append(
    element("div", { class: "group" }, play), text, colours, element("span", { class: "space" }),
    element("div", { class: "group" },
      iconButton("Reduce", icons.minus, zoomed(() => view.zoom(1 / 1.5)), "−"),
      iconButton("Enlarge", icons.plus, zoomed(() => view.zoom(1.5)), "+"),
      iconButton("Show all", icons.fit, zoomed(() => view.fit()), "0"),
      iconButton("Save the waveform", icons.save, () => savePicture(wave, description.title))));

  let pressed = null;
  for (const track of [wave, spectrogram]) {
    controlViewport(track, view, () => ratio, {
      changed, hover: (pixel) => { pointer = pixel; update(); }, keys: track === wave,
      drag: (pixel) => { pressed = pixel; return false; },
    });
    track.addEventListener("pointerup", (event) => {
      const box = track.getBoundingClientRect();
      const x = (event.clientX - box.left) * ratio;
      if (pressed && Math.abs(x - pressed[0]) < 4 * ratio) seek(secondsAt(x));
      pressed = null;
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.tagName === "BUTTON" || !isForThePage(event)) return;
    event.preventDefault();
    toggle();
  });
  followSize(wave, 2, (width, height, newRatio) => {
    ratio = newRatio;
    [wave.width, wave.height] = [width, height];
    const box = spectrogram.getBoundingClientRect();
    [spectrogram.width, spectrogram.height] = [width, Math.max(2, Math.round(box.height * ratio))];
    view.size = [width, 1];
    if (view.isFitted) view.fit();
    changed();
  });
  // The height of one sample must not limit the zoom, and time alone is moved.
  Object.defineProperty(view, "fittedScale", { get: () => view.size[0] / spans() });
  Object.defineProperty(view, "deepest", { get: () => 400 });
  request();

  return {
    isComplete: () => done >= frames && drawnColumns >= spectrogram.width,
    times: () => ({ all: milliseconds }),
    view, changed, seek, toggle,
    /** Samples from one to another, of a channel. */
    samples: (from, to, channel = 0) => [...sound[channel].subarray(from, to)],
    at: (place) => [...field.at([place]).value].map((value) => peak * value),
    position: () => position,
  };
}
