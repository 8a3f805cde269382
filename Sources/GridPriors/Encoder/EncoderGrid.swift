import Interpolation
import Signals

/// The observations of one picture on the grid of its pixels, as the network sees them.
///
/// It is a function of the set of observations: their order does not matter, and several at one place are averaged.
struct EncoderGrid: Sendable {
  /// Number of inputs per pixel: the linear interpolation of the observations, the same where something was observed,
  /// whether something was observed, the density of the observations, and where in the pixel they are.
  static let features = 6

  let width: Int
  let height: Int
  let axes: ChannelAxes
  /// Whether each pixel is observed.
  let isObserved: [Bool]
  /// Whether each pixel is observed at its centre, so that its value is known.
  let isKnown: [Bool]
  /// The linear interpolation of each component, `[k][height * width]`.
  let interpolated: [[Float]]
  private let scales: [LocalScale]
  /// The mean position of the observations relative to the pixel's centre, `[height, width, 2]`; nil if all are at
  /// centres.
  private let offsets: [Float]?

  /// Observations farther than this from a pixel's centre, in pixels, do not determine its value.
  static let centre: Float = 1e-3

  /// The grid of some observations.
  ///
  /// - Parameters:
  ///   - observations: at least one point within the picture, in 1 to 4 channels.
  ///   - width: width in pixels.
  ///   - height: height in pixels.
  /// - Throws: `InpaintingMethodError` for no observations or an invalid one.
  init(_ observations: PixelObservations, width: Int, height: Int) throws {
    let image = try LinearInterpolation().inpaint(observations, width: width, height: height).image
    let axes = try ChannelAxes(observations)
    self.width = width
    self.height = height
    self.axes = axes
    var counts = [Int32](repeating: 0, count: width * height)
    var isKnown = [Bool](repeating: false, count: width * height)
    var offsets: [Float] = []
    for point in 0..<observations.count {
      guard let (row, column) = observations.nearestPixel(of: point, width: width, height: height)
      else { continue }
      let pixel = row * width + column
      let down = observations.positions[2 * point] - Float(row)
      let across = observations.positions[2 * point + 1] - Float(column)
      // The mean position of points on both sides of a centre is no measurement there.
      if max(abs(down), abs(across)) <= Self.centre {
        isKnown[pixel] = true
      } else if offsets.isEmpty {
        offsets = [Float](repeating: 0, count: 2 * width * height)
      }
      if !offsets.isEmpty {
        // A running mean.
        let share = 1 / Float(counts[pixel] + 1)
        offsets[2 * pixel] += (down - offsets[2 * pixel]) * share
        offsets[2 * pixel + 1] += (across - offsets[2 * pixel + 1]) * share
      }
      counts[pixel] += 1
    }
    let isObserved = counts.map { $0 > 0 }
    self.isObserved = isObserved
    self.isKnown = isKnown
    self.offsets = offsets.isEmpty ? nil : offsets
    interpolated = (0..<axes.count).map { axes.component($0, of: image.values) }
    scales = interpolated.map {
      LocalScale($0, isObserved, width: width, height: height)
    }
  }

  /// Whether every observation is at the centre of a pixel.
  var isOnPixels: Bool { offsets == nil }

  /// The network's inputs and the scale of its outputs in a part of the picture.
  struct Part {
    /// `[rows, columns, features]`.
    var features: [Float] = []
    /// The local deviation, `[rows, columns]`.
    var deviation: [Float] = []
  }

  /// A part of one component.
  func part(_ component: Int, rows: Range<Int>, columns: Range<Int>) -> Part {
    var part = Part()
    let count = rows.count * columns.count
    part.features.reserveCapacity(count * Self.features)
    part.deviation.reserveCapacity(count)
    let values = interpolated[component]
    for row in rows {
      let scale = scales[component].values(row: row, columns: columns)
      for (column, local) in zip(columns, scale) {
        let pixel = row * width + column
        let value = (values[pixel] - local.mean) / local.deviation
        let seen: Float = isObserved[pixel] ? 1 : 0
        part.features.append(value)
        part.features.append(value * seen)
        part.features.append(seen)
        part.features.append(local.density)
        part.features.append(offsets?[2 * pixel] ?? 0)
        part.features.append(offsets?[2 * pixel + 1] ?? 0)
        part.deviation.append(local.deviation)
      }
    }
    return part
  }
}
