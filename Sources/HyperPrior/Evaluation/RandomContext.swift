import RandomNumbers
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
  public static func observations(
    of picture: Image, imageIndex: Int, count: Int, seed: UInt64
  ) -> PixelObservations {
    mask(for: picture, imageIndex: imageIndex, count: count, seed: seed).observations(of: picture)
  }

  /// The mask of the observed pixels; see `observations`.
  public static func mask(
    for picture: Image, imageIndex: Int, count: Int, seed: UInt64
  ) -> PixelMask {
    var generator = Xoshiro256(
      seed: seed, UInt64(truncatingIfNeeded: imageIndex), UInt64(truncatingIfNeeded: count))
    return PixelMask.random(
      width: picture.width, height: picture.height,
      keeping: min(max(count, 0), picture.pixelCount), seed: generator.next())
  }
}
