import Numerics
import Signals

/// The random pixels that a picture is to be restored from.
public enum RandomContext {
  /// Observes pixels chosen at random, the same ones for every method.
  ///
  /// The choice follows from the seed, the index of the picture and the count alone: leaving out a
  /// picture, a method or a context size changes no other context.
  ///
  /// - Parameters:
  ///   - picture: the whole picture.
  ///   - imageIndex: its place in the evaluation.
  ///   - count: how many pixels; more than there are is all of them.
  ///   - seed: of the evaluation.
  ///   - kind: what the hidden part looks like; `block` observes as many as asked to within one
  ///     column, `half` does not look at the count.
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
