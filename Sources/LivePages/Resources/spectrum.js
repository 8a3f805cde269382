// The short-time Fourier transform of a sound.

/** The discrete Fourier transform in place, for a power of two of points. */
export function transform(real, imaginary) {
  const count = real.length;
  for (let index = 1, mirrored = 0; index < count; index++) {
    let bit = count >> 1;
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
    if (index < mirrored) {
      [real[index], real[mirrored]] = [real[mirrored], real[index]];
      [imaginary[index], imaginary[mirrored]] = [imaginary[mirrored], imaginary[index]];
    }
  }
  for (let length = 2; length <= count; length <<= 1) {
    const half = length >> 1;
    for (let part = 0; part < half; part++) {
      const angle = (-2 * Math.PI * part) / length;
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      for (let low = part; low < count; low += length) {
        const high = low + half;
        const [re, im] = [
          real[high] * cosine - imaginary[high] * sine, real[high] * sine + imaginary[high] * cosine,
        ];
        [real[high], imaginary[high]] = [real[low] - re, imaginary[low] - im];
        real[low] += re;
        imaginary[low] += im;
      }
    }
  }
}

/**
 * The levels of a sound around a time, in decibels below full scale.
 *
 * @param middle the middle of the window, in samples
 * @param into `size / 2` numbers, from the lowest to the highest frequency
 */
export function levels(samples, middle, size, into) {
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  const start = Math.round(middle - size / 2);
  for (let index = 0; index < size; index++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / size);
    real[index] = (samples[start + index] ?? 0) * window;
  }
  transform(real, imaginary);
  for (let index = 0; index < size / 2; index++) {
    // A sine of full scale has half of its amplitude here, and the window halves it again.
    const magnitude = (4 * Math.hypot(real[index], imaginary[index])) / size;
    into[index] = 20 * Math.log10(Math.max(1e-7, magnitude));
  }
  return into;
}
