import Numerics

/// The observed pixels of a picture.
public struct PixelMask: Sendable, Equatable {
  /// Number of columns, at least 1.
  public let width: Int
  /// Number of rows, at least 1.
  public let height: Int
  /// `[height * width]` in row-major order; true is observed, false is to be filled in.
  public var observed: [Bool]

  /// A mask from its pixels, `[height * width]`.
  public init(width: Int, height: Int, observed: [Bool]) {
    precondition(
      width >= 1 && height >= 1 && observed.count == width * height,
      "a mask of \(width)x\(height) needs \(width * height) pixels, got \(observed.count)")
    self.width = width
    self.height = height
    self.observed = observed
  }

  /// Number of observed pixels.
  public var observedCount: Int { observed.reduce(0) { $0 + ($1 ? 1 : 0) } }

  /// `[height * width]`; true for missing pixels.
  public var missing: [Bool] { observed.map { !$0 } }

  /// A random mask with exactly `count` observed pixels.
  ///
  /// All such masks are equally likely.
  ///
  /// It uses Floyd's sampling algorithm (Bentley and Floyd 1987) with `Xoshiro256`. The same seed
  /// gives the same mask on every machine.
  ///
  /// - Parameter count: 0 to `width * height`.
  public static func random(
    width: Int, height: Int, keeping count: Int, seed: UInt64
  ) -> PixelMask {
    let pixels = width * height
    precondition(
      (0...pixels).contains(count), "0 to \(pixels) pixels can be kept, not \(count)")
    var mask = PixelMask(
      width: width, height: height, observed: [Bool](repeating: false, count: pixels))
    var generator = Xoshiro256(seed: seed)
    for last in pixels - count..<pixels {
      let candidate = generator.uniform(below: last + 1)
      mask.observed[mask.observed[candidate] ? last : candidate] = true
    }
    return mask
  }

  /// The observed pixels of a picture of the mask's size, in row-major order, with all channels.
  public func observations(of image: Image) -> PixelObservations {
    precondition(
      image.width == width && image.height == height,
      "a mask of \(width)x\(height) was applied to a picture of \(image.width)x\(image.height)")
    var positions: [Float] = []
    var values: [Float] = []
    for pixel in 0..<observed.count where observed[pixel] {
      positions.append(Float(pixel / width))
      positions.append(Float(pixel % width))
      values.append(contentsOf: image.values[pixel * image.channels..<(pixel + 1) * image.channels])
    }
    return PixelObservations(channels: image.channels, positions: positions, values: values)
  }
}
