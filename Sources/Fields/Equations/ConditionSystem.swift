import DifferentiableCore
import Numerics

/// Conditions on a network in double precision, as residuals with their Jacobian matrix.
///
/// The unknowns are the network's parameters and, for an inverse problem, the factors of a medium. A residual is
/// multiplied by the square root of its point's weight and its condition's, so the sum of squares is the sum over the
/// conditions of `weight mean |residual|^2`.
public struct ConditionSystem: Sendable {
  /// The unknowns that are changed while the others are kept.
  public enum Unknowns: Sendable {
    /// All parameters of the network, and the factors of the medium.
    case all
    /// The last layer and the factors of the medium, which are the last unknowns.
    ///
    /// The residuals of a linear equation without a medium depend on these linearly.
    case lastLayer
  }

  /// The shape of the network.
  public let shape: DoubleNetwork.Shape
  /// The conditions.
  public let conditions: [Condition]
  /// Number of factors of the medium.
  public let mediumCount: Int

  /// Number of unknowns.
  public var parameterCount: Int { shape.parameterCount + mediumCount }

  /// Number of the unknowns that are changed, which are the last ones.
  public func count(of unknowns: Unknowns) -> Int {
    (unknowns == .all ? shape.parameterCount : shape.lastLayerCount) + mediumCount
  }

  /// Number of residuals.
  public var residualCount: Int {
    conditions.reduce(0) { $0 + $1.points.count * $1.residualCount }
  }

  /// A system; every condition has the coordinates of the network.
  public init(_ shape: DoubleNetwork.Shape, mediumCount: Int = 0, _ conditions: [Condition]) {
    precondition(
      conditions.allSatisfy {
        $0.points.coordinates == shape.coordinates && $0.outputs.upperBound <= shape.outputs
      }, "conditions do not fit a network of \(shape.coordinates) coordinates")
    self.shape = shape
    self.mediumCount = mediumCount
    self.conditions = conditions
  }

  /// The network with the first unknowns.
  public func network(_ parameters: [Double]) -> DoubleNetwork {
    DoubleNetwork(shape, parameters: Array(parameters.prefix(shape.parameterCount)))
  }

  /// The mean squared residual of each condition, without its weight.
  public func losses(at parameters: [Double], step: Int = 0) -> [Double] {
    conditions.map { condition in
      let part = ConditionSystem(shape, mediumCount: mediumCount, [condition])
      return part.residuals(at: parameters, step: step).reduce(0) { $0 + $1 * $1 }
        / condition.weight
    }
  }

  /// The weighted residuals of all conditions.
  ///
  /// - Parameter step: the step for which points are drawn.
  public func residuals(at parameters: [Double], step: Int) -> [Double] {
    let network = network(parameters)
    let medium = Array(parameters.suffix(mediumCount))
    return conditions.flatMap { condition -> [Double] in
      let points = condition.redraw?(step) ?? condition.points
      var result = [Double](repeating: 0, count: points.count * condition.residualCount)
      result.withUnsafeMutableBufferPointer { result in
        guard let base = result.baseAddress else { return }
        // Safe to share: every tile writes the rows of its own points.
        nonisolated(unsafe) let target = base
        forEachTile(points) { range in
          let tile = DoubleNetworkTile(network, condition.space)
          tile.forward(points.points, range)
          for index in range {
            let found = residual(condition, points, index, range, tile, medium)
            for (place, number) in found.numbers.enumerated() {
              target[index * condition.residualCount + place] = found.scale * number.value
            }
          }
        }
      }
      return result
    }
  }

  /// The Jacobian matrix of the residuals with the residuals as its last column, `[n, parameterCount + 1]`.
  public func linearization(at parameters: [Double], step: Int) -> DoubleMatrix {
    linearization(at: parameters, step: step, of: .all)
  }

