import Signals

/// Draws scenes that stand for photographs and micrographs of anything.
///
/// A scene is made of textured, shaded shapes of all sizes in front of one another (the dead-leaves model): loose
/// things and groups of like things, landscapes, walls, thickets, close-ups, particles under a microscope. Far
/// or near things may be out of focus, things cast shadows, and the picture has a lens, an exposure and noise.
/// On average the power of a frequency f falls like 1/f^2 to 1/f^2.5, the channels are strongly correlated, and
/// most steps between neighbouring pixels are small while some are large, as in photographs.
///
/// A picture follows from seed and index alone: neither the other pictures nor the number of threads matter. The
/// drawing uses additions, products, quotients and square roots alone, which all machines round alike, so it is
/// the same bit for bit everywhere. At different sizes the same index shows the same scene, in more or less
/// detail and with different noise.
///
/// Random numbers: xoshiro256** filled by SplitMix64 from seed and index (`Xoshiro256`).
///
/// Sources: Lee, Mumford and Huang, "Occlusion models for natural images", IJCV 41 (2001), for the model; Achddou,
/// Gousseau and Ladjal, "VibrantLeaves", arXiv 2504.10201 (2025), for what textures, gradients and depth of field
/// add to it for restoration.
public struct SceneSynthesizer: PictureSynthesizer {
  /// The sizes of pictures that can be drawn, in pixels a side.
  public static let sizes = 8...1024
  /// The files are named `scene-00000.png` and so on.
  public static let filePrefix = "scene"

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
      "scenes have \(Self.sizes.lowerBound) to \(Self.sizes.upperBound) pixels a side, got \(size)")
    self.size = size
    self.seed = seed
  }

  /// One picture of the collection, `size` by `size` pixels in RGB, values in 0...1.
  ///
  /// - Parameter index: number of the picture, at least 0.
  public func image(at index: Int) -> Image {
    precondition(index >= 0, "pictures are numbered from 0, got \(index)")
    var random = SceneRandom(seed: seed, index: index)
    let scene = SceneComposition(from: &random)
    var painter = ScenePainter(size: size, towardsLight: scene.towardsLight)
    for thing in scene.things { painter.paint(thing) }
    let light = painter.finished(background: scene.background, blur: scene.backgroundBlur)
    return Image(
      width: size, height: size, channels: 3, values: scene.camera.develop(light, size: size))
  }
}
