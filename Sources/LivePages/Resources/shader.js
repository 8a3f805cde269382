// The field as a shader, generated from its architecture, and its numbers as texels.
//
// A texture of 32-bit floats holds, one cell after the other, the layers with omega multiplied in, then the cells'
// middles and the tables of the axes. Widths are rounded up to four, since a texel holds four numbers.

const rowBits = 11; // texels per row of the texture: 2,048

/** How the field's numbers lie in the texture. */
export function dataLayout(field) {
  const { hiddenWidth, hiddenLayers, outputs } = field.architecture;
  const groups = Math.ceil(hiddenWidth / 4);
  const first = 4 * groups;
  const hidden = groups * (1 + 4 * groups);
  const cell = first + hiddenLayers * hidden + groups * outputs + 1;
  let next = cell * field.cells;
  const middles = field.axes.map((axis) => (next += axis.cells) - axis.cells);
  const tables = field.axes.map((axis) => (axis.table ? (next += axis.samples) - axis.samples : 0));
  const weights = field.cellWeights ? (next += field.cells) - field.cells : 0;
  return { groups, first, hidden, cell, middles, tables, weights, rows: Math.ceil(next / (1 << rowBits)) };
}

/** The texels of a field, rows of 2,048 texels of four numbers. */
export function fieldTexels(field, layout = dataLayout(field)) {
  const texels = new Float32Array(layout.rows * 4 << rowBits);
  for (let cell = 0; cell < field.cells; cell++) writeCell(field, layout, texels, cell);
  field.axes.forEach((axis, number) => {
    for (let cell = 0; cell < axis.cells; cell++) {
      // Whole and fraction apart keep distances exact however large the signal is.
      const middle = axis.middle(cell);
      texels.set([Math.floor(middle), middle - Math.floor(middle)], 4 * (layout.middles[number] + cell));
    }
    if (!axis.table) return;
    for (let sample = 0; sample < axis.samples; sample++) {
      const own = axis.table.subarray(2 * sample, 2 * sample + 2);
      texels.set([own[0], own[1], axis.starts[own[0]] ?? 0, 0], 4 * (layout.tables[number] + sample));
    }
  });
  if (field.cellWeights) {
    for (let cell = 0; cell < field.cells; cell++) {
      texels[4 * (layout.weights + cell)] = field.cellWeights[cell];
    }
  }
  return texels;
}

function writeCell(field, layout, texels, cell) {
  const numbers = field.parameters;
  const start = cell * field.perCell;
  const { groups } = layout;
  let at = 4 * layout.cell * cell;
  field.layers.forEach((layer, number) => {
    const weight = (output, input) => {
      const isInside = output < layer.outputs && input < layer.inputs;
      return isInside ? numbers[start + layer.weights + output * layer.inputs + input] : 0;
    };
    const bias = (output) => (output < layer.outputs ? numbers[start + layer.biases + output] : 0);
    if (number === 0) {
      for (let unit = 0; unit < 4 * groups; unit++, at += 4) {
        // Per sample instead of per local coordinate.
        for (let axis = 0; axis < layer.inputs; axis++) {
          texels[at + axis] = layer.omega * weight(unit, axis) * field.axes[axis].rate;
        }
        texels[at + 3] = layer.omega * bias(unit);
      }
    } else if (layer.omega !== null) {
      for (let group = 0; group < groups; group++) {
        for (let part = 0; part < 4; part++) texels[at++] = layer.omega * bias(4 * group + part);
        for (let input = 0; input < groups; input++) {
          for (let output = 0; output < 4; output++) {
            for (let part = 0; part < 4; part++) {
              texels[at++] = layer.omega * weight(4 * group + output, 4 * input + part);
            }
          }
        }
      }
    } else {
      for (let group = 0; group < groups; group++) {
        for (let output = 0; output < layer.outputs; output++) {
          for (let part = 0; part < 4; part++) texels[at++] = weight(output, 4 * group + part);
        }
      }
      for (let part = 0; part < 4; part++) texels[at++] = bias(part);
    }
  });
}

/**
 * The part of every shader that evaluates the field, in the language of `shader-language.js`.
 *
 * For each of the variants, the axes of its derivatives, there are a structure `Point` with the value `v`, the slopes
 * `g0`... and the Laplacian `l`, and a function `evaluate(whole, part)`. Their names end with the axes.
 */
export function fieldFunctions(field, variants, layout = dataLayout(field)) {
  return [
    commonFunctions, ...field.axes.map((axis, number) => membersFunction(axis, number, layout)),
    ...variants.flatMap((along) => [
      `@struct Point${along.join("")} { ${planeNames(along).map((name) => `vec4 ${name};`).join(" ")} };`,
      networkFunction(field, along, layout), evaluateFunction(field, along, layout),
    ]),
  ].join("\n");
}

