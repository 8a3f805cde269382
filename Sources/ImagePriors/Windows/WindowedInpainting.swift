import Fields
import Fitting
import Numerics
import Signals

/// A picture restored in overlapping windows, each by a network of its own, blended smoothly.
///
/// For pictures that are larger than what a prior knows: textures, scans, photographs. Every window
/// is explained by the points within it alone.
public struct WindowedInpainting: Sendable {
  /// Number of windows.
  public let windows: Int
  /// The blend at the picture's own size, values 0...1.
  public let rendered: Image
  /// The same with the observed pixels set to what was observed.
  public let pasted: Image
  /// The blend at the other size that was asked for.
  public let resized: Image?
  /// The windows' predictive variances, blended likewise: `[height, width, c]`, of values 0...1.
  ///
  /// Blending averages errors of windows that know the same points, so this is an upper bound of the
  /// blend's.
  public let variance: [Float]?

  /// Windows restored at the same time; bounds the memory.
  private static let chunk = 32

  /// Restores a picture window by window.
  ///
  /// - Parameters:
  ///   - prior: gives the size of the windows.
  ///   - observations: values 0...1 in the prior's channels.
  ///   - width: of the picture, in pixels.
  ///   - height: of the picture.
  ///   - otherSize: another size to render the result at.
  ///   - withVariance: whether variances are wanted; `variance` stays nil where the prior does not know how
  ///     sure it is.
  ///   - progress: told how many of how many windows are done.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite; what `progress`
  ///   throws.
  public init(
    _ prior: any ImagePrior, _ observations: PixelObservations, width: Int, height: Int,
    otherSize: (width: Int, height: Int)? = nil, withVariance: Bool = false,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let grid = WindowGrid(width: width, height: height, size: prior.imageSize)
    let points = observations.divided(among: grid)
    let size = (width: width, height: height)
    let sizes = [size] + (otherSize.map { [$0] } ?? [])
    var blends = sizes.map { WindowBlend(width: $0.width, height: $0.height, prior.channels) }
    let posteriors = withVariance ? prior.posteriors() : nil
    var variances =
      posteriors != nil ? WindowBlend(width: width, height: height, prior.channels) : nil
    for start in stride(from: 0, to: grid.count, by: Self.chunk) {
      let parts = try Parallel.map(min(Self.chunk, grid.count - start)) { offset in
        let origin = grid.origin(start + offset)
        let restored = try prior.window(points[start + offset], posteriors)
        return sizes.enumerated().map { number, other in
          let rows = grid.span(from: origin.row, length: height, samples: other.height)
          let columns = grid.span(from: origin.column, length: width, samples: other.width)
          return WindowPart(
            trust: Float(points[start + offset].count + 1), rows: rows, columns: columns,
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
      try progress(start + parts.count, grid.count)
    }
    windows = grid.count
    rendered = blends[0].image
    pasted = rendered.pasting(observations)
    resized = otherSize == nil ? nil : blends[1].image
    variance = variances?.average
  }
}

/// What one window has to say about a rendering.
private struct WindowPart: Sendable {
  /// How much the window counts beside others: by the points that it knows, so that one within a hole
  /// gives way to those that see its rim.
  let trust: Float
  let rows: WindowGrid.Span
  let columns: WindowGrid.Span
  /// `[rows, columns, c]`.
  let values: [Float]
  /// The same shape; nil if not wanted.
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

/// Sums of windows' values and of their weights.
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

  /// Every pixel lies in a window, so no weight is 0.
  var average: [Float] { sums.indices.map { sums[$0] / weights[$0 / channels] } }

  var image: Image {
    Image(
      width: width, height: height, channels: channels,
      values: average.map { min(1, max(0, $0)) })
  }
}

extension ImagePrior {
  /// The network of one window, and the variances of its pixels where they are wanted.
  fileprivate func window(
    _ observations: PixelObservations, _ posteriors: (any PosteriorSource)?
  ) throws -> (field: Siren, variance: [Float]?) {
    guard let posteriors else {
      return (
        try field(explaining: observations, width: imageSize, height: imageSize), nil
      )
    }
    let posterior = try posteriors.posterior(
      observations, width: imageSize, height: imageSize, withUncertainty: true)
    return (posterior.field, try posterior.variance(width: imageSize, height: imageSize))
  }
}

extension PixelObservations {
  /// The points within each window, in its own pixels.
  fileprivate func divided(among grid: WindowGrid) -> [PixelObservations] {
    var parts = [PixelObservations](
      repeating: PixelObservations(channels: channels, positions: [], values: []),
      count: grid.count)
    let within = { (position: Float, starts: [Int]) in
      // Infinite and undefined positions lie in no window.
      starts.indices.filter {
        PixelPosition.isInside(position - Float(starts[$0]), size: grid.size)
      }
    }
    for point in 0..<count {
      let (y, x) = (positions[2 * point], positions[2 * point + 1])
      let columns = within(x, grid.columns)
      for row in within(y, grid.rows) {
        for column in columns {
          let index = row * grid.columns.count + column
          parts[index].positions += [y - Float(grid.rows[row]), x - Float(grid.columns[column])]
          parts[index].values += values[point * channels..<(point + 1) * channels]
        }
      }
    }
    return parts
  }
}
