import DifferentiableCore

/// A number and its derivatives with respect to up to 16 others, in double precision.
///
/// An equation is written with these as with numbers. The derivatives of its residual, which a Gauss-Newton step needs,
/// follow by the rules of differentiation (forward mode).
public struct JetNumber: Sendable, Equatable {
  /// The most numbers with respect to which derivatives are kept.
  public static let mostSlots = 16

  /// The number.
  public var value: Double
  /// The derivatives.
  public var slopes: SIMD16<Double>

  /// A constant.
  public init(_ value: Double) {
    self.value = value
    slopes = SIMD16(repeating: 0)
  }

  init(_ value: Double, _ slopes: SIMD16<Double>) {
    self.value = value
    self.slopes = slopes
  }

  /// A number that is one of the 16 itself.
  init(_ value: Double, slot: Int) {
    self.init(value)
    slopes[slot] = 1
  }

  /// The sum.
  public static func + (a: JetNumber, b: JetNumber) -> JetNumber {
    JetNumber(a.value + b.value, a.slopes + b.slopes)
  }
  /// The difference.
  public static func - (a: JetNumber, b: JetNumber) -> JetNumber {
    JetNumber(a.value - b.value, a.slopes - b.slopes)
  }
  /// The product.
  public static func * (a: JetNumber, b: JetNumber) -> JetNumber {
    JetNumber(a.value * b.value, a.slopes * b.value + b.slopes * a.value)
  }
  /// The quotient.
  public static func / (a: JetNumber, b: JetNumber) -> JetNumber {
    let quotient = a.value / b.value
    return JetNumber(quotient, (a.slopes - b.slopes * quotient) * (1 / b.value))
  }
  /// The sum with a constant.
  public static func + (a: JetNumber, b: Double) -> JetNumber { JetNumber(a.value + b, a.slopes) }
  /// The sum with a constant.
  public static func + (a: Double, b: JetNumber) -> JetNumber { b + a }
  /// The difference from a constant.
  public static func - (a: JetNumber, b: Double) -> JetNumber { JetNumber(a.value - b, a.slopes) }
  /// The difference of a constant.
  public static func - (a: Double, b: JetNumber) -> JetNumber { -b + a }
  /// The multiple.
  public static func * (a: Double, b: JetNumber) -> JetNumber {
    JetNumber(a * b.value, b.slopes * a)
  }
  /// The multiple.
  public static func * (a: JetNumber, b: Double) -> JetNumber { b * a }
  /// The fraction.
  public static func / (a: JetNumber, b: Double) -> JetNumber { (1 / b) * a }
  /// The negative.
  public static prefix func - (a: JetNumber) -> JetNumber { JetNumber(-a.value, -1 * a.slopes) }

  /// The square.
  public func squared() -> JetNumber { self * self }

  /// The square root of a number above 0.
  public func squareRoot() -> JetNumber {
    let root = value.squareRoot()
    return JetNumber(root, slopes * (0.5 / root))
  }
}

/// A field, its derivatives and a medium at one point, as an equation sees them.
public struct Jet: Sendable {
  /// What the jet holds.
  public let space: JetSpace
  /// Number of outputs that the equation sees.
  public let outputs: Int
  /// Whether the last slot is the medium.
  let hasMedium: Bool
  /// `[planes, outputs]`, and the medium.
  var numbers: SIMD16<Double>

  /// The value of an output.
  public func value(_ output: Int = 0) -> JetNumber { number(0, output) }

  /// The first derivative along a coordinate.
  public func first(_ coordinate: Int, _ output: Int = 0) -> JetNumber {
    precondition(coordinate < space.dimensions, "the jet has no derivative along \(coordinate)")
    return number(1 + coordinate, output)
  }

  /// The sum of second derivatives with an index; by default the first, such as the Laplacian.
  public func second(_ index: Int = 0, _ output: Int = 0) -> JetNumber {
    precondition(index < space.operators.count, "the jet has no second derivative \(index)")
    return number(1 + space.dimensions + index, output)
  }

  /// The medium at the point, a sum of known functions with unknown factors.
  public var medium: JetNumber {
    precondition(hasMedium, "the equation has no medium")
    return JetNumber(numbers[space.planes * outputs], slot: space.planes * outputs)
  }

  private func number(_ plane: Int, _ output: Int) -> JetNumber {
    precondition(output < outputs, "output \(output) of \(outputs)")
    let slot = plane * outputs + output
    return JetNumber(numbers[slot], slot: slot)
  }
}
