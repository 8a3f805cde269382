import DifferentiableCore
import Numerics

/// A field defined by conditions on it and on its derivatives (arXiv 2006.09661, equations 1 and 3).
///
/// The fit minimizes the sum over constraints m of `weight_m mean over x in Omega_m of |C_m(x, F(x), grad F(x),
/// ...)|^2`.
///
/// Poisson's equation with known boundary values:
///
/// ```swift
/// let problem = ConstraintProblem(coordinates: 2, outputs: 1, [
///   .laplacian(equals: source, on: inside),
///   .value(equals: known, on: border, weight: 100),
/// ])
/// ```
public struct ConstraintProblem: FieldObjective {
  /// Number of coordinates of the field.
  public let coordinates: Int
  /// Number of channels of the field.
  public let outputs: Int
  /// The conditions.
  public let constraints: [Constraint]
  /// The loss of the field that is 0 everywhere.
  public private(set) var constantLoss = 0.0

  /// Creates a problem; every domain must have the same number of coordinates as the problem.
  public init(coordinates: Int, outputs: Int, _ constraints: [Constraint]) {
    precondition(
      constraints.allSatisfy { $0.domain.coordinates == coordinates },
      "domains of \(constraints.map(\.domain.coordinates)) coordinates, expected \(coordinates)")
    self.coordinates = coordinates
    self.outputs = outputs
    self.constraints = constraints
    let shape = SirenArchitecture(
      coordinates: coordinates, hiddenWidth: 1, hiddenLayers: 0, outputs: outputs)
    let layout = Siren.layout(of: shape)
    let zeros = Parameters(layout: layout, values: [Float](repeating: 0, count: layout.count))
    if let zero = Siren(shape, parameters: zeros) {
      constantLoss = losses(of: zero, PointBatch()).reduce(0, +)
    }
  }

  /// The loss of each constraint, weights included.
  ///
  /// - Parameter batch: `PointBatch()` takes all points.
  public func losses(of field: Siren, _ batch: PointBatch = PointBatch()) -> [Double] {
    constraints.enumerated().map { lossGradient($1, of: field, batch, stream: $0).loss }
  }

  /// Returns the sum of all losses and its derivative; see ``FieldObjective``.
  ///
  /// The batch size applies to the domain of each constraint.
  public func lossGradient(
    of field: Siren, _ batch: PointBatch
  ) -> (loss: Double, gradient: [Float]) {
    var total = 0.0
    var gradient = [Float](repeating: 0, count: field.parameters.values.count)
    for (stream, constraint) in constraints.enumerated() {
      let part = lossGradient(constraint, of: field, batch, stream: stream)
      total += part.loss
      for index in gradient.indices { gradient[index] += part.gradient[index] }
    }
    return (total, gradient)
  }

  private func lossGradient(
    _ constraint: Constraint, of field: Siren, _ batch: PointBatch, stream: Int
  ) -> (loss: Double, gradient: [Float]) {
    let sample = constraint.domain.sample(batch, stream: stream)
    let factor = constraint.weight / Double(max(1, sample.numbers.count))
    switch constraint.residual {
    case .ofField(let derivatives, let residual):
      return fused(field, sample, derivatives, factor, residual)
    case .composed(let residual):
      return plain(field, sample, factor, residual)
    }
  }

  /// Computes the tile's cotangent from a small graph, for a residual that is a function of the tile's outputs.
  private func fused(
    _ field: Siren, _ sample: Domain.Sample, _ derivatives: FieldDerivatives, _ factor: Double,
    _ residual: @Sendable (FieldAtPoints) -> Tensor
  ) -> (loss: Double, gradient: [Float]) {
    let (d, c) = (coordinates, outputs)
    return field.lossGradient(
      pointCount: sample.numbers.count, derivatives: derivatives,
      coordinates: { Array(sample.coordinates[$0.lowerBound * d..<$0.upperBound * d]) },
      loss: { block, cotangent in
        let n = block.points.count
        let x = sample.coordinates[block.points.lowerBound * d..<block.points.upperBound * d]
        let tensor = { (values: [Float], shape: [Int]) in
          Tensor(values, shape: values.isEmpty ? [0] : shape).tracked()
        }
        let known = FieldAtPoints(
          x: Tensor(Array(x), shape: [n, d]), value: tensor(block.value, [n, c]),
          gradient: tensor(block.gradient, [n, c, d]), laplacian: tensor(block.laplacian, [n, c]),
          points: Array(sample.numbers[block.points]))
        let loss = residual(known).squared().sum() * Float(factor)
        let parts = gradients(
          of: loss, withRespectTo: [known.value, known.gradient, known.laplacian])
        cotangent.value = parts[0].values
        if derivatives != .none { cotangent.gradient = parts[1].values }
        if derivatives == .laplacian { cotangent.laplacian = parts[2].values }
        return Double(loss.scalar)
      })
  }

  /// Evaluates tile by tile with the plain composition, for a residual that differentiates the field itself.
  private func plain(
    _ field: Siren, _ sample: Domain.Sample, _ factor: Double,
    _ residual: @Sendable (Tensor, (Tensor) -> Tensor) -> Tensor
  ) -> (loss: Double, gradient: [Float]) {
    let (count, d) = (sample.numbers.count, coordinates)
    let tilePoints = 256
    let parts = Parallel.map((count + tilePoints - 1) / tilePoints) {
      tile -> (Double, ParameterGradient) in
      let points = tile * tilePoints..<min(count, (tile + 1) * tilePoints)
      let views = field.parameters.views(tracked: true)
      let x = Tensor(
        Array(sample.coordinates[points.lowerBound * d..<points.upperBound * d]),
        shape: [points.count, d]
      ).tracked()
      let loss =
        residual(x) { Siren.values(at: $0, field.architecture, views) }
        .squared().sum() * Float(factor)
      return (Double(loss.scalar), views.gradient(of: loss))
    }
    let gradient = ParameterGradient.sum(parts.map(\.1), layout: field.parameters.layout)
    return (parts.reduce(0) { $0 + $1.0 }, gradient.flat)
  }
}
