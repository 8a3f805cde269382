// The engine on the graphics processor by WebGL 2: fills float targets with the field, and shows them as colours.
//
// `webgpu.js` and `cpu.js` have the same methods.

import { dataLayout, fieldTexels, gridShader, gridUniforms } from "./shader.js";
import { colourRules } from "./colour.js";
import { displayShader, displayUniforms } from "./display-shader.js";
import { glslSetter, glslText } from "./shader-language.js";

const vertexShader = `#version 300 es
void main() { gl_Position = vec4(4.0 * float(gl_VertexID & 1) - 1.0, 2.0 * float(gl_VertexID & 2) - 1.0, 0.0, 1.0); }`;

/** Compiles a shader, and finds its uniforms. */
function compiled(gl, shader) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertexShader], [gl.FRAGMENT_SHADER, glslText(shader)]]) {
    const part = gl.createShader(kind);
    gl.shaderSource(part, text);
    gl.compileShader(part);
    if (!gl.getShaderParameter(part, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`a shader does not compile: ${gl.getShaderInfoLog(part)}`);
    }
    gl.attachShader(program, part);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`a shader does not link: ${gl.getProgramInfoLog(program)}`);
  }
  return {
    program, textures: shader.textures.map((name) => gl.getUniformLocation(program, name)),
    uniforms: Object.entries(shader.uniforms).map(([name, type]) =>
      ({ name, place: gl.getUniformLocation(program, `u.${name}`), setter: glslSetter(type) })),
  };
}

