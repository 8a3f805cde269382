import Signals

/// Draws small photographs of people who don't exist.
///
/// Each picture has its own person, hair, clothes, pose, expression, light and background. It is
/// drawn as a shaded surface, so shadows and features move as they do when a head turns. The eyes
/// lie near 46% of the height, as in collections of aligned faces.
///
/// A picture depends on the seed and its index alone. It does not depend on the other pictures or
/// on the number of threads. It is the same bit for bit on machines of one kind; with another
/// mathematics library the last bits may differ. At every size the same index shows the same
/// person, and only the grain differs.
///
/// Random numbers come from xoshiro256**, seeded by SplitMix64 from seed and index (`Xoshiro256`).
public struct FaceSynthesizer: PictureSynthesizer {
  /// The sides of pictures that can be drawn, in pixels.
  public static let sizes = 8...1024
  /// The files are named `face-00000.png` and so on.
  public static let filePrefix = "face"

  /// Width and height of the pictures in pixels.
  public let size: Int
  /// The collection's seed.
  public let seed: UInt64

  /// An endless collection of pictures.
  ///
  /// - Parameters:
  ///   - size: width and height in pixels, in `sizes`.
  ///   - seed: any number; different seeds give different collections.
  public init(size: Int, seed: UInt64) {
    precondition(
      Self.sizes.contains(size),
      "faces have \(Self.sizes.lowerBound) to \(Self.sizes.upperBound) pixels per side, got \(size)"
    )
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