const commonFunctions = `
@fn vec4 fetch(int at) { return textureLoad(numbers, ivec2(at & ${(1 << rowBits) - 1}, at >> ${rowBits}u), 0); }

// Processors differ in their own sine, and some are exact to three digits. This one is to 2e-7 between -pi/2 and
// pi/2, and the argument is reduced by multiples of pi in two parts.
@fn vec4 sine(vec4 x) {
  @vec4 turns = round(x * 0.3183098861837907);
  @vec4 r = (x - turns * 3.140625) - turns * 9.67653589793e-4;
  @vec4 t = r * r;
  @vec4 s = r * (0.99999997 + t * (-0.16666647 + t * (8.3328999e-3 + t * (-1.98008976e-4 + t * 2.5904883e-6))));
  return s * (1.0 - 4.0 * fract(0.5 * turns));
}
@fn vec4 cosine(vec4 x) { return sine(x + 1.5707963267948966); }

// The cells of an axis at a place: how many, which, and their windows with slopes and curvatures.
@struct Members { int count; ivec4 cells; vec4 w; vec4 s; vec4 q; };
`;

const planeNames = (along) => ["v", ...along.map((_, index) => `g${index}`), ...(along.length ? ["l"] : [])];

/** A point's constructor with zeros. */
const zeroPoint = (along) => `Point${along.join("")}(${planeNames(along).map(() => "vec4(0.0)").join(", ")})`;

/** The sine and its derivatives for a group of four units, from their sums z, z0, z1... and zl. */
function activation(along, hasSecond) {
  if (!along.length) return ["@vec4 v = sine(z);"];
  const square = along.map((_, index) => `z${index} * z${index}`).join(" + ");
  return [
    "@vec4 v = sine(z); @vec4 c = cosine(z);",
    ...along.map((_, index) => `@vec4 g${index} = c * z${index};`),
    `@vec4 l = ${hasSecond ? "c * zl " : ""}- v * (${square});`,
  ];
}

function networkFunction(field, along, layout) {
  const { hiddenLayers, outputs } = field.architecture;
  const { groups } = layout;
  const planes = planeNames(along);
  const name = along.join("");
  const output = layout.first + hiddenLayers * layout.hidden;
  // Adds a group's part of the outputs.
  const accumulate = Array.from({ length: outputs }, (_, channel) => {
    const row = `w${channel}`;
    return `@vec4 ${row} = fetch(last + ${outputs} * k + ${channel}); ` +
      planes.map((plane) => `o.${plane}[${channel}] += dot(${row}, ${plane});`).join(" ");
  });
  const store = (array) => planes.map((plane) => `${array}${plane}[k] = ${plane};`);
  const firstLayer = [
    `for (@int k = 0; k < ${groups}; k++) {`,
    "@vec4 a = fetch(base + 4 * k); @vec4 b = fetch(base + 4 * k + 1);",
    "@vec4 c0 = fetch(base + 4 * k + 2); @vec4 d = fetch(base + 4 * k + 3);",
    "@vec4 z = vec4(dot(a.xyz, x) + a.w, dot(b.xyz, x) + b.w, dot(c0.xyz, x) + c0.w, dot(d.xyz, x) + d.w);",
    ...along.map((axis, index) => `@vec4 z${index} = vec4(a[${axis}], b[${axis}], c0[${axis}], d[${axis}]);`),
    ...activation(along, false),
    ...(hiddenLayers ? store("p") : accumulate),
    "}",
  ];
  const hiddenLayer = (number, finish) => [
    `for (@int k = 0; k < ${groups}; k++) {`,
    `@int at = base + ${layout.first + number * layout.hidden} + ${1 + 4 * groups} * k;`,
    "@vec4 z = fetch(at); at++;",
    ...along.map((_, index) => `@vec4 z${index} = vec4(0.0);`),
    ...(along.length ? ["@vec4 zl = vec4(0.0);"] : []),
    `for (@int i = 0; i < ${groups}; i++) {`,
    // The columns hold the rows of the weights, so the vector stands on the left.
    "@mat4x4 w = mat4x4(fetch(at), fetch(at + 1), fetch(at + 2), fetch(at + 3)); at += 4;",
    "z += pv[i] * w;",
    ...along.map((_, index) => `z${index} += pg${index}[i] * w;`),
    ...(along.length ? ["zl += pl[i] * w;"] : []),
    "}",
    ...activation(along, true),
    ...finish,
    "}",
  ];
  const arrays = (letter) => planes.map((plane) => `@vec4 ${letter}${plane}[${groups}];`);
  const middle = [];
  for (let number = 0; number < hiddenLayers - 1; number++) {
    middle.push(...hiddenLayer(number, store("q")));
    middle.push(`for (@int k = 0; k < ${groups}; k++) { ` +
      planes.map((plane) => `p${plane}[k] = q${plane}[k];`).join(" ") + " }");
  }
  return [
    `@fn Point${name} network${name}(int base, vec3 x) {`,
    `@int last = base + ${output};`,
    `@Point${name} o = ${zeroPoint(along)};`,
    ...(hiddenLayers ? arrays("p") : []),
    ...(hiddenLayers > 1 ? arrays("q") : []),
    ...firstLayer,
    ...middle,
    ...(hiddenLayers ? hiddenLayer(hiddenLayers - 1, accumulate) : []),
    `o.v += fetch(last + ${outputs * groups});`,
    "return o;",
    "}",
  ].join("\n");
}

