import Signals

/// Biharmonic inpainting: solves the discrete biharmonic equation on every unobserved pixel.
///
/// The result agrees with `skimage.restoration.inpaint_biharmonic`.
///
/// With the five-point Laplacian `L` whose missing neighbours at the border mirror the pixel
/// itself, it solves `(L L u)(p) = 0` for every unobserved pixel `p` and clips each channel to the
/// observed range. (scikit-image defines the operator as two Laplacians of an impulse in a window of
/// 5x5 cropped at the border, which gives the same coefficients.) The system is symmetric and, if at
/// least one pixel is observed, positive definite.
///
/// Observations are rounded to the nearest pixel, and those of one pixel are averaged. See Damelin and
/// Hoang, "On surface completion and image inpainting by biharmonic functions: numerical aspects",
/// 2018.
public struct BiharmonicInpainting: InpaintingMethod {
  /// `biharmonic`.
  public let name = "biharmonic"

  /// The method needs no preparation.
  public init() {}

  /// The inpainted picture.
  ///
  /// - Throws: `InpaintingMethodError` if no pixel is observed, an observation is invalid, or the
  ///   equations need more than 1 GiB (above about 830x830 pixels of which 10% are observed).
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    try observations.validate(for: name, width: width, height: height)
    let channels = observations.channels
    let observed = ObservedPixels(observations, width: width, height: height)
    var image = Image(width: width, height: height, channels: channels)
    observed.copy(to: &image)
    guard observed.pixels.count < width * height else { return InpaintingEstimate(image: image) }

    var solver = NestedDissectionSolver(
      width: width, height: height, isUnknown: observed.isObserved.map { !$0 })
    guard try solver.factorize(row: { Self.equation($0, width: width, height: height) }) else {
      throw InpaintingMethodError.tooLarge(
        method: name,
        shape: PictureShape(width: width, height: height, channels: channels),
        limit: "its equations need more than 1 GiB")
    }
    for channel in 0..<channels {
      let known = observed.pixels.indices.map { observed.values[$0 * channels + channel] }
      var right = [Double](repeating: 0, count: width * height)
      for (value, pixel) in zip(known, observed.pixels) {
        for (neighbour, coefficient) in Self.equation(pixel, width: width, height: height) {
          right[neighbour] -= coefficient * Double(value)
        }
      }
      solver.solve(&right)
      let low = known.reduce(.infinity, min)
      let high = known.reduce(-.infinity, max)
      for pixel in 0..<(width * height) where !observed.isObserved[pixel] {
        image.values[pixel * channels + channel] = min(max(Float(right[pixel]), low), high)
      }
    }
    return InpaintingEstimate(image: image)
  }

  /// Row `pixel` of the squared Laplacian: at most 13 pixels and their coefficients.
  static func equation(_ pixel: Int, width: Int, height: Int) -> [(Int, Double)] {
    var terms: [(Int, Double)] = []
    terms.reserveCapacity(13)
    for (middle, outer) in laplacian(pixel, width: width, height: height) {
      for (end, inner) in laplacian(middle, width: width, height: height) {
        if let position = terms.firstIndex(where: { $0.0 == end }) {
          terms[position].1 += outer * inner
        } else {
          terms.append((end, outer * inner))
        }
      }
    }
    return terms
  }

  /// Row `pixel` of the five-point Laplacian with a mirrored border.
  private static func laplacian(_ pixel: Int, width: Int, height: Int) -> [(Int, Double)] {
    let (row, column) = (pixel / width, pixel % width)
    var terms: [(Int, Double)] = []
    terms.reserveCapacity(5)
    if row > 0 { terms.append((pixel - width, 1)) }
    if column > 0 { terms.append((pixel - 1, 1)) }
    if column + 1 < width { terms.append((pixel + 1, 1)) }
    if row + 1 < height { terms.append((pixel + width, 1)) }
    terms.append((pixel, -Double(terms.count)))
    return terms
  }
}
