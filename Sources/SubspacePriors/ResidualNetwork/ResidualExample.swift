import Foundation
import Numerics

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

    fileprivate init(observed: [UInt32], deviation: [UInt16], variance: Double) {
      self.observed = observed
      self.deviation = deviation
      self.variance = variance
    }

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
  fileprivate let shared: Shared
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

/// The examples of one mask, as members of a group send them to each other.
struct ResidualExampleSet: GroupMessage {
  let items: [ResidualExample]

  init(items: [ResidualExample]) { self.items = items }

  func append(to message: inout GroupBytes) {
    // All have the same common part.
    let shared = items.first.map { ResidualExample.SharedMessage($0) }
    shared.append(to: &message)
    items.count.append(to: &message)
    for item in items { item.append(to: &message) }
  }

  init?(from message: inout GroupBytes) {
    guard let shared = ResidualExample.SharedMessage?(from: &message),
      let count = Int(from: &message), count >= 0
    else { return nil }
    var items: [ResidualExample] = []
    for _ in 0..<count {
      guard let shared, let item = ResidualExample(from: &message, shared) else { return nil }
      items.append(item)
    }
    self.items = items
  }
}

extension ResidualExample {
  /// The common part of a mask's examples.
  struct SharedMessage: GroupMessage {
    fileprivate let shared: Shared

    init(_ example: ResidualExample) { shared = example.shared }

    func append(to message: inout GroupBytes) {
      shared.observed.append(to: &message)
      shared.deviation.append(to: &message)
      shared.variance.append(to: &message)
    }

    init?(from message: inout GroupBytes) {
      guard let observed = [UInt32](from: &message), let deviation = [UInt16](from: &message),
        let variance = Double(from: &message)
      else { return nil }
      shared = Shared(observed: observed, deviation: deviation, variance: variance)
    }
  }

  fileprivate func append(to message: inout GroupBytes) {
    picture.append(to: &message)
    isMirrored.append(to: &message)
    missing.append(to: &message)
    neighbours.append(to: &message)
    weight.append(to: &message)
  }

  fileprivate init?(from message: inout GroupBytes, _ common: SharedMessage) {
    guard let picture = Int(from: &message), let isMirrored = Bool(from: &message),
      let missing = [Int8](from: &message), let neighbours = [Int8]?(from: &message),
      let weight = Float(from: &message)
    else { return nil }
    self.picture = picture
    self.isMirrored = isMirrored
    self.missing = missing
    self.neighbours = neighbours
    self.weight = weight
    shared = common.shared
  }
}