/** A decimal number that the shading languages take for one. */
const decimal = (value) => (Number.isInteger(value) ? value.toFixed(1) : `${value}`);

function membersFunction(axis, number, layout) {
  const begin = `@fn Members members${number}(int whole, float part) {
@Members o = Members(1, ivec4(0), vec4(1.0, 0.0, 0.0, 0.0), vec4(0.0), vec4(0.0));`;
  if (axis.kind === "whole") return `${begin}\nreturn o;\n}`;
  if (axis.kind === "quintic") {
    const [length, overlap] = [decimal(axis.length), decimal(axis.overlap)];
    return `${begin}
@float place = float(whole) + part;
@int cell = clamp(int(floor((place + 0.5) / ${length})), 0, ${axis.cells - 1});
@vec4 m = fetch(${layout.middles[number]} + cell);
@float away = float(whole - int(m.x)) + (part - m.y);
o.cells[0] = cell;
@float t = -1.0;
if (cell > 0 && away + ${decimal(axis.length / 2)} < ${overlap}) {
o.cells[0] = cell - 1;
t = (away + ${decimal(axis.length / 2 + axis.overlap)}) / ${decimal(2 * axis.overlap)};
} else if (cell < ${axis.cells - 1} && ${decimal(axis.length / 2)} - away < ${overlap}) {
t = (away - ${decimal(axis.length / 2 - axis.overlap)}) / ${decimal(2 * axis.overlap)};
}
if (t < 0.0) { return o; }
o.count = 2; o.cells[1] = o.cells[0] + 1; t = clamp(t, 0.0, 1.0);
@float r = 1.0 - t;
o.w[1] = t * t * t * (t * (6.0 * t - 15.0) + 10.0); o.w[0] = 1.0 - o.w[1];
o.s[1] = 30.0 * t * t * r * r / ${decimal(2 * axis.overlap)}; o.s[0] = -o.s[1];
o.q[1] = 60.0 * t * r * (1.0 - 2.0 * t) / ${decimal(4 * axis.overlap * axis.overlap)}; o.q[0] = -o.q[1];
return o;
}`;
  }
  return `${begin}
@float place = float(whole) + part;
if (place <= -0.5) { return o; }
if (place >= ${decimal(axis.samples - 0.5)}) { o.cells[0] = ${axis.cells - 1}; return o; }
@int nearest = clamp(int(floor(place + 0.5)), 0, ${axis.samples - 1});
@vec4 own = fetch(${layout.tables[number]} + nearest);
o.count = int(own.y);
for (@int k = 0; k < 4; k++) {
if (k >= o.count) { break; }
o.cells[k] = int(own.x) + k;
@vec4 m = fetch(${layout.middles[number]} + o.cells[k]);
@float away = float(whole - int(m.x)) + (part - m.y);
@float angle = ${decimal(Math.PI / axis.size)} * (away + ${decimal(axis.size / 2)});
@float sn = sin(angle); @float cs = cos(angle);
o.w[k] = max(sn * sn, 1e-6);
if (sn * sn < 1e-6) { continue; }
o.s[k] = ${decimal(2 * Math.PI / axis.size)} * sn * cs;
o.q[k] = ${decimal(2 * (Math.PI / axis.size) ** 2)} * (cs * cs - sn * sn);
}
return o;
}`;
}

