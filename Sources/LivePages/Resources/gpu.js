// The engine on the graphics processor: fills float targets with the field, and shows them as colours.

import { dataLayout, fieldTexels, gridShader } from "./shader.js";
import { colourRules } from "./colour.js";
import { displayShader } from "./display-shader.js";

const vertexShader = `#version 300 es
void main() { gl_Position = vec4(4.0 * float(gl_VertexID & 1) - 1.0, 2.0 * float(gl_VertexID & 2) - 1.0, 0.0, 1.0); }`;

/** Compiles a program, and finds its uniforms by name as they are asked for. */
export function compiled(gl, fragment) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertexShader], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`a shader does not compile: ${gl.getShaderInfoLog(shader)}`);
    }
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`a shader does not link: ${gl.getProgramInfoLog(program)}`);
  }
  const places = new Map();
  return {
    program,
    at(name) {
      if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name));
      return places.get(name);
    },
  };
}

export class GraphicsEngine {
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
    return new GraphicsEngine(gl, field, layout, canvas);
  }

  constructor(gl, field, layout, canvas) {
    this.gl = gl;
    this.field = field;
    this.canvas = canvas;
    this.isFast = true;
    this.programs = new Map();
    this.numbers = this.texture(gl.RGBA32F, 1 << 11, layout.rows, gl.FLOAT, fieldTexels(field, layout));
    this.palette = this.texture(gl.RGBA8, 256, 1, gl.UNSIGNED_BYTE, null, gl.LINEAR);
    this.nothing = this.texture(gl.RGBA8, 1, 1, gl.UNSIGNED_BYTE, new Uint8Array(4));
    this.reference = null;
    this.display = compiled(gl, displayShader);
  }

  /** The name of the device, for people. */
  get device() {
    const info = this.gl.getExtension("WEBGL_debug_renderer_info");
    return info ? this.gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "WebGL 2";
  }

  texture(format, width, height, type, data, filter = this.gl.NEAREST) {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const layout = format === gl.R8 ? gl.RED : gl.RGBA;
    gl.texImage2D(gl.TEXTURE_2D, 0, format, width, height, 0, layout, type, data);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, filter);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    }
    return texture;
  }

  /** A picture file to compare with, as decoded by the browser. */
  setReference(picture) {
    const { gl } = this;
    this.reference = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.reference);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    }
  }

  /** Four floats per point, to be filled part by part. */
  target(width, height) {
    const { gl } = this;
    const texture = this.texture(gl.RGBA32F, width, height, gl.FLOAT, null);
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
  addProgram(name, text) { this.programs.set(name, compiled(this.gl, text)); }

  gridProgram(along) {
    const name = along.join();
    if (!this.programs.has(name)) this.programs.set(name, compiled(this.gl, gridShader(this.field, along)));
    return this.programs.get(name);
  }

  /**
   * Writes a quantity into a part of a target.
   *
   * @param map `{start, across, down, along}`: the place of the target's first point, the steps to the next point of a
   *   row and of a column, in samples per axis, and the axes of the derivatives
   * @param rectangles `[x, y, width, height]` each
   */
  fill(target, map, what, rectangles) {
    const { gl } = this;
    const program = map.program ? this.programs.get(map.program) : this.gridProgram(what === 0 ? [] : map.along);
    gl.useProgram(program.program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.buffer);
    gl.viewport(0, 0, target.width, target.height);
    this.bind(program, { numbers: this.numbers });
    if (map.program) {
      for (const [name, values] of Object.entries(map.uniforms)) {
        gl[`uniform${values.length}fv`](program.at(name), values);
      }
    } else this.place(program, map, what);
    gl.enable(gl.SCISSOR_TEST);
    for (const rectangle of rectangles) {
      gl.scissor(...rectangle);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  }

  /** The places of a target's points. */
  place(program, map, what) {
    const { gl } = this;
    const three = (values) => [0, 1, 2].map((axis) => values[axis] ?? 0);
    const whole = three(map.start).map(Math.floor);
    gl.uniform3iv(program.at("whole"), whole);
    gl.uniform3fv(program.at("part"), three(map.start).map((value, axis) => value - whole[axis]));
    gl.uniform3fv(program.at("across"), three(map.across));
    gl.uniform3fv(program.at("down"), three(map.down));
    if (what !== 0) gl.uniform1i(program.at("what"), what);
  }

  bind(program, textures) {
    const { gl } = this;
    Object.entries(textures).forEach(([name, texture], unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform1i(program.at(name), unit);
    });
    gl.activeTexture(gl.TEXTURE0);
  }

  /** Waits until the canvas is drawn, so that the next slice's time is its own. */
  settle() {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  /** Waits until what was filled is there: reads one point back. */
  finish(target) { this.read(target, 0, 0, 1, 1); }

  /** The numbers of a part of a target, four per point. */
  read(target, x = 0, y = 0, width = target.width, height = target.height) {
    const { gl } = this;
    const numbers = new Float32Array(4 * width * height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.buffer);
    gl.readPixels(x, y, width, height, gl.RGBA, gl.FLOAT, numbers);
    return numbers;
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

  /**
   * Shows layers on the canvas, or in 8-bit numbers if `pixels` is true.
   *
   * @param scene see `Progressive.scene`
   */
  show(scene, pixels = false) {
    const { gl } = this;
    const [width, height] = [scene.width, scene.height];
    let buffer = null;
    let texture = null;
    if (pixels) {
      texture = this.texture(gl.RGBA8, width, height, gl.UNSIGNED_BYTE, null);
      buffer = gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    }
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(scene.style.palette.buffer));
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
    gl.viewport(0, 0, width, height);
    const { program, at } = { program: this.display.program, at: this.display.at };
    gl.useProgram(program);
    const { fine, backdrop, style } = scene;
    this.bind(this.display, {
      fine: fine?.target.texture ?? this.nothing, mask: fine?.mask?.texture ?? this.nothing,
      backdrop: backdrop?.target.texture ?? this.nothing, colours: this.palette,
      reference: this.reference ?? this.nothing,
    });
    gl.uniform1i(at("hasFine"), fine ? (fine.mask ? 1 : 2) : 0);
    gl.uniform1i(at("tile"), fine?.tile ?? 1);
    gl.uniform1i(at("hasBackdrop"), backdrop ? 1 : 0);
    gl.uniform4fv(at("toBackdrop"), backdrop?.from ?? [1, 1, 0, 0]);
    gl.uniform2f(at("size"), width, height);
    gl.uniform1i(at("upsideDown"), pixels ? 0 : 1);
    gl.uniform4fv(at("toSignal"), scene.toSignal);
    gl.uniform2fv(at("samples"), scene.samples);
    gl.uniform1i(at("beyond"), scene.beyond ? 1 : 0);
    gl.uniform1f(at("split"), this.reference ? scene.split ?? 1e9 : 1e9);
    gl.uniform1i(at("rule"), colourRules.indexOf(style.rule));
    gl.uniform1i(at("channels"), style.channels);
    gl.uniform1f(at("scale"), style.scale);
    gl.uniform2f(at("stretch"), style.low, 1 / (style.high - style.low));
    gl.uniform3fv(at("paper"), scene.paper);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    if (!pixels) return null;
    const bytes = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.deleteFramebuffer(buffer);
    gl.deleteTexture(texture);
    return bytes;
  }
}
