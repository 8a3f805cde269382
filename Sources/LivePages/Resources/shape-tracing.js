// Sphere tracing: a ray walks by the distance to the surface until it is there (Hart 1996). In both languages.

import { fieldFunctions } from "./shader.js";

/** Steps of a ray, the distance that counts as reached, and the part of each distance that is walked. */
export const traceSettings = { steps: 96, near: 0.0008, share: 0.9, bound: 1.05 };

/** The shader that writes the colour of a shape, as field values: twice the colour less 1. */
export function shapeShader(field) {
  const { steps, near, share, bound } = traceSettings;
  // Coordinates are -1...1, and the field counts in samples.
  const units = `vec3(${field.axes.map((axis) => ((axis.samples - 1) / 2).toFixed(4))})`;
  return {
    textures: ["numbers"],
    uniforms: {
      eye: "vec3", forward: "vec3", right: "vec3", up: "vec3", paper: "vec3", middle: "vec2", pixel: "float",
      level: "float", look: "float",
    },
    body: `${fieldFunctions(field, [[], [0, 1, 2]])}
@fn float distanceAt(vec3 p) { return evaluate(ivec3(0), (p + 1.0) * ${units}).v.x - u.level; }
@fn float reciprocal(float a) {
  if (a == 0.0) { return 1e9; }
  return 1.0 / a;
}
@fn vec4 shade(vec2 pixel) {
  @vec2 at = (pixel + 0.5 - u.middle) * u.pixel;
  @vec3 ray = normalize(u.forward + u.right * at.x - u.up * at.y);
  @vec4 nothing = vec4(2.0 * u.paper - 1.0, 1.0);
  @vec3 inverted = vec3(reciprocal(ray.x), reciprocal(ray.y), reciprocal(ray.z));
  @vec3 a = (-${bound} - u.eye) * inverted; @vec3 b = (${bound} - u.eye) * inverted;
  @vec3 low = min(a, b); @vec3 high = max(a, b);
  @float t = max(max(low.x, max(low.y, low.z)), 0.0); @float end = min(high.x, min(high.y, high.z));
  if (t >= end) { return nothing; }
  @bool reached = false;
  for (@int k = 0; k < ${steps}; k++) {
    @float d = distanceAt(u.eye + t * ray);
    if (d < ${near}) { reached = true; break; }
    t += ${share} * d;
    if (t > end) { break; }
  }
  if (!reached) { return nothing; }
  @Point012 o = evaluate012(ivec3(0), (u.eye + t * ray + 1.0) * ${units});
  @vec3 n = normalize(vec3(o.g0.x, o.g1.x, o.g2.x) * ${units});
  if (u.look > 0.5) { return vec4(n, 1.0); }
  @float key = max(dot(n, normalize(0.6 * u.right + 0.8 * u.up - 0.7 * u.forward)), 0.0);
  @float rim = pow(1.0 - max(dot(n, -ray), 0.0), 3.0);
  @float sky = 0.5 + 0.5 * n.y;
  @vec3 c = vec3(0.83, 0.80, 0.76) * (0.18 + 0.24 * sky + 0.62 * key) + vec3(0.10, 0.14, 0.20) * rim;
  return vec4(2.0 * pow(clamp(c, vec3(0.0), vec3(1.0)), vec3(0.88)) - 1.0, 1.0);
}`,
  };
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const sum = (...terms) => [0, 1, 2].map((axis) => terms.reduce((total, [factor, vector]) => total + factor * vector[axis], 0));
const normal = (vector) => vector.map((part) => part / (Math.hypot(...vector) || 1));

/** The places in samples of coordinates, each -1...1. */
export const places = (field, point) => point.map((part, axis) => ((part + 1) * (field.samples(axis) - 1)) / 2);

/** The colour of a pixel, as the shader writes it. */
export function tracedPoint(field, camera, settings, x, y) {
  const [px, py] = [(x + 0.5 - camera.middle[0]) * camera.pixel, (y + 0.5 - camera.middle[1]) * camera.pixel];
  const ray = normal(sum([1, camera.forward], [px, camera.right], [-py, camera.up]));
  const nothing = [...settings.paper.map((part) => 2 * part - 1), 1];
  let [t, end] = [0, Infinity];
  for (let axis = 0; axis < 3; axis++) {
    const inverse = 1 / (ray[axis] || 1e-9);
    const ends = [-settings.bound, settings.bound].map((side) => (side - camera.eye[axis]) * inverse);
    [t, end] = [Math.max(t, Math.min(...ends)), Math.min(end, Math.max(...ends))];
  }
  if (t >= end) return nothing;
  let isReached = false;
  for (let step = 0; step < settings.steps && t <= end; step++) {
    const away = field.at(places(field, sum([1, camera.eye], [t, ray]))).value[0] - settings.level;
    if (away < settings.near) {
      isReached = true;
      break;
    }
    t += settings.share * away;
  }
  if (!isReached) return nothing;
  const block = field.at(places(field, sum([1, camera.eye], [t, ray])), [0, 1, 2]);
  const n = normal(block.gradient.map((one, axis) => one[0] * (field.samples(axis) - 1)));
  if (settings.look > 0.5) return [...n, 1];
  const light = normal(sum([0.6, camera.right], [0.8, camera.up], [-0.7, camera.forward]));
  const key = Math.max(0, dot(n, light));
  const rim = (1 - Math.max(0, -dot(n, ray))) ** 3;
  const sky = 0.5 + 0.5 * n[1];
  const bright = 0.18 + 0.24 * sky + 0.62 * key;
  const colour = [0.83, 0.8, 0.76].map((part, index) => part * bright + [0.1, 0.14, 0.2][index] * rim);
  return [...colour.map((part) => 2 * Math.min(1, Math.max(0, part)) ** 0.88 - 1), 1];
}
