// Numbers to colours on the graphics processor; `colour.js` has the same rules for the processor.

/** The shader, in the language of `shader-language.js`. */
export const displayShader = {
  textures: ["fine", "mask", "backdrop", "colours", "reference"],
  isSampled: true,
  uniforms: {
    toBackdrop: "vec4", toSignal: "vec4", size: "vec2", samples: "vec2", stretch: "vec2", paper: "vec3", split: "float",
    scale: "float", hasFine: "int", tile: "int", hasBackdrop: "int", upsideDown: "int", beyond: "int", rule: "int",
    channels: "int",
  },
  body: `
// Between the four nearest points.
@fn vec4 smoothly(vec2 place) {
  @ivec2 most = ivec2(textureDimensions(backdrop)) - 1;
  @vec2 low = floor(place); @vec2 part = place - low;
  @ivec2 a = clamp(ivec2(low), ivec2(0), most); @ivec2 b = clamp(ivec2(low) + 1, ivec2(0), most);
  return mix(
    mix(textureLoad(backdrop, a, 0), textureLoad(backdrop, ivec2(b.x, a.y), 0), part.x),
    mix(textureLoad(backdrop, ivec2(a.x, b.y), 0), textureLoad(backdrop, b, 0), part.x), part.y);
}

@fn vec3 hue(float angle) {
  @float positive = angle;
  if (angle < 0.0) { positive += 6.283185307179586; }
  @vec3 sixths = positive * 0.954929658551372 - vec3(0.0, 2.0, 4.0) + 9.0;
  return clamp(2.0 - abs(sixths - 6.0 * floor(sixths / 6.0) - 3.0), vec3(0.0), vec3(1.0));
}

@fn float stretched(float t) { return clamp((t - u.stretch.x) * u.stretch.y, 0.0, 1.0); }

@fn vec3 painted(float t) {
  @float place = stretched(t) * 255.0;
  @int low = min(254, int(place));
  return mix(textureLoad(colours, ivec2(low, 0), 0).rgb, textureLoad(colours, ivec2(low + 1, 0), 0).rgb, place - float(low));
}

@fn vec4 colour(vec4 n) {
  if (u.rule == 1 || u.rule == 3) {
    @float angle = 0.0;
    if (n.x != 0.0 || n.y != 0.0) { angle = atan2(n.y, n.x); }
    @float bright = 1.0;
    if (u.rule == 1) { bright = min(1.0, n.z / u.scale); }
    return vec4(hue(angle) * bright, 1.0);
  }
  if (u.rule == 2) { return vec4(painted(n.z / u.scale), 1.0); }
  @vec4 shown = 0.5 + 0.5 * n / u.scale;
  @float opacity = 1.0;
  if (u.rule == 0) {
    shown = 0.5 * n + 0.5;
    if (u.channels == 2) { opacity = clamp(shown.y, 0.0, 1.0); }
    if (u.channels == 4) { opacity = clamp(shown.w, 0.0, 1.0); }
  }
  if (u.channels <= 2) { return vec4(painted(shown.x), opacity); }
  return vec4(stretched(shown.x), stretched(shown.y), stretched(shown.z), opacity);
}

@fn vec4 shade(vec2 pixel) {
  @vec2 p = pixel;
  if (u.upsideDown == 1) { p.y = u.size.y - 1.0 - p.y; }
  @vec2 unit = (p * u.toSignal.xy + u.toSignal.zw + 0.5) / u.samples;
  @vec4 truth = textureSampleGrad(
    reference, sampling, unit, vec2(u.toSignal.x / u.samples.x, 0.0), vec2(0.0, u.toSignal.y / u.samples.y));
  @bool inside = unit.x >= 0.0 && unit.y >= 0.0 && unit.x <= 1.0 && unit.y <= 1.0;
  if (!inside && u.beyond == 0) { return vec4(u.paper, 1.0); }
  @bool isFine = u.hasFine == 2;
  if (u.hasFine == 1) { isFine = textureLoad(mask, ivec2(p) / u.tile, 0).r > 0.5; }
  @vec4 c = vec4(u.paper, 1.0);
  if (p.x >= u.split && inside) { c = truth; }
  else if (isFine) { c = colour(textureLoad(fine, ivec2(p), 0)); }
  else if (u.hasBackdrop == 1) { c = colour(smoothly(p * u.toBackdrop.xy + u.toBackdrop.zw)); }
  @vec2 squares = floor(p / 8.0);
  @float board = 0.62;
  if (fract(0.5 * (squares.x + squares.y)) > 0.25) { board = 0.78; }
  @vec3 shown = mix(vec3(board), c.rgb, c.a);
  if (!inside) { shown = mix(shown, u.paper, 0.35); }
  return vec4(shown, 1.0);
}`,
};

/** The uniforms of a scene, see `Progressive.scene`. */
export function displayUniforms(scene, rules, hasReference, upsideDown) {
  const { fine, backdrop, style } = scene;
  return {
    toBackdrop: backdrop?.from ?? [1, 1, 0, 0], toSignal: scene.toSignal, size: [scene.width, scene.height],
    samples: scene.samples, stretch: [style.low, 1 / (style.high - style.low)], paper: scene.paper,
    split: hasReference ? scene.split ?? 1e9 : 1e9, scale: style.scale, hasFine: fine ? (fine.mask ? 1 : 2) : 0,
    tile: fine?.tile ?? 1, hasBackdrop: backdrop ? 1 : 0, upsideDown: upsideDown ? 1 : 0, beyond: scene.beyond ? 1 : 0,
    rule: rules.indexOf(style.rule), channels: style.channels,
  };
}
