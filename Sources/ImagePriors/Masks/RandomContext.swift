import Numerics
import Signals

/// Random observed pixels of a picture, for evaluations.
public enum RandomContext {
  /// Observes pixels chosen at random, the same ones for every method.
  ///
  /// The choice depends only on the seed, the index of the picture and the count. Omitting a picture, a
  /// method or a context size therefore does not change the other contexts.
  ///
  /// - Parameters:
  ///   - picture: the whole picture.
  ///   - imageIndex: the index of the picture in the evaluation.
  ///   - count: the number of pixels; a larger number than the picture has means all pixels.
  ///   - seed: the seed of the evaluation.
  ///   - kind: the shape of the hidden part; `block` observes the count to within one column, and `half`
  ///     ignores it.
  public static func observations(
    of picture: Image, imageIndex: Int, count: Int, seed: UInt64, kind: MaskKind = .random
  ) -> PixelObservations {
    mask(for: picture, imageIndex: imageIndex, count: count, seed: seed, kind: kind)
      .observations(of: picture)
  }

  /// The mask of the observed pixels; see `observations`.
  public static func mask(
    for picture: Image, imageIndex: Int, count: Int, seed: UInt64, kind: MaskKind = .random
  ) -> PixelMask {
    var generator = Xoshiro256(
      seed: seed, UInt64(truncatingIfNeeded: imageIndex), UInt64(truncatingIfNeeded: count))
    return kind.mask(
      width: picture.width, height: picture.height,
      keeping: min(max(count, 0), picture.pixelCount), seed: generator.next())
  }
}