export class WebGLEngine {
  /** The engine for a field on a canvas; null where the browser lacks WebGL 2 or float targets. */
  static create(field, canvas) {
    // A canvas keeps the first kind of context that it gave, so the attempt is made on another one.
    const trial = document.createElement("canvas").getContext("webgl2");
    if (!trial?.getExtension("EXT_color_buffer_float")) return null;
    trial.getExtension("WEBGL_lose_context")?.loseContext();
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "high-performance" });
    if (!gl || !gl.getExtension("EXT_color_buffer_float")) return null;
    const layout = dataLayout(field);
    if (layout.rows > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return null;
    return new WebGLEngine(gl, field, layout, canvas);
  }

  constructor(gl, field, layout, canvas) {
    this.gl = gl;
    this.field = field;
    this.canvas = canvas;
    this.name = "WebGL 2";
    this.isFast = true;
    this.programs = new Map();
    this.numbers = this.texture(gl.RGBA32F, 1 << 11, layout.rows, gl.FLOAT, fieldTexels(field, layout));
    this.palette = this.texture(gl.RGBA8, 256, 1, gl.UNSIGNED_BYTE, null);
    this.nothing = this.texture(gl.RGBA8, 1, 1, gl.UNSIGNED_BYTE, new Uint8Array(4));
    this.reference = null;
    this.display = compiled(gl, displayShader);
  }

  /** The name of the device, for people. */
  get device() {
    const info = this.gl.getExtension("WEBGL_debug_renderer_info");
    return info ? this.gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "unknown";
  }

  texture(format, width, height, type, data) {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const layout = format === gl.R8 ? gl.RED : gl.RGBA;
    gl.texImage2D(gl.TEXTURE_2D, 0, format, width, height, 0, layout, type, data);
    this.sample(gl.NEAREST, gl.NEAREST);
    return texture;
  }

  /** How the bound texture is read between its points. */
  sample(reduced, enlarged) {
    const { gl } = this;
    const settings = [
      ["TEXTURE_MIN_FILTER", reduced], ["TEXTURE_MAG_FILTER", enlarged], ["TEXTURE_WRAP_S", gl.CLAMP_TO_EDGE],
      ["TEXTURE_WRAP_T", gl.CLAMP_TO_EDGE],
    ];
    for (const [name, value] of settings) gl.texParameteri(gl.TEXTURE_2D, gl[name], value);
  }

  /** A picture file to compare with, as decoded by the browser. */
  setReference(picture) {
    const { gl } = this;
    this.reference = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.reference);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    gl.generateMipmap(gl.TEXTURE_2D);
    this.sample(gl.LINEAR_MIPMAP_LINEAR, gl.NEAREST);
  }

  /** Four floats per point, to be filled part by part. */
  target(width, height, format = this.gl.RGBA32F, type = this.gl.FLOAT) {
    const { gl } = this;
    const texture = this.texture(format, width, height, type, null);
    const buffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    return { width, height, texture, buffer };
  }

  /** Frees a target. */
  release(target) {
    this.gl.deleteTexture(target.texture);
    this.gl.deleteFramebuffer(target.buffer);
  }

  /** Adds a shader of a page's own, which `map.program` names. */
  addProgram(name, shader) { this.programs.set(name, compiled(this.gl, shader)); }

  gridProgram(along) {
    const name = along.join();
    if (!this.programs.has(name)) this.addProgram(name, gridShader(this.field, along));
    return this.programs.get(name);
  }

  /**
   * Writes a quantity into a part of a target.
   *
   * @param map `{start, across, down, along}`: the place of the target's first point, the steps to the next point of a
   *   row and of a column, in samples per axis, and the axes of the derivatives; or `{program, uniforms}`
   * @param rectangles `[x, y, width, height]` each
   */
  fill(target, map, what, rectangles) {
    const { gl } = this;
    const program = map.program ? this.programs.get(map.program) : this.gridProgram(what === 0 ? [] : map.along);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.buffer);
    gl.viewport(0, 0, target.width, target.height);
    this.use(program, [this.numbers], map.program ? map.uniforms : gridUniforms(map, what));
    gl.enable(gl.SCISSOR_TEST);
    for (const rectangle of rectangles) {
      gl.scissor(...rectangle);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  }

  use(program, textures, values) {
    const { gl } = this;
    gl.useProgram(program.program);
    program.textures.forEach((place, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, textures[unit]);
      gl.uniform1i(place, unit);
    });
    gl.activeTexture(gl.TEXTURE0);
    for (const { name, place, setter } of program.uniforms) gl[setter](place, [values[name]].flat());
  }

  /** Waits until everything is drawn, so that the next slice's time is its own. The page stays alive meanwhile. */
  async finish() {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    while (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    gl.deleteSync(fence);
  }

  /** The numbers of a target, four per point. */
  async read(target) {
    const numbers = new Float32Array(4 * target.width * target.height);
    await this.readInto(numbers, target, this.gl.FLOAT);
    return numbers;
  }

  /** Reads a target by way of a buffer, which makes nobody wait. */
  async readInto(numbers, target, type) {
    const { gl } = this;
    const copy = gl.createBuffer();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, copy);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, numbers.byteLength, gl.STREAM_READ);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.buffer);
    gl.readPixels(0, 0, target.width, target.height, gl.RGBA, type, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    await this.finish();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, copy);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, numbers);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    gl.deleteBuffer(copy);
  }

  /** Which tiles of a target are filled: one byte per tile. */
  mask(columns, rows) {
    const { gl } = this;
    const bytes = new Uint8Array(columns * rows);
    return { columns, rows, bytes, texture: this.texture(gl.R8, columns, rows, gl.UNSIGNED_BYTE, bytes) };
  }

  /** Passes on changes of a mask's bytes. */
  update(mask) {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, mask.texture);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, mask.columns, mask.rows, gl.RED, gl.UNSIGNED_BYTE, mask.bytes);
  }

  releaseMask(mask) { this.gl.deleteTexture(mask.texture); }

  /** Shows layers on the canvas; see `Progressive.layers`. */
  show(scene) { this.draw(scene, null); }

  /** The layers as 8-bit colours, four per point. */
  async colours(scene) {
    const { gl } = this;
    const target = this.target(scene.width, scene.height, gl.RGBA8, gl.UNSIGNED_BYTE);
    this.draw(scene, target.buffer);
    const bytes = new Uint8Array(4 * scene.width * scene.height);
    await this.readInto(bytes, target, gl.UNSIGNED_BYTE);
    this.release(target);
    return bytes;
  }

  draw(scene, buffer) {
    const { gl, nothing } = this;
    const { fine, backdrop, style } = scene;
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(style.palette.buffer));
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
    gl.viewport(0, 0, scene.width, scene.height);
    const textures = [
      fine?.target.texture ?? nothing, fine?.mask?.texture ?? nothing, backdrop?.target.texture ?? nothing, this.palette,
      this.reference ?? nothing,
    ];
    // The canvas counts its rows from below.
    this.use(this.display, textures, displayUniforms(scene, colourRules, this.reference, buffer === null));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}
