import DifferentiableCore

/// A condition on a field and its derivatives at points, for Gauss-Newton steps: a residual that should be 0.
///
/// ```swift
/// let box = [-1.0...1, -1.0...1]
/// let equation = Condition("equation", at: .legendre(box, [20, 20]), .laplacian(2)) { x, u in
///   [u.second() + 1]
/// }
/// ```
public struct Condition: Sendable {
  /// What a person calls the condition.
  public let name: String
  /// The points.
  public let points: PointSet
  /// The derivatives that the residual sees.
  public let space: JetSpace
  /// The outputs of the network that the residual sees.
  public let outputs: Range<Int>
  /// The factor on the mean of the squared residuals.
  public let weight: Double
  /// Number of residuals at each point.
  public let residualCount: Int
  /// New points for each step; nil keeps the points.
  public var redraw: (@Sendable (_ step: Int) -> PointSet)?
  /// The known functions whose sum with unknown factors is the medium; nil for none.
  public var medium: (@Sendable (_ point: [Double]) -> [Double])?
  let residual: @Sendable (_ point: [Double], _ jet: Jet) -> [JetNumber]

  /// A condition.
  ///
  /// - Parameters:
  ///   - points: where it holds.
  ///   - space: the derivatives that the residual sees.
  ///   - outputs: the outputs that it sees, counted from 0 in the residual.
  ///   - weight: the factor on the mean of the squared residuals.
  ///   - residualCount: the number of residuals at each point.
  ///   - residual: what should be 0, `residualCount` numbers.
  public init(
    _ name: String, at points: PointSet, _ space: JetSpace, outputs: Range<Int> = 0..<1,
    weight: Double = 1, residualCount: Int = 1,
    _ residual: @escaping @Sendable (_ point: [Double], _ jet: Jet) -> [JetNumber]
  ) {
    precondition(residualCount >= 1 && weight > 0, "a condition of weight \(weight)")
    precondition(
      space.planes * outputs.count + 1 <= JetNumber.mostSlots,
      "\(space.planes) numbers of \(outputs.count) outputs, expected fewer than 16 in all")
    self.name = name
    self.points = points
    self.space = space
    self.outputs = outputs
    self.weight = weight
    self.residualCount = residualCount
    self.residual = residual
  }

  /// The condition that the first output has known values.
  public static func value(
    _ name: String = "values", at points: PointSet, weight: Double = 1,
    equals known: @escaping @Sendable (_ point: [Double]) -> Double
  ) -> Condition {
    Condition(name, at: points, .value, weight: weight) { point, jet in
      [jet.value() - known(point)]
    }
  }
}
