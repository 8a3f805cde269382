// Numbers to colours on the graphics processor; `colour.js` has the same rules for the processor.

export const displayShader = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform sampler2D fine, mask, backdrop, colours, reference;
uniform int hasFine, tile, hasBackdrop, upsideDown, beyond, rule, channels;
uniform vec4 toBackdrop, toSignal;
uniform vec2 size, samples, stretch;
uniform vec3 paper;
uniform float split, scale;
out vec4 result;

// Between the four nearest points.
vec4 smoothly(vec2 place) {
  ivec2 most = textureSize(backdrop, 0) - 1;
  vec2 low = floor(place); vec2 part = place - low;
  ivec2 a = clamp(ivec2(low), ivec2(0), most); ivec2 b = clamp(ivec2(low) + 1, ivec2(0), most);
  return mix(
    mix(texelFetch(backdrop, a, 0), texelFetch(backdrop, ivec2(b.x, a.y), 0), part.x),
    mix(texelFetch(backdrop, ivec2(a.x, b.y), 0), texelFetch(backdrop, b, 0), part.x), part.y);
}

vec3 hue(float angle) {
  float sixth = (angle < 0.0 ? angle + 6.283185307179586 : angle) * 0.954929658551372;
  return clamp(2.0 - abs(mod(sixth - vec3(0.0, 2.0, 4.0) + 9.0, 6.0) - 3.0), 0.0, 1.0);
}

vec4 painted(float t) {
  float place = clamp((t - stretch.x) * stretch.y, 0.0, 1.0) * 255.0;
  return texture(colours, vec2((place + 0.5) / 256.0, 0.5));
}

vec4 colour(vec4 n) {
  if (rule == 1 || rule == 3) {
    float angle = n.x == 0.0 && n.y == 0.0 ? 0.0 : atan(n.y, n.x);
    return vec4(hue(angle) * (rule == 3 ? 1.0 : min(1.0, n.z / scale)), 1.0);
  }
  if (rule == 2) return painted(n.z / scale);
  vec4 shown = rule == 0 ? 0.5 * n + 0.5 : 0.5 + 0.5 * n / scale;
  if (channels <= 2) {
    return vec4(painted(shown.x).rgb, channels == 2 && rule == 0 ? clamp(shown.y, 0.0, 1.0) : 1.0);
  }
  vec3 three = clamp((shown.rgb - stretch.x) * stretch.y, 0.0, 1.0);
  return vec4(three, channels == 4 && rule == 0 ? clamp(shown.a, 0.0, 1.0) : 1.0);
}

void main() {
  vec2 p = floor(gl_FragCoord.xy);
  if (upsideDown == 1) p.y = size.y - 1.0 - p.y;
  vec2 place = p * toSignal.xy + toSignal.zw;
  vec2 unit = (place + 0.5) / samples;
  // Taken before any branch, because the sampler compares neighbouring points.
  vec4 truth = textureGrad(reference, unit, vec2(toSignal.x / samples.x, 0.0), vec2(0.0, toSignal.y / samples.y));
  bool inside = all(greaterThanEqual(unit, vec2(0.0))) && all(lessThanEqual(unit, vec2(1.0)));
  if (!inside && beyond == 0) { result = vec4(paper, 1.0); return; }
  vec4 c = vec4(paper, 1.0);
  bool known = true;
  if (p.x >= split && inside) c = truth;
  else if (hasFine == 2 || (hasFine == 1 && texelFetch(mask, ivec2(p) / tile, 0).r > 0.5)) {
    c = colour(texelFetch(fine, ivec2(p), 0));
  } else if (hasBackdrop == 1) c = colour(smoothly(p * toBackdrop.xy + toBackdrop.zw));
  else known = false;
  if (known && c.a < 1.0) {
    vec2 square = mod(floor(p / 8.0), 2.0);
    c.rgb = mix(vec3(square.x == square.y ? 0.62 : 0.78), c.rgb, c.a);
  }
  if (!inside) c.rgb = mix(c.rgb, paper, 0.35);
  result = vec4(c.rgb, 1.0);
}`;
