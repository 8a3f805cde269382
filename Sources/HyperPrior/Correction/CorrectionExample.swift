import Foundation

/// One thing to learn from: a picture, what was observed of it, and what the posterior made of that.
///
/// Kept in few bits, since there are tens of thousands.
struct CorrectionExample: Sendable {
  /// The picture's place in the training pictures.
  let picture: Int
  /// Whether it is the mirrored picture.
  let isMirrored: Bool
  private let observed: [UInt32]
  private let gaussian: [Int16]
  private let deviation: [Int16]
  /// One over the error to be expected, so that examples of many and of few points count alike.
  let weight: Float

  /// Steps of 1/8,192 reach from -4 to 4.
  private static let unit: Float = 8_192

  private static func packed(_ values: [Float]) -> [Int16] {
    values.map { Int16(min(max(($0 * unit).rounded(), -32_768), 32_767)) }
  }

  init(picture: Int, isMirrored: Bool, _ inputs: CorrectionInputs, truth: [Float]) {
    self.picture = picture
    self.isMirrored = isMirrored
    observed = inputs.mask.indices.filter { inputs.mask[$0] > 0 }.map { UInt32($0) }
    gaussian = Self.packed(inputs.gaussian)
    deviation = Self.packed(inputs.deviation)
    let error = zip(inputs.gaussian, truth).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    let variance = inputs.deviation.reduce(0.0) { $0 + Double($1 * $1) }
    weight = Float(
      1 / (error / Double(truth.count) + 2 * variance / Double(deviation.count) + 1e-6))
  }

  /// What the network is shown.
  ///
  /// - Parameter truth: the picture, in the example's orientation.
  func inputs(truth: [Float]) -> CorrectionInputs {
    let channels = gaussian.count / deviation.count
    var result = CorrectionInputs(
      gaussian: gaussian.map { Float($0) / Self.unit },
      deviation: deviation.map { Float($0) / Self.unit },
      observed: [Float](repeating: 0, count: gaussian.count),
      mask: [Float](repeating: 0, count: deviation.count))
    for pixel in observed.map({ Int($0) }) {
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

extension CorrectionInputs {
  /// The same seen in a mirror.
  func mirrored(size: Int) -> CorrectionInputs {
    CorrectionInputs(
      gaussian: gaussian.mirrored(size: size), deviation: deviation.mirrored(size: size),
      observed: observed.mirrored(size: size), mask: mask.mirrored(size: size))
  }
}
