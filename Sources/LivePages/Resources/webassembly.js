// A small assembler for WebAssembly: functions of whole numbers that compute with vectors of four 32-bit numbers.
//
// Code is nested arrays of bytes. What has a value leaves it on the stack, so `code.add(a, b)` is the code of `a`, that of
// `b`, and an addition.

const unsigned = (value) => {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
};
const signed = (value) => {
  const bytes = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 127];
    bytes.push((rest & 127) + 128);
  }
};
const vector = (operation, ...rest) => [0xfd, unsigned(operation), ...rest];
const [wholeType, vectorType] = [0x7f, 0x7b];

/** The instructions that are used. Addresses are in bytes, with a constant to add. */
export const code = {
  whole: (value) => [0x41, signed(value)],
  get: (variable) => [0x20, unsigned(variable.number)],
  set: (variable, value) => [value, 0x21, unsigned(variable.number)],
  addWhole: (a, b) => [a, b, 0x6a],
  multiplyWhole: (a, b) => [a, b, 0x6c],
  load: (address, plus = 0) => [address, vector(0x00, 2, unsigned(plus))],
  /** One number of the memory, four times. */
  loadOne: (address, plus = 0) => [address, vector(0x09, 2, unsigned(plus))],
  store: (address, value, plus = 0) => [address, value, vector(0x0b, 2, unsigned(plus))],
  /** One number four times. */
  number: (value) => vector(0x0c, [1, 2, 3, 4].map(() => [...new Uint8Array(new Float32Array([value]).buffer)])),
  /** One whole number four times. */
  wholes: (value) => vector(0x0c, [1, 2, 3, 4].map(() => [...new Uint8Array(new Int32Array([value]).buffer)])),
  add: (a, b) => [a, b, vector(0xe4)],
  subtract: (a, b) => [a, b, vector(0xe5)],
  multiply: (a, b) => [a, b, vector(0xe6)],
  divide: (a, b) => [a, b, vector(0xe7)],
  least: (a, b) => [a, b, vector(0xe8)],
  magnitude: (a) => [a, vector(0xe0)],
  nearest: (a) => [a, vector(0x6a)],
  isBelow: (a, b) => [a, b, vector(0x43)],
  toWholes: (a) => [a, vector(0xf8)],
  addWholes: (a, b) => [a, b, vector(0xae)],
  shiftLeft: (a, bits) => [a, [0x41, signed(bits)], vector(0xab)],
  /** The bits of `a` where `mask` has ones, else those of `b`. */
  choose: (a, b, mask) => [a, b, mask, vector(0x52)],
  /** `a b + c`, rounded once or twice. */
  fused: (a, b, c) => [a, b, c, vector(0x105)],
  /** Repeats a body until a positive count, which the body must not change, is 0. */
  repeat: (count, body) => [
    0x03, 0x40, body, code.set(count, code.addWhole(code.get(count), code.whole(-1))), code.get(count), 0x0d, 0, 0x0b,
  ],
};

/** A function: `build` gets its parameters, and a maker of variables, and gives the code. */
export function assembledFunction(name, parameters, build) {
  const variables = [];
  const make = (type) => {
    const made = { number: parameters.length + variables.length };
    variables.push(type);
    return made;
  };
  const body = build(
    parameters.map((_, number) => ({ number })), { whole: () => make(wholeType), vector: () => make(vectorType) });
  return { name, parameters: parameters.length, variables, body };
}

/** The bytes of a module that exports functions and imports the memory `page.memory`. */
export function assembledModule(functions) {
  const text = (string) => [unsigned(string.length), ...new TextEncoder().encode(string)];
  const list = (items) => [unsigned(items.length), items];
  const section = (number, content) => {
    const bytes = content.flat(Infinity);
    return [number, unsigned(bytes.length), bytes];
  };
  const types = functions.map((one) => [0x60, list(Array(one.parameters).fill(wholeType)), 0]);
  const bodies = functions.map((one) => {
    const bytes = [list(one.variables.map((type) => [1, type])), one.body, 0x0b].flat(Infinity);
    return [unsigned(bytes.length), bytes];
  });
  return Uint8Array.from([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, list(types)),
    section(2, list([[text("page"), text("memory"), 2, 0, 1]])),
    section(3, list(functions.map((_, number) => unsigned(number)))),
    section(7, list(functions.map((one, number) => [text(one.name), 0, unsigned(number)]))),
    section(10, list(bodies)),
  ].flat(Infinity));
}
