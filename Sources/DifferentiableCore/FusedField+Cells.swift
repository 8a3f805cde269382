import CKernels
import Foundation

/// The samples that one of many small networks learns from.
///
/// The points are in random order, so that every piece, a range of them, is a random sample.
public struct CellSamples: Sendable {
  /// `[points, d]`.
  public var coordinates: [Float]
  /// `[points, c]`.
  public var targets: [Float]
  /// Number of points, at least 1.
  public var points: Int
  /// The number of pieces per pass over the points, 1 to the number of points.
  public var pieces: Int

  /// Samples from their parts.
  public init(coordinates: [Float], targets: [Float], points: Int, pieces: Int) {
    precondition(
      points >= 1 && (1...points).contains(pieces), "\(points) points in \(pieces) pieces")
    self.coordinates = coordinates
    self.targets = targets
    self.points = points
    self.pieces = pieces
  }
}

/// Working memory of ``FusedField/descend(_:_:_:at:on:firstUpdate:updates:in:)``, one per thread.
public final class CellWorkspace {
  fileprivate let buffer: TensorBuffer

  /// A workspace for one shape of network.
  public init(_ field: FusedField) {
    buffer = TensorBuffer(
      count: ck_cell_workspace_count(field.handle, Int32(clamping: field.outputs)))
  }
}

/// The settings of Adam for a sequence of updates.
public struct AdamSchedule: Sendable {
  let settings: [ck_adam_settings]

  /// Settings for updates that follow some others.
  ///
  /// - Parameters:
  ///   - beta1: the decay of the first moment.
  ///   - beta2: the decay of the second moment.
  ///   - epsilon: the constant added to the denominator.
  ///   - updatesBefore: the number of earlier updates of the same moments.
  ///   - learningRates: the learning rates, one per update.
  public init(
    beta1: Double, beta2: Double, epsilon: Double, updatesBefore: Int, learningRates: [Double]
  ) {
    settings = learningRates.enumerated().map { index, rate in
      let step = Double(updatesBefore + index + 1)
      return ck_adam_settings(
        learning_rate: rate, gradient_scale: 1, beta1: beta1, beta2: beta2, epsilon: epsilon,
        weight_decay: 0, bias_correction1: 1 - pow(beta1, step),
        root_bias_correction2: (1 - pow(beta2, step)).squareRoot())
    }
  }

  /// Number of updates.
  public var count: Int { settings.count }
}

extension FusedField {
  /// Updates one of many networks on the mean squared error of its own samples.
  ///
  /// The parameters of the networks are stored one after another. All updates happen in one call, so the
  /// weights, moments and samples of a small network stay in the core's cache.
  ///
  /// - Parameters:
  ///   - parameters: the flat parameters of all networks.
  ///   - firstMoments: the first moments of all networks.
  ///   - secondMoments: the second moments of all networks.
  ///   - cell: the index of the network.
  ///   - samples: the samples of that network.
  ///   - firstUpdate: the number of earlier updates, which determines the first piece.
  ///   - updates: the settings of Adam for each update.
  ///   - workspace: must not be used by another thread during the call.
  /// - Returns: the mean squared error over the last round of pieces, measured before their updates.
  public func descend(
    _ parameters: UnsafeMutablePointer<Float>, _ firstMoments: UnsafeMutablePointer<Float>,
    _ secondMoments: UnsafeMutablePointer<Float>, at cell: Int, on samples: CellSamples,
    firstUpdate: Int, updates: AdamSchedule, in workspace: CellWorkspace
  ) -> Double {
    precondition(
      samples.coordinates.count == samples.points * coordinates
        && samples.targets.count == samples.points * outputs && !endsInSine,
      "\(samples.points) points with \(samples.coordinates.count) coordinates and "
        + "\(samples.targets.count) targets do not fit \(coordinates) and \(outputs)")
    let start = cell * parameterCount
    return samples.coordinates.withUnsafeBufferPointer { x in
      samples.targets.withUnsafeBufferPointer { y in
        var description = ck_cell_samples(
          coordinates: x.baseAddress, targets: y.baseAddress, points: Int32(samples.points),
          pieces: Int32(samples.pieces), dimensions: Int32(coordinates), outputs: Int32(outputs))
        return ck_cell_descend(
          handle, parameters + start, firstMoments + start, secondMoments + start, &description,
          Int64(firstUpdate), updates.settings, Int32(updates.count), workspace.buffer.pointer)
      }
    }
  }
}
