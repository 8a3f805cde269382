// The engine on the graphics processor by WebGPU; `webgl.js` says what its methods do.

import { dataLayout, fieldTexels, gridShader, gridUniforms } from "./shader.js";
import { colourRules } from "./colour.js";
import { displayShader, displayUniforms } from "./display-shader.js";
import { packedUniforms, uniformPlaces, wgslText } from "./shader-language.js";

const canvasFormat = () => navigator.gpu.getPreferredCanvasFormat();
const numberFormat = "rgba32float";
const colourFormat = "rgba8unorm";

export class WebGPUEngine {
  /**
   * The engine for a field on a canvas; null where the browser has no adapter that can run the shaders.
   *
   * @param allowsSoftware whether an adapter may do that computes in software, in which WebGL is faster
   */
  static async create(field, canvas, allowsSoftware) {
    let device = null;
    try {
      const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
      const layout = dataLayout(field);
      if (!adapter || layout.rows > adapter.limits.maxTextureDimension2D) return null;
      if (!allowsSoftware && (adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter)) return null;
      device = await adapter.requestDevice(
        { requiredLimits: { maxTextureDimension2D: adapter.limits.maxTextureDimension2D } });
      const made = new WebGPUEngine(adapter, device, field, layout, canvas);
      // A driver that cannot compile the field's shader, or cannot show a canvas, says so here. A canvas keeps the first
      // kind of context that it gave, so the attempt is made on another one.
      await made.pipelineLater(made.gridProgram([]), numberFormat);
      await made.pipelineLater(made.display, canvasFormat());
      const trial = new OffscreenCanvas(1, 1);
      made.write(made.configured(trial, GPUTextureUsage.COPY_DST).getCurrentTexture(), new Uint8Array(4));
      await made.finish();
      made.takeCanvas();
      return made;
    } catch {
      device?.destroy();
      return null;
    }
  }

  constructor(adapter, device, field, layout, canvas) {
    this.gpu = device;
    this.adapter = adapter;
    this.field = field;
    this.canvas = canvas;
    this.name = "WebGPU";
    this.isFast = true;
    this.programs = new Map();
    this.numbers = this.texture(numberFormat, 1 << 11, layout.rows, fieldTexels(field, layout));
    this.palette = this.texture(colourFormat, 256, 1);
    this.nothing = this.texture(colourFormat, 1, 1, new Uint8Array(4));
    this.reference = null;
    this.sampler = device.createSampler({ minFilter: "linear", mipmapFilter: "linear" });
    this.display = this.program(displayShader);
  }

  /** The context of a canvas, ready to be drawn into. */
  configured(canvas, usage = GPUTextureUsage.RENDER_ATTACHMENT) {
    const context = canvas.getContext("webgpu");
    context.configure({ device: this.gpu, format: canvasFormat(), alphaMode: "opaque", usage });
    return context;
  }

  takeCanvas() {
    this.context = this.configured(this.canvas);
    this.gpu.lost.then(() => this.canvas.dispatchEvent(new Event("webgpudevicelost", { bubbles: true })));
  }

  /** The name of the device, for people. */
  get device() {
    const { description, vendor, architecture } = this.adapter.info ?? {};
    return description || [vendor, architecture].filter(Boolean).join(" ") || "unknown";
  }

  // Textures.

  texture(format, width, height, data = null, levels = 1) {
    const { TEXTURE_BINDING, RENDER_ATTACHMENT, COPY_SRC, COPY_DST } = GPUTextureUsage;
    const texture = this.gpu.createTexture({
      size: [width, height], format, mipLevelCount: levels, usage: TEXTURE_BINDING | RENDER_ATTACHMENT | COPY_SRC | COPY_DST,
    });
    if (data) this.write(texture, data);
    return texture;
  }

  write(texture, data) {
    const { width, height } = texture;
    this.gpu.queue.writeTexture({ texture }, data, { bytesPerRow: data.byteLength / height }, [width, height]);
  }

