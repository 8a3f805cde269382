// The page's attachments: base64 in script elements that do not run.

/** The bytes of an attachment; null if the page has none of that name. */
export function attachment(name) {
  const element = document.getElementById(name);
  if (!element) return null;
  const text = atob(element.textContent);
  element.textContent = ""; // a megabyte of text is not needed twice
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** 32-bit numbers of an attachment; null if the page has none of that name. */
export function floats(name) {
  const bytes = attachment(name);
  return bytes && new Float32Array(bytes.buffer);
}

/** The factors of 16-bit integers, of which the page holds the upper half of the bits; null where there are none. */
export function blockFactors() {
  const bytes = attachment("factors");
  return bytes && new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), (upper) => upper << 16).buffer);
}

/**
 * Numbers that were packed by `PackedNumbers`: 32-bit, or 16-bit integers with a factor per block.
 *
 * @param blocks the lengths of consecutive blocks, repeated to the end
 */
export function unpacked(bytes, factors, blocks) {
  if (!factors) return new Float32Array(bytes.buffer);
  const integers = new Int16Array(bytes.buffer);
  const values = new Float32Array(integers.length);
  for (let start = 0, block = 0; start < values.length; block++) {
    const end = Math.min(values.length, start + blocks[block % blocks.length]);
    for (let index = start; index < end; index++) values[index] = integers[index] * factors[block];
    start = end;
  }
  return values;
}