/** `evaluate(whole, part)`: the windows times the networks, by the product rule. */
function evaluateFunction(field, along, layout) {
  const axes = field.axes;
  const name = along.join("");
  const body = [`@fn Point${name} evaluate${name}(ivec3 whole, vec3 part) {`, "@vec3 x = vec3(0.0); @vec4 m = vec4(0.0);"];
  const offset = (axis, cell) =>
    `m = fetch(${layout.middles[axis]} + ${cell}); ` +
    `x[${axis}] = float(whole[${axis}] - int(m.x)) + (part[${axis}] - m.y);`;
  if (field.cells === 1) {
    body.push(...axes.map((_, axis) => offset(axis, "0")), `return network${name}(0, x);`, "}");
    return body.join("\n");
  }
  body.push(`@Point${name} r = ${zeroPoint(along)};`);
  const sums = !field.isNormalized;
  if (sums) {
    body.push("@float total = 0.0; @float totalq = 0.0;");
    body.push(...along.map((_, index) => `@float total${index} = 0.0;`));
  }
  axes.forEach((_, axis) => body.push(`@Members n${axis} = members${axis}(whole[${axis}], part[${axis}]);`));
  axes.forEach((_, axis) => {
    const bound = axes[axis].kind === "sine" ? 4 : axes[axis].kind === "quintic" ? 2 : 1;
    body.push(
      `for (@int i${axis} = 0; i${axis} < ${bound}; i${axis}++) {`, `if (i${axis} >= n${axis}.count) { break; }`);
  });
  const index = axes.reduce(
    (text, axis, number) => (number ? `(${text}) * ${axis.cells} + n${number}.cells[i${number}]` : "n0.cells[i0]"), "");
  body.push(`@int cell = ${index};`);
  body.push(...axes.map((_, axis) => offset(axis, `n${axis}.cells[i${axis}]`)));
  // The product of the windows, one of them replaced by its slope or curvature.
  const product = (letter, chosen) =>
    axes.map((_, axis) => `n${axis}.${axis === chosen ? letter : "w"}[i${axis}]`).join(" * ");
  const own = field.cellWeights ? `fetch(${layout.weights} + cell).x * ` : "";
  body.push(`@float weight = ${own}${product("w", -1)};`);
  body.push(...along.map((axis, index) => `@float slope${index} = ${own}${product("s", axis)};`));
  if (along.length) {
    body.push(`@float curve = ${own}(${along.map((axis) => product("q", axis)).join(" + ")});`);
  }
  body.push(`@Point${name} o = network${name}(cell * ${layout.cell}, x);`);
  body.push("r.v += weight * o.v;");
  along.forEach((_, index) => body.push(`r.g${index} += slope${index} * o.v + weight * o.g${index};`));
  if (along.length) {
    const mixed = along.map((_, index) => `2.0 * slope${index} * o.g${index}`).join(" + ");
    body.push(`r.l += curve * o.v + ${mixed} + weight * o.l;`);
  }
  if (sums) {
    body.push("total += weight;");
    along.forEach((_, index) => body.push(`total${index} += slope${index};`));
    if (along.length) body.push("totalq += curve;");
  }
  body.push(...axes.map(() => "}"));
  if (sums) {
    // The quotient rule.
    body.push("r.v /= total;");
    if (along.length) {
      body.push("r.l -= r.v * totalq;");
      along.forEach((_, index) => {
        body.push(
          `r.g${index} = (r.g${index} - r.v * total${index}) / total; r.l -= 2.0 * r.g${index} * total${index};`);
      });
      body.push("r.l /= total;");
    }
  }
  body.push("return r;", "}");
  return body.join("\n");
}

/** The shader that writes a quantity of the field at a grid of places into a float target. */
export function gridShader(field, along) {
  const outputs = field.outputs;
  const ones = [0, 1, 2, 3].map((channel) => (channel < outputs ? "1.0" : "0.0"));
  const choice = along.length === 0 ? "return r.v;" : `
if (u.what == 1) {
@vec4 square = r.g0 * r.g0 + r.g1 * r.g1; @vec4 ones = vec4(${ones});
return vec4(dot(r.g1, ones), dot(r.g0, ones), sqrt(dot(square, ones) / ${decimal(outputs)}), 0.0);
}
if (u.what == 2) { return r.g1; }
if (u.what == 3) { return r.g0; }
return r.l;`;
  return {
    textures: ["numbers"], uniforms: { whole: "ivec3", part: "vec3", across: "vec3", down: "vec3", what: "int" },
    body: `${fieldFunctions(field, [along])}
@fn vec4 shade(vec2 pixel) {
@Point${along.join("")} r = evaluate${along.join("")}(u.whole, u.part + pixel.x * u.across + pixel.y * u.down);
${choice}
}`,
  };
}

/** The uniforms of a grid of places: see `fill` of the engines. */
export function gridUniforms(map, what) {
  const three = (values) => [0, 1, 2].map((axis) => values[axis] ?? 0);
  // Whole samples and fractions apart, so that single precision reaches far below a pixel.
  const whole = three(map.start).map(Math.floor);
  return {
    whole, part: three(map.start).map((value, axis) => value - whole[axis]), across: three(map.across),
    down: three(map.down), what,
  };
}