  setReference(picture) {
    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
    const levels = 1 + Math.floor(Math.log2(Math.max(width, height)));
    this.reference = this.texture(colourFormat, width, height, null, levels);
    for (let mipLevel = 0; mipLevel < levels; mipLevel++) {
      const size = [width, height].map((side) => Math.max(1, side >> mipLevel));
      const source = new OffscreenCanvas(...size);
      const context = source.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, 0, 0, ...size);
      this.gpu.queue.copyExternalImageToTexture({ source }, { texture: this.reference, mipLevel }, size);
    }
  }

  target(width, height, format = numberFormat) {
    return { width, height, texture: this.texture(format, width, height) };
  }

  release(target) { target.texture.destroy(); }

  mask(columns, rows) {
    const bytes = new Uint8Array(columns * rows);
    return { columns, rows, bytes, texture: this.texture("r8unorm", columns, rows, bytes) };
  }

  update(mask) { this.write(mask.texture, mask.bytes); }

  releaseMask(mask) { mask.texture.destroy(); }

  // Programs.

  program(shader) {
    const code = this.gpu.createShaderModule({ code: wgslText(shader) });
    const places = uniformPlaces(shader);
    const uniforms = this.gpu.createBuffer({
      size: places.bytes, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    return { shader, code, places, uniforms, pipelines: new Map() };
  }

  addProgram(name, shader) { this.programs.set(name, this.program(shader)); }

  gridProgram(along) {
    const name = along.join();
    if (!this.programs.has(name)) this.addProgram(name, gridShader(this.field, along));
    return this.programs.get(name);
  }

  pipelineSettings(program, format) {
    const module = program.code;
    return {
      layout: "auto", vertex: { module, entryPoint: "corner" },
      fragment: { module, entryPoint: "main", targets: [{ format }] },
    };
  }

  async pipelineLater(program, format) {
    program.pipelines.set(format, await this.gpu.createRenderPipelineAsync(this.pipelineSettings(program, format)));
  }

  pipeline(program, format) {
    if (!program.pipelines.has(format)) {
      program.pipelines.set(format, this.gpu.createRenderPipeline(this.pipelineSettings(program, format)));
    }
    return program.pipelines.get(format);
  }

  /** Runs a program over rectangles of a texture. */
  draw(program, texture, textures, values, rectangles) {
    const { gpu } = this;
    gpu.queue.writeBuffer(program.uniforms, 0, packedUniforms(program.shader, program.places, values));
    const pipeline = this.pipeline(program, texture.format);
    const bound = [
      { buffer: program.uniforms }, ...textures.map((one) => one.createView()),
      ...(program.shader.isSampled ? [this.sampler] : []),
    ];
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginRenderPass(
      { colorAttachments: [{ view: texture.createView(), loadOp: "load", storeOp: "store" }] });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, gpu.createBindGroup({
      layout: pipeline.getBindGroupLayout(0), entries: bound.map((resource, binding) => ({ binding, resource })),
    }));
    for (const rectangle of rectangles) {
      pass.setScissorRect(...rectangle);
      pass.draw(3);
    }
    pass.end();
    gpu.queue.submit([encoder.finish()]);
  }

  fill(target, map, what, rectangles) {
    const program = map.program ? this.programs.get(map.program) : this.gridProgram(what === 0 ? [] : map.along);
    const values = map.program ? map.uniforms : gridUniforms(map, what);
    this.draw(program, target.texture, [this.numbers], values, rectangles);
  }

  finish() { return this.gpu.queue.onSubmittedWorkDone(); }

  async read(target) {
    return new Float32Array((await this.bytes(target)).buffer);
  }

  /** The bytes of a target: WebGPU copies rows of multiples of 256. */
  async bytes({ texture, width, height }) {
    const row = width * (texture.format === numberFormat ? 16 : 4);
    const bytesPerRow = Math.ceil(row / 256) * 256;
    const buffer = this.gpu.createBuffer({
      size: bytesPerRow * height, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = this.gpu.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow }, [width, height]);
    this.gpu.queue.submit([encoder.finish()]);
    await buffer.mapAsync(GPUMapMode.READ);
    const copied = new Uint8Array(buffer.getMappedRange());
    const result = new Uint8Array(row * height);
    for (let y = 0; y < height; y++) result.set(copied.subarray(y * bytesPerRow, y * bytesPerRow + row), y * row);
    buffer.destroy();
    return result;
  }

  // What is shown.

  show(scene) { this.drawScene(scene, this.context.getCurrentTexture()); }

  async colours(scene) {
    const target = this.target(scene.width, scene.height, colourFormat);
    this.drawScene(scene, target.texture);
    const bytes = await this.bytes(target);
    this.release(target);
    return bytes;
  }

  drawScene(scene, texture) {
    const { fine, backdrop, style } = scene;
    const { nothing } = this;
    this.write(this.palette, new Uint8Array(style.palette.buffer));
    const textures = [
      fine?.target.texture ?? nothing, fine?.mask?.texture ?? nothing, backdrop?.target.texture ?? nothing, this.palette,
      this.reference ?? nothing,
    ];
    this.draw(
      this.display, texture, textures, displayUniforms(scene, colourRules, this.reference, false),
      [[0, 0, texture.width, texture.height]]);
  }
}
