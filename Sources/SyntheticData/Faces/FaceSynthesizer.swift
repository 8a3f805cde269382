import Signals

/// Draws small photographs of people who don't exist.
///
/// Each picture is a person with a head, hair, clothes, pose, expression, light and background of
/// its own, drawn as a shaded surface, so that shadows and features move as they do when a head
/// turns. The eyes lie near 46% of the height, as in collections of aligned faces.
///
/// A picture follows from seed and index alone: neither the other pictures nor the number of
/// threads matter. On one kind of machine it is the same bit for bit; another mathematics library
/// may differ in the last bits. At different sizes the same index shows the same person; only the
/// grain differs.
///
/// Random numbers: xoshiro256** filled by SplitMix64 from seed and index (`Xoshiro256`).
public struct FaceSynthesizer: PictureSynthesizer {
  /// The sizes of pictures that can be drawn, in pixels a side.
  public static let sizes = 8...1024
  /// The files are named `face-00000.png` and so on.
  public static let filePrefix = "face"

  /// Width and height of the pictures in pixels.
  public let size: Int
  /// The collection's seed.
  public let seed: UInt64

  /// A collection of pictures, without an end.
  ///
  /// - Parameters:
  ///   - size: width and height in pixels, in `sizes`.
  ///   - seed: any number; each gives a collection of its own.
  public init(size: Int, seed: UInt64) {
    precondition(
      Self.sizes.contains(size),
      "faces have \(Self.sizes.lowerBound) to \(Self.sizes.upperBound) pixels a side, got \(size)")
    self.size = size
    self.seed = seed
  }

  /// One picture of the collection, `size` by `size` pixels in RGB, values in 0...1.
  ///
  /// - Parameter index: number of the picture, at least 0.
  public func image(at index: Int) -> Image {
    FaceRenderer(traits(at: index), size: size).render()
  }

  /// The person, the pose, the light and the camera of one picture.
  package func traits(at index: Int) -> FaceTraits {
    precondition(index >= 0, "pictures are numbered from 0, got \(index)")
    var random = RandomTraits(seed: seed, index: index)
    return FaceTraits(from: &random)
  }
}
