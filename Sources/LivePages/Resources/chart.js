// The small chart of a prior's page: error by number of points, both axes logarithmic.

/**
 * Draws errors.
 *
 * @param history `{points, prior, linear}` each, by rising number of points; linear may be null
 */
export function drawChart(canvas, history) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const box = canvas.getBoundingClientRect();
  [canvas.width, canvas.height] = [Math.max(2, Math.round(box.width * ratio)), Math.max(2, Math.round(box.height * ratio))];
  const context = canvas.getContext("2d");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [width, height] = [canvas.width, canvas.height];
  const [left, right, top, bottom] = [48 * ratio, width - 96 * ratio, 10 * ratio, height - 26 * ratio];
  const errors = history.flatMap((one) => [one.prior, one.linear]).filter((value) => value > 0);
  const high = Math.max(0.2, ...errors);
  const low = Math.min(0.02, ...errors);
  const most = Math.max(20, ...history.map((one) => one.points));
  const x = (points) => left + ((right - left) * Math.log(1 + points)) / Math.log(1 + most);
  const y = (value) => bottom - ((bottom - top) * Math.log(value / low)) / Math.log(high / low);
  context.font = `${12 * ratio}px system-ui, sans-serif`;
  context.lineWidth = ratio;
  context.fillStyle = colour("--quiet");
  context.strokeStyle = colour("--faint");
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]) {
    if (value < low * 0.999 || value > high * 1.001) continue;
    context.beginPath();
    context.moveTo(left, y(value));
    context.lineTo(right, y(value));
    context.stroke();
    context.fillText(`${value}`, left - 8 * ratio, y(value));
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const points of [0, 1, 3, 10, 30, 100, 300]) {
    if (points <= most) context.fillText(`${points}`, x(points), bottom + 8 * ratio);
  }
  context.textAlign = "left";
  context.textBaseline = "middle";
  const ends = [];
  for (const [name, label, ink] of [["linear", "linear", "--quiet"], ["prior", "this model", "--accent"]]) {
    const line = history.filter((one) => one[name] > 0);
    if (!line.length) continue;
    context.strokeStyle = context.fillStyle = colour(ink);
    context.lineWidth = 2 * ratio;
    context.beginPath();
    for (const one of line) context.lineTo(x(one.points), y(one[name]));
    context.stroke();
    const last = line[line.length - 1];
    context.beginPath();
    context.arc(x(last.points), y(last[name]), 3.5 * ratio, 0, 2 * Math.PI);
    context.fill();
    let place = y(last[name]);
    // Labels keep their distance.
    for (const other of ends) if (Math.abs(other - place) < 15 * ratio) place = other + (place < other ? -15 : 15) * ratio;
    ends.push(place);
    context.fillText(label, x(last.points) + 10 * ratio, place);
  }
}
