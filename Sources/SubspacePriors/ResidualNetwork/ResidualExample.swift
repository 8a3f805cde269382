import Foundation

/// One thing to learn from: a picture, what was observed of it, and what the posterior made of that.
///
/// Kept in few bits, since there are tens of thousands, and the more there are the later a network knows them
/// by heart.
package struct ResidualExample: Sendable {
  /// What all examples of one mask have in common.
  package struct Shared: Sendable {
    fileprivate let observed: [UInt32]
    fileprivate let deviation: [UInt16]
    fileprivate let variance: Double

    /// Steps of 1/16,384 reach to 4.
    fileprivate static let unit: Float = 16_384

    /// - Parameter inputs: those of any of the examples.
    package init(_ inputs: ResidualInputs) {
      observed = inputs.mask.indices.filter { inputs.mask[$0] > 0 }.map { UInt32($0) }
      deviation = inputs.deviation.map { UInt16(min(max(($0 * Self.unit).rounded(), 1), 65_535)) }
      let squares = inputs.deviation.reduce(0.0) { $0 + Double($1 * $1) }
      variance = squares / Double(deviation.count)
    }
  }

  /// The picture's place in the training pictures.
  let picture: Int
  /// Whether it is the mirrored picture.
  let isMirrored: Bool
  private let shared: Shared
  /// Roots of what the posterior lacks, in its deviations: fine where it is sure and where it is nearly right.
  private let missing: [Int8]
  /// Roots of neighbours' departures; nil if none are shown.
  private let neighbours: [Int8]?
  /// One over the error to be expected, so that examples of many and of few points count alike.
  let weight: Float

  /// Roots in steps of 1/16 reach to 63 deviations, and are wrong by less than a tenth of one at 1.
  private static let unit: Float = 16

  private static func packed(_ value: Float) -> Int8 {
    let steps = Float.minimum((abs(value).squareRoot() * unit).rounded(), 127)
    return Int8(value < 0 ? -steps : steps)
  }

  private static func unpacked(_ steps: Int8) -> Float {
    let root = Float(steps) / unit
    return root * abs(root)
  }

  /// Packs what a picture's network is shown.
  ///
  /// - Parameters:
  ///   - picture: its place in the training pictures.
  ///   - isMirrored: whether it is the mirrored picture.
  ///   - inputs: what is shown, restored from the mask of `shared`.
  ///   - shared: what the examples of that mask have in common.
  ///   - truth: the picture, in the example's orientation, `[size, size, c]`.
  package init(
    picture: Int, isMirrored: Bool, _ inputs: ResidualInputs, shared: Shared, truth: [Float]
  ) {
    self.picture = picture
    self.isMirrored = isMirrored
    self.shared = shared
    let channels = truth.count / shared.deviation.count
    missing = truth.indices.map { place in
      let deviation = Float(shared.deviation[place / channels]) / Shared.unit
      return Self.packed((truth[place] - inputs.gaussian[place]) / deviation)
    }
    neighbours = inputs.neighbours?.values.map(Self.packed)
    let error = zip(inputs.gaussian, truth).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    weight = Float(1 / (error / Double(truth.count) + 2 * shared.variance + 1e-6))
  }

  /// What the network is shown.
  ///
  /// - Parameter truth: the picture, in the example's orientation.
  package func inputs(truth: [Float]) -> ResidualInputs {
    let channels = missing.count / shared.deviation.count
    let deviation = shared.deviation.map { Float($0) / Shared.unit }
    var result = ResidualInputs(
      gaussian: truth.indices.map { place in
        truth[place] - Self.unpacked(missing[place]) * deviation[place / channels]
      },
      deviation: deviation,
      observed: [Float](repeating: 0, count: missing.count),
      mask: [Float](repeating: 0, count: deviation.count),
      neighbours: neighbours.map { NeighbourDepartures(values: $0.map(Self.unpacked)) })
    for pixel in shared.observed.map({ Int($0) }) {
      result.mask[pixel] = 1
      for channel in pixel * channels..<(pixel + 1) * channels {
        result.observed[channel] = truth[channel]
      }
    }
    return result
  }
}

extension [Float] {
  /// Rows of a `[size, size, channels]` picture turned left to right.
  func mirrored(size: Int) -> [Float] {
    let channels = count / (size * size)
    var result = self
    for pixel in 0..<size * size {
      let from = pixel / size * size + size - 1 - pixel % size
      for channel in 0..<channels {
        result[pixel * channels + channel] = self[from * channels + channel]
      }
    }
    return result
  }
}

extension ResidualInputs {
  /// The same seen in a mirror.
  func mirrored(size: Int) -> ResidualInputs {
    ResidualInputs(
      gaussian: gaussian.mirrored(size: size), deviation: deviation.mirrored(size: size),
      observed: observed.mirrored(size: size), mask: mask.mirrored(size: size),
      neighbours: neighbours.map {
        NeighbourDepartures(values: $0.values.mirrored(size: NeighbourGrid(size: size).side))
      })
  }
}
