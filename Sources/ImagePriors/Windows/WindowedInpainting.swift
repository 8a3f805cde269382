import Fields
import Fitting
import Numerics
import Signals

/// A picture restored in overlapping windows, each with its own network, and blended smoothly.
///
/// It suits pictures that are larger than the training pictures of a prior, such as textures, scans and
/// photographs. Every window depends only on the points within it. The blend as one field, which has derivatives and
/// any size, is ``WindowedField``.
public struct WindowedInpainting: Sendable {
  /// Number of windows that were restored.
  public let windows: Int
  /// Number of windows that cover the picture, also those that were not restored.
  public let allWindows: Int
  /// The blend at the picture's own size, values 0...1; where no window was restored, the observed
  /// values.
  public let rendered: Image
  /// The same with the observed values pasted in.
  public let pasted: Image
  /// The blend at another requested size.
  public let resized: Image?
  /// The predictive variances of the windows, blended likewise: `[height, width, c]`, for values 0...1.
  ///
  /// Blending averages the errors of windows that share points, so this is an upper bound of the
  /// variance of the blend.
  public let variance: [Float]?

  /// The number of windows restored at the same time, which bounds the memory.
  static let chunk = 32

  /// Restores a picture window by window.
  ///
  /// - Parameters:
  ///   - prior: the prior, whose pictures have the size of a window.
  ///   - observations: points of values 0...1 in the prior's channels.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels.
  ///   - otherSize: another size at which to render the result.
  ///   - withVariance: whether to compute variances; `variance` stays nil for a prior without posteriors.
  ///   - onlyMissing: whether to omit windows in which all pixels are observed, which changes nothing in
  ///     `pasted`; not with another size or with variances, which need all windows.
  ///   - progress: called with the number of completed windows and their total.
  /// - Throws: ``PriorError``, `LinearAlgebraError` for values that are not finite, or the errors of
  ///   `progress`.
  public init(
    _ prior: any ImagePrior, _ observations: PixelObservations, width: Int, height: Int,
    otherSize: (width: Int, height: Int)? = nil, withVariance: Bool = false,
    onlyMissing: Bool = false, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let grid = WindowGrid(width: width, height: height, size: prior.imageSize)
    let wanted =
      onlyMissing && otherSize == nil && !withVariance
      ? grid.windowsMissingPixels(
        PixelMask(nearest: observations, width: width, height: height)) : nil
    let points = grid.parts(of: observations, wanted: wanted)
    let indices = (0..<grid.count).filter { wanted?[$0] ?? true }
    let size = (width: width, height: height)
    let sizes = [size] + (otherSize.map { [$0] } ?? [])
    var blends = sizes.map { WindowBlend(width: $0.width, height: $0.height, prior.channels) }
    let posteriors = withVariance ? prior.posteriors() : nil
    var variances =
      posteriors != nil ? WindowBlend(width: width, height: height, prior.channels) : nil
    for start in stride(from: 0, to: indices.count, by: Self.chunk) {
      let parts = try Parallel.map(min(Self.chunk, indices.count - start)) { offset in
        let index = indices[start + offset]
        let origin = grid.origin(index)
        let restored = try Self.window(prior, points[index], posteriors)
        return sizes.enumerated().map { number, other in
          let rows = grid.span(from: origin.row, length: height, samples: other.height)
          let columns = grid.span(from: origin.column, length: width, samples: other.width)
          return WindowPart(
            trust: WindowGrid.trust(in: points[index]), rows: rows, columns: columns,
            values: FieldRenderer.values(
              of: restored.field, rows: rows.coordinates, columns: columns.coordinates
            ).map { 0.5 * $0 + 0.5 },
            variance: number == 0
              ? restored.variance.map {
                WindowPart.cut($0, origin, rows.samples, columns.samples, size: grid.size)
              } : nil)
        }
      }
      for part in parts {
        for index in blends.indices { blends[index].add(part[index], part[index].values) }
        if let variance = part[0].variance { variances?.add(part[0], variance) }
      }
      try progress(start + parts.count, indices.count)
    }
    windows = indices.count
    allWindows = grid.count
    let blend = blends[0].image
    pasted = blend.pasting(observations)
    rendered = blends[0].isEverywhere ? blend : blends[0].filled(with: pasted)
    resized = otherSize == nil ? nil : blends[1].image
    variance = variances?.average
  }

  /// The network of one window, and the variances of its pixels if posteriors are given.
  private static func window(
    _ prior: any ImagePrior, _ observations: PixelObservations, _ posteriors: (any PosteriorSource)?
  ) throws -> (field: Siren, variance: [Float]?) {
    let size = prior.imageSize
    guard let posteriors else {
      return (
        try prior.field(explaining: observations, width: size, height: size), nil
      )
    }
    let posterior = try posteriors.posterior(
      observations, width: size, height: size, withUncertainty: true)
    guard let network = posterior.network else { throw PriorError.noSingleField }
    return (network, try posterior.variance(width: size, height: size))
  }
}

/// The contribution of one window to a rendering.
private struct WindowPart: Sendable {
  /// The weight of the window, which grows with its number of points: a window inside a hole contributes
  /// less than windows that include the edge of the hole.
  let trust: Float
  let rows: WindowGrid.Span
  let columns: WindowGrid.Span
  /// `[rows, columns, c]`.
  let values: [Float]
  /// The same shape; nil if there are no variances.
  let variance: [Float]?

  /// The part of a window's `[size, size, c]` that lies on the picture.
  static func cut(
    _ values: [Float], _ origin: (row: Int, column: Int), _ rows: Range<Int>, _ columns: Range<Int>,
    size: Int
  ) -> [Float] {
    let channels = values.count / (size * size)
    return rows.flatMap { row in
      let start = ((row - origin.row) * size + columns.lowerBound - origin.column) * channels
      return values[start..<start + columns.count * channels]
    }
  }
}

/// The weighted sums of the windows' values, and the sums of their weights.
private struct WindowBlend {
  let width: Int
  let height: Int
  let channels: Int
  private var sums: [Float]
  private var weights: [Float]

  init(width: Int, height: Int, _ channels: Int) {
    self.width = width
    self.height = height
    self.channels = channels
    sums = [Float](repeating: 0, count: width * height * channels)
    weights = [Float](repeating: 0, count: width * height)
  }

  mutating func add(_ part: WindowPart, _ values: [Float]) {
    var position = 0
    for (row, rowWeight) in zip(part.rows.samples, part.rows.weights) {
      for (column, columnWeight) in zip(part.columns.samples, part.columns.weights) {
        let pixel = row * width + column
        let weight = part.trust * rowWeight * columnWeight
        weights[pixel] += weight
        for channel in 0..<channels {
          sums[pixel * channels + channel] += weight * values[position]
          position += 1
        }
      }
    }
  }

  /// Whether every pixel lies in a window that was added.
  var isEverywhere: Bool { weights.allSatisfy { $0 > 0 } }

  /// The blend; 0 where no window was added.
  var average: [Float] {
    sums.indices.map {
      let weight = weights[$0 / channels]
      return weight > 0 ? sums[$0] / weight : 0
    }
  }

  /// The blend, and another picture where no window was added.
  func filled(with other: Image) -> Image {
    var result = image
    for index in sums.indices where !(weights[index / channels] > 0) {
      result.values[index] = other.values[index]
    }
    return result
  }

  var image: Image {
    Image(
      width: width, height: height, channels: channels,
      values: average.map { min(1, max(0, $0)) })
  }
}