  /// The Jacobian matrix with respect to some of the unknowns with the residuals as its last column, `[n, count + 1]`.
  public func linearization(
    at parameters: [Double], step: Int, of unknowns: Unknowns
  ) -> DoubleMatrix {
    let network = network(parameters)
    let medium = Array(parameters.suffix(mediumCount))
    let sets = conditions.map { $0.redraw?(step) ?? $0.points }
    let rows = zip(conditions, sets).reduce(0) { $0 + $1.0.residualCount * $1.1.count }
    let line = count(of: unknowns) + 1
    var matrix = DoubleMatrix(rows: rows, columns: line)
    matrix.values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      nonisolated(unsafe) var start = base
      for (condition, points) in zip(conditions, sets) {
        nonisolated(unsafe) let first = start
        forEachTile(points) { range in
          linearize(
            condition, points, range, DoubleNetworkTile(network, condition.space), medium,
            unknowns, to: first + range.lowerBound * condition.residualCount * line)
        }
        start += points.count * condition.residualCount * line
      }
    }
    return matrix
  }

  private func linearize(
    _ condition: Condition, _ points: PointSet, _ range: Range<Int>, _ tile: DoubleNetworkTile,
    _ medium: [Double], _ unknowns: Unknowns, to rows: UnsafeMutablePointer<Double>
  ) {
    let line = count(of: unknowns) + 1
    let (count, own) = (condition.residualCount, condition.outputs.count)
    tile.forward(points.points, range)
    let plane = range.count * shape.outputs
    var factors = [Double](repeating: 0, count: count * condition.space.planes * plane)
    for index in range {
      let found = residual(condition, points, index, range, tile, medium)
      let local = index - range.lowerBound
      let basis = mediumCount > 0 ? condition.medium?(points[index]) ?? [] : []
      for (place, number) in found.numbers.enumerated() {
        let row = rows + (local * count + place) * line
        row[line - 1] = found.scale * number.value
        for (entry, function) in basis.enumerated() {
          row[line - 1 - mediumCount + entry] =
            found.scale * number.slopes[condition.space.planes * own] * function
        }
        for jet in 0..<condition.space.planes {
          let at = (place * condition.space.planes + jet) * plane + local * shape.outputs
          for output in 0..<own {
            factors[at + condition.outputs.lowerBound + output] =
              found.scale * number.slopes[jet * own + output]
          }
        }
      }
    }
    factors.withUnsafeBufferPointer { factors in
      guard let base = factors.baseAddress else { return }
      for place in 0..<count {
        tile.reverse(
          base + place * condition.space.planes * plane, to: rows + place * line,
          line: count * line, lastLayerOnly: unknowns == .lastLayer)
      }
    }
  }

  private func residual(
    _ condition: Condition, _ points: PointSet, _ index: Int, _ range: Range<Int>,
    _ tile: DoubleNetworkTile, _ medium: [Double]
  ) -> (numbers: [JetNumber], scale: Double) {
    let point = points[index]
    let own = condition.outputs.count
    var numbers = SIMD16<Double>(repeating: 0)
    for plane in 0..<condition.space.planes {
      for output in 0..<own {
        numbers[plane * own + output] = tile.jet(
          plane, index - range.lowerBound, condition.outputs.lowerBound + output)
      }
    }
    if let functions = condition.medium {
      numbers[condition.space.planes * own] = zip(functions(point), medium).reduce(0) {
        $0 + $1.0 * $1.1
      }
    }
    let jet = Jet(
      space: condition.space, outputs: own, hasMedium: condition.medium != nil, numbers: numbers)
    let found = condition.residual(point, jet)
    precondition(
      found.count == condition.residualCount,
      "'\(condition.name)' returns \(found.count) residuals, expected \(condition.residualCount)")
    return (found, (condition.weight * points.weights[index]).squareRoot())
  }

  private func forEachTile(_ points: PointSet, _ body: @Sendable (Range<Int>) -> Void) {
    let size = DoubleNetworkTile.points
    Parallel.forEach((points.count + size - 1) / size) { index in
      body(index * size..<min(points.count, (index + 1) * size))
    }
  }
}
