import DifferentiableCore
import Fields
import Files
import Foundation
import TestSupport
import Testing
import Training

/// A recorded run of a small network by another implementation: where it started, its derivatives
/// there, and the losses of its first steps of full-batch Adam.
struct GoldenRun: Decodable, Sendable {
  /// The quantity that is compared with the targets; see `Goldens/make_goldens.py`.
  enum Loss: String, Decodable {
    case value
    case gradient
    case laplacian
  }

  let name: String
  let architecture: SirenArchitecture
  let loss: Loss
  let learningRate: Float
  /// `[n, d]`.
  let coordinates: [Float]
  /// `[n, c]` for values, `[n, d]` for gradients, `[n, 1]` for Laplacians.
  let targets: [Float]
  /// Rows of the coordinates at which the following were measured before the first step.
  let probes: [Int]
  /// `[probes, c]`.
  let values: [Double]
  /// `[probes, c, d]`, or `[probes, d]` where channels are summed.
  let gradients: [Double]
  /// `[probes, c]`, or `[probes, 1]` where channels are summed.
  let laplacians: [Double]
  /// Before each step.
  let losses: [Double]
  /// Whether the derivatives are those of the sum of all channels.
  var sumsChannels: Bool?

  /// How close the losses should be, relative to each; second derivatives are the least exact.
  var lossTolerance: Double { loss == .laplacian ? 1e-3 : 1e-4 }

  /// How far another implementation is from the record: the largest errors, those of the probes
  /// relative to the largest magnitude of their array, those of the losses each to its own.
  struct Errors: CustomStringConvertible {
    let value: Double
    let gradient: Double
    let laplacian: Double
    let losses: Double

    var description: String {
      let parts = [
        ("value", value), ("gradient", gradient), ("Laplacian", laplacian), ("losses", losses),
      ]
      return parts.map { "\($0) \(String(format: "%.1e", $1))" }.joined(separator: ", ")
    }
  }

  /// How a field is evaluated and differentiated.
  enum Path: CaseIterable, Sendable {
    /// The plain composition of tensor operations.
    case composition
    /// The fused kernels.
    case fused
  }

  /// The largest errors of this project's field, derivatives and optimizer.
  ///
  /// - Parameter rateFactor: on the recorded learning rate.
  func errors(startingFrom start: Siren, _ path: Path, rateFactor: Float = 1) -> Errors {
    let initial = path == .fused ? measureFused(start) : measure(start)
    return Errors(
      value: errorRelativeToLargest(initial.values, values),
      gradient: errorRelativeToLargest(initial.gradients, gradients),
      laplacian: errorRelativeToLargest(initial.laplacians, laplacians),
      losses: largestRelativeError(trained(start, path, rateFactor), losses))
  }

  /// The starting network, from the archive beside the record.
  func start(_ archive: SafetensorsArchive) throws -> Siren {
    let layout = Siren.layout(of: architecture)
    let values = try layout.entries.flatMap { entry in
      let array = try #require(archive[entry.name], "'\(entry.name)' of \(name)")
      try #require(array.shape == entry.shape, "'\(entry.name)' of \(name)")
      return array.values
    }
    return try #require(
      Siren(architecture, parameters: Parameters(layout: layout, values: values)))
  }

  /// All coordinates as one tensor.
  private var coordinateTensor: Tensor {
    let axes = architecture.coordinates
    return Tensor(coordinates, shape: [coordinates.count / axes, axes])
  }

  private func measure(_ siren: Siren) -> (
    values: [Float], gradients: [Float], laplacians: [Float]
  ) {
    let points = coordinateTensor.gatheredRows(probes).tracked()
    let values = Siren.composition(at: points, architecture, siren.parameters.views())
    let differentiated =
      sumsChannels == true ? values.sum(axes: [1], keepingAxes: true) : values
    let laplacians = (0..<differentiated.shape[1]).map {
      laplacian(of: differentiated, at: points, channel: $0)
    }
    return (
      values.values, jacobian(of: differentiated, at: points).values,
      Tensor.concatenated(laplacians, axis: 1).values
    )
  }

  private func measureFused(_ siren: Siren) -> (
    values: [Float], gradients: [Float], laplacians: [Float]
  ) {
    let block = siren.evaluate(
      at: coordinateTensor.gatheredRows(probes).values, derivatives: .laplacian)
    guard sumsChannels == true else { return (block.value, block.gradient, block.laplacian) }
    let (n, c, d) = (probes.count, block.outputs, block.coordinates)
    return (
      block.value, Tensor(block.gradient, shape: [n, c, d]).sum(axes: [1]).values,
      Tensor(block.laplacian, shape: [n, c]).sum(axes: [1]).values
    )
  }

  /// The losses before each step of training as recorded.
  private func trained(_ start: Siren, _ path: Path, _ rateFactor: Float) -> [Float] {
    var siren = start
    var optimizer = Adam(parameterCount: siren.parameters.values.count)
    let points = loss == .value ? coordinateTensor : coordinateTensor.tracked()
    return losses.indices.map { _ in
      if path == .fused {
        let (error, gradient) = fusedLoss(siren)
        optimizer.update(
          &siren.parameters.values, gradient: gradient, learningRate: learningRate * rateFactor)
        return Float(error)
      }
      let views = siren.parameters.views(tracked: true)
      let error = self.error(Siren.composition(at: points, architecture, views), points)
      optimizer.update(
        &siren.parameters.values, gradient: views.gradient(of: error).flat,
        learningRate: learningRate * rateFactor)
      return error.scalar
    }
  }

  private func fusedLoss(_ siren: Siren) -> (loss: Double, gradient: [Float]) {
    let axes = architecture.coordinates
    let count = coordinates.count / axes
    let width = targets.count / count
    // A gradient counts by its squared length, not by the mean of its components.
    let share = 1 / Float(loss == .gradient ? count : targets.count)
    let kind = loss
    let derivatives: FieldDerivatives =
      switch kind {
      case .value: .none
      case .gradient: .gradient
      case .laplacian: .laplacian
      }
    return siren.lossGradient(
      pointCount: count, derivatives: derivatives,
      coordinates: { Array(coordinates[$0.lowerBound * axes..<$0.upperBound * axes]) }
    ) { block, slopes in
      let own = targets[block.points.lowerBound * width..<block.points.upperBound * width]
      let found =
        switch kind {
        case .value: block.value
        case .gradient: block.gradient
        case .laplacian: block.laplacian
        }
      let differences = pairs(found, own).map { $0 - $1 }
      let scaled = differences.map { 2 * $0 * share }
      switch kind {
      case .value: slopes.value = scaled
      case .gradient: slopes.gradient = scaled
      case .laplacian: slopes.laplacian = scaled
      }
      return differences.reduce(0) { $0 + Double($1) * Double($1) } * Double(share)
    }
  }

  private func error(_ values: Tensor, _ points: Tensor) -> Tensor {
    let found =
      switch loss {
      case .value: values
      case .gradient: gradient(of: values, at: points)
      case .laplacian: laplacian(of: values, at: points)
      }
    let squares = (found - Tensor(targets, shape: found.shape)).squared()
    // A gradient counts by its squared length, not by the mean of its components.
    return loss == .gradient ? squares.sum() / Float(points.shape[0]) : squares.mean()
  }
}
