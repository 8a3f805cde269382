import Foundation

/// One training example: a picture, its observed pixels, and the Gaussian posterior's picture.
///
/// It is stored in few bits, so that tens of thousands fit into memory. With more examples a
/// network overfits later.
package struct ResidualExample: Sendable {
  /// The part that all examples of one mask have in common.
  package struct Shared: Sendable {
    fileprivate let observed: [UInt32]
    fileprivate let deviation: [UInt16]
    fileprivate let variance: Double

    /// Steps of 1/16,384; the largest number is 4.
    fileprivate static let unit: Float = 16_384

    /// - Parameter inputs: those of any example of the mask.
    package init(_ inputs: ResidualInputs) {
      observed = inputs.mask.indices.filter { inputs.mask[$0] > 0 }.map { UInt32($0) }
      deviation = inputs.deviation.map { UInt16(min(max(($0 * Self.unit).rounded(), 1), 65_535)) }
      let squares = inputs.deviation.reduce(0.0) { $0 + Double($1 * $1) }
      variance = squares / Double(deviation.count)
    }
  }

  /// The picture's index in the training pictures.
  let picture: Int
  /// Whether the picture is mirrored.
  let isMirrored: Bool
  private let shared: Shared
  /// Signed square roots of the truth minus the posterior's picture, in its standard deviations: fine steps
  /// where the posterior is certain and where it is nearly right.
  private let missing: [Int8]
  /// Signed square roots of the neighbours' departures; nil if none are shown.
  private let neighbours: [Int8]?
  /// The reciprocal of the expected error, so that examples with many and with few points count alike.
  let weight: Float

  /// Roots in steps of 1/16: the largest number is 63 deviations, and the rounding error at 1 deviation is
  /// less than a tenth.
  private static let unit: Float = 16

  private static func packed(_ value: Float) -> Int8 {
    let steps = Float.minimum((abs(value).squareRoot() * unit).rounded(), 127)
    return Int8(value < 0 ? -steps : steps)
  }

  private static func unpacked(_ steps: Int8) -> Float {
    let root = Float(steps) / unit
    return root * abs(root)
  }

  /// Packs the network's inputs for one picture.
  ///
  /// - Parameters:
  ///   - picture: its index in the training pictures.
  ///   - isMirrored: whether it is mirrored.
  ///   - inputs: for the mask of `shared`.
  ///   - shared: the common part of that mask's examples.
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

  /// The network's inputs.
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
