// Shaders are written once, in what GLSL and WGSL have in common, and translated into the one or the other.
//
// Both languages have the same arithmetic, vectors (`vec4(...)`), matrices (`mat4x4(...)`), `if` with braces, `for`, and
// most functions. Declarations differ, so a mark stands before them:
//
//     @struct Pair { vec4 a; float b; };        @vec4 x = vec4(0.0);        @vec4 list[9];
//     @fn vec4 name(int a, vec3 b) { ... }      for (@int k = 0; k < 9; k++) { ... }
//
// A shader is `{textures, isSampled, uniforms, body}`: the names of its textures, whether it reads between the points of
// one, the types of its uniforms by name (read as `u.name`), and the text with a function `vec4 shade(vec2 pixel)`, which
// gives what is written at a point.

const numbersOfType = { float: 1, int: 1, vec2: 2, vec3: 3, vec4: 4, ivec3: 3 };
const wgslTypes = {
  float: "f32", int: "i32", bool: "bool", vec2: "vec2f", vec3: "vec3f", vec4: "vec4f", ivec2: "vec2i", ivec3: "vec3i",
  ivec4: "vec4i", mat4x4: "mat4x4f",
};
const inWGSL = (type) => wgslTypes[type] ?? type;

const uniformStructure = (shader) =>
  `@struct Uniforms { ${Object.entries(shader.uniforms).map(([name, type]) => `${type} ${name};`).join(" ")} };\n`;

/** The fragment shader for WebGL 2. */
export function glslText(shader) {
  const plain = (text) => text.replace(/@(fn )?/g, "");
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
#define textureLoad texelFetch
#define textureDimensions(t) textureSize(t, 0)
#define textureSampleGrad(t, sampling, place, across, down) textureGrad(t, place, across, down)
#define atan2 atan
uniform sampler2D ${shader.textures.join(", ")};
${plain(uniformStructure(shader))}uniform Uniforms u;
out vec4 result;
${plain(shader.body)}
void main() { result = shade(floor(gl_FragCoord.xy)); }`;
}

/** The name of the function that sets a uniform of a type, with an array of numbers, in WebGL. */
export const glslSetter = (type) => `uniform${numbersOfType[type]}${type.startsWith("i") ? "i" : "f"}v`;

/** The shaders for WebGPU: a triangle that covers everything, and the fragments. */
export function wgslText(shader) {
  const parameters = (list) => list.split(", ").map((one) => {
    const [type, name] = one.split(" ");
    return `${name}: ${inWGSL(type)}`;
  }).join(", ");
  const translated = (text) => text
    .replace(/@fn (\w+) (\w+)\(([^)]*)\)/g, (_, type, name, list) => `fn ${name}(${parameters(list)}) -> ${inWGSL(type)}`)
    .replace(/@struct (\w+) \{([^}]*)\};/g, (_, name, members) =>
      `struct ${name} { ${members.replace(/(\w+) (\w+);/g, (__, type, member) => `${member}: ${inWGSL(type)},`)} }`)
    .replace(/@(\w+) (\w+)(?:\[(\d+)\])?/g, (_, type, name, count) =>
      `var ${name}: ${count ? `array<${inWGSL(type)}, ${count}>` : inWGSL(type)}`);
  return `${["float", "int", "ivec2", "ivec3", "ivec4"].map((type) => `alias ${type} = ${inWGSL(type)};`).join(" ")}
${translated(uniformStructure(shader))}@group(0) @binding(0) var<uniform> u: Uniforms;
${shader.textures.map((name, index) => `@group(0) @binding(${index + 1}) var ${name}: texture_2d<f32>;`).join("\n")}
${shader.isSampled ? `@group(0) @binding(${shader.textures.length + 1}) var sampling: sampler;` : ""}
${translated(shader.body)}
@vertex fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(4.0 * f32(index & 1u) - 1.0, 2.0 * f32(index & 2u) - 1.0, 0.0, 1.0);
}
@fragment fn main(@builtin(position) position: vec4f) -> @location(0) vec4f { return shade(floor(position.xy)); }`;
}

/** Where the uniforms lie in the buffer that WebGPU reads: `{places: {name: byte}, bytes}`. */
export function uniformPlaces(shader) {
  const places = {};
  let next = 0;
  for (const [name, type] of Object.entries(shader.uniforms)) {
    const count = numbersOfType[type];
    const alignment = 4 * (count === 3 ? 4 : count);
    places[name] = Math.ceil(next / alignment) * alignment;
    next = places[name] + 4 * count;
  }
  return { places, bytes: Math.ceil(next / 16) * 16 };
}

/** Writes the uniforms by name, one number or an array each, as that buffer holds them. */
export function packedUniforms(shader, { places, bytes }, values) {
  const buffer = new ArrayBuffer(bytes);
  for (const [name, type] of Object.entries(shader.uniforms)) {
    const list = type.startsWith("i") ? Int32Array : Float32Array;
    new list(buffer, places[name], numbersOfType[type]).set([values[name]].flat());
  }
  return buffer;
}
