import DifferentiableCore
import Fields
import Foundation
import Numerics
import Signals

/// The Helmholtz equation `laplacian u + k^2 n^2 u = -source` on the square -1...1 with an absorbing border.
///
/// The field is complex, so the network has two outputs. n is the slowness relative to the surroundings. In a layer along the
/// border the coordinates become complex, so that waves are absorbed without reflection (the perfectly matched layer of
/// arXiv 2006.09661, supplement 6, with a cubic profile). Outside of the source, a bell of standard deviation s and
/// integral 1, the field of a homogeneous medium is `i/4 exp(-(k s)^2 / 2) H0(k r)` with Hankel's function.
public struct HelmholtzEquation: Sendable {
  /// The wave number k; 20 in the paper.
  public var waveNumber: Double
  /// The place of the source, (row, column).
  public var source: (row: Double, column: Double)
  /// The standard deviation of the source.
  public var deviation: Double
  /// The width of the absorbing layer, below 0.5.
  public var layer = 0.3
  /// The factor exp(-attenuation) on a wave that crosses the layer.
  private static let attenuation = 6.0

  /// An equation with its source at the middle.
  public init(waveNumber: Double = 20, deviation: Double? = nil) {
    self.waveNumber = waveNumber
    self.deviation = deviation ?? 1.6 / waveNumber
    source = (0, 0)
  }

  /// A point's medium n^2, and 1 for the surroundings.
  public typealias Medium = @Sendable (_ row: Double, _ column: Double) -> Double

  /// The factors D = 1 / (1 + i sigma / k) and D dD/dx of the stretched coordinate at a place.
  func stretch(_ place: Double) -> (d: Complex, slope: Complex) {
    let depth = max(0, abs(place) - (1 - layer)) / layer
    let strongest = 4 * Self.attenuation / layer / waveNumber
    let sigma = strongest * depth * depth * depth
    let rate = 3 * strongest * depth * depth / layer * (place < 0 ? -1 : 1)
    let d = Complex(1, 0) / Complex(1, sigma)
    // dD/dx = -D^2 i sigma'.
    return (d, d * d * d * Complex(0, -rate))
  }

  /// The source at a point.
  func source(row: Double, column: Double) -> Double {
    let (y, x) = (row - source.row, column - source.column)
    let variance = deviation * deviation
    return exp(-(x * x + y * y) / (2 * variance)) / (2 * Double.pi * variance)
  }

  /// Whether a point is outside of the absorbing layer.
  func isInside(row: Double, column: Double) -> Bool {
    max(abs(row), abs(column)) <= 1 - layer + 1e-12
  }

  /// The condition that the residual of the equation, divided by k^2, is 0.
  ///
  /// - Parameters:
  ///   - outputs: the two outputs of the field.
  ///   - medium: the known part of n^2.
  ///   - unknown: the known functions of the unknown part of n^2; nil for none.
  func condition(
    at points: PointSet, outputs: Range<Int> = 0..<2, medium: @escaping Medium,
    unknown: (@Sendable ([Double]) -> [Double])? = nil
  ) -> Condition {
    let square = waveNumber * waveNumber
    var condition = Condition(
      "equation", at: points, .seconds(2), outputs: outputs, residualCount: 2
    ) { x, u in
      let (rowFactor, rowSlope) = stretch(x[0])
      let (columnFactor, columnSlope) = stretch(x[1])
      let (a, b) = (rowFactor * rowFactor, columnFactor * columnFactor)
      let known = medium(x[0], x[1])
      let index = unknown == nil ? JetNumber(known) : u.medium + known
      // Two real equations: the real and the imaginary part.
      let real =
        a.real * u.second(0, 0) - a.imaginary * u.second(0, 1)
        + (b.real * u.second(1, 0) - b.imaginary * u.second(1, 1))
        + (rowSlope.real * u.first(0, 0) - rowSlope.imaginary * u.first(0, 1))
        + (columnSlope.real * u.first(1, 0) - columnSlope.imaginary * u.first(1, 1))
      let imaginary =
        a.real * u.second(0, 1) + a.imaginary * u.second(0, 0)
        + (b.real * u.second(1, 1) + b.imaginary * u.second(1, 0))
        + (rowSlope.real * u.first(0, 1) + rowSlope.imaginary * u.first(0, 0))
        + (columnSlope.real * u.first(1, 1) + columnSlope.imaginary * u.first(1, 0))
      return [
        real / square + index * u.value(0) + source(row: x[0], column: x[1]) / square,
        imaginary / square + index * u.value(1),
      ]
    }
    condition.medium = unknown
    return condition
  }

  private static let box = [-1.0...1, -1.0...1]

  /// The condition that the field is 0 on the border.
  func border(_ count: Int, outputs: Range<Int> = 0..<2) -> Condition {
    Condition(
      "border", at: .faces(Self.box, [count, count]), .value, outputs: outputs, residualCount: 2
    ) { _, u in [u.value(0), u.value(1)] }
  }

  /// The field of the source in a homogeneous medium, the two parts of each point; not a number near the source, where
  /// the formula does not hold, and in the layer.
  package func hankel(_ points: [Double]) -> [Double] {
    let factor = 0.25 * exp(-waveNumber * waveNumber * deviation * deviation / 2)
    return stride(from: 0, to: points.count, by: 2).flatMap { start -> [Double] in
      let r = hypot(points[start] - source.row, points[start + 1] - source.column)
      guard r >= 4 * deviation, isInside(row: points[start], column: points[start + 1]) else {
        return [.nan, .nan]
      }
      // i (J0 + i Y0).
      return [-factor * y0(waveNumber * r), factor * j0(waveNumber * r)]
    }
  }

  private var pointCount: Int { Int((2.6 * waveNumber).rounded(.up)) + 8 }

  /// A network of one layer, for one field or for several with the same sines.
  ///
  /// - Parameter leastWidth: the fewest sines by default; sources near the border and unknown media need more.
  func shape(
    _ network: EquationNetwork, fields: Int = 1, leastWidth: Int = 300
  ) -> DoubleNetwork.Shape {
    let width =
      network.width
      ?? (network.isWaves
        ? max(leastWidth, Int(3.75 * waveNumber * waveNumber)) : Int(17 * waveNumber))
    return network.shape(
      coordinates: 2, outputs: 2 * fields, width: width,
      omega: network.isWaves
        ? PlaneWaves.radius(2.5 * waveNumber, width: width, perWave: 0.6) : 1.5 * waveNumber)
  }

  /// The equation in a homogeneous medium.
  public func homogeneous(
    _ network: EquationNetwork = EquationNetwork(), points: Int? = nil
  ) -> EquationCase {
    let count = points ?? pointCount
    let shape = self.shape(network)
    var problem = EquationCase(
      "The Helmholtz equation with one source",
      ConditionSystem(
        shape,
        [
          condition(at: .legendre(Self.box, [count, count])) { _, _ in 1 },
          border(count),
        ]),
      tests: .cells(Self.box, [100, 100]), truthName: "Hankel function",
      slices: [.init("real part", axes: (0, 1), point: [0, 0])]
    ) { hankel($0) }
    problem.start(as: PlaneWaves(radius: shape.omegaFirst))
    return problem
  }

  /// The equation in a medium, compared with a solution by finite differences.
  ///
  /// - Parameter medium: n^2, 1 in the absorbing layer.
  public func inMedium(
    _ network: EquationNetwork = EquationNetwork(), points: Int? = nil, _ medium: @escaping Medium
  ) throws -> EquationCase {
    let count = points ?? pointCount
    let reference = try HelmholtzDifferences(self, cells: cells, medium)
    let shape = self.shape(network)
    var problem = EquationCase(
      "The Helmholtz equation in a medium",
      ConditionSystem(
        shape,
        [condition(at: .legendre(Self.box, [count, count]), medium: medium), border(count)]),
      tests: .cells(Self.box, [100, 100]), truthName: "finite differences of fourth order",
      slices: [.init("real part", axes: (0, 1), point: [0, 0])]
    ) { points in
      stride(from: 0, to: points.count, by: 2).flatMap { start -> [Double] in
        let (row, column) = (points[start], points[start + 1])
        guard isInside(row: row, column: column) else { return [.nan, .nan] }
        return reference.values(row: row, column: column)
      }
    }
    problem.start(as: PlaneWaves(radius: shape.omegaFirst))
    return problem
  }

  /// Cells of the finite differences along each axis: 22 per wave.
  package var cells: Int { max(64, Int((7 * waveNumber).rounded(.up))) }

  /// The squared slowness of a velocity picture, smooth and 1 in the absorbing layer.
  ///
  /// - Parameters:
  ///   - picture: black is the slowest, white the fastest.
  ///   - velocities: the velocities of black and white relative to the surroundings.
  public func medium(_ picture: Image, velocities: ClosedRange<Double>) -> Medium {
    let map = SmoothPicture(picture, side: 24)
    let length = velocities.upperBound - velocities.lowerBound
    let layer = layer
    return { row, column in
      let velocity =
        velocities.lowerBound + length
        * map.value(
          row: (row / (1 - layer) + 1) / 2, column: (column / (1 - layer) + 1) / 2)
      return 1 + (1 / (velocity * velocity) - 1) * Self.window(row, layer)
        * Self.window(column, layer)
    }
  }

  /// 1 at the middle, and 0 from the absorbing layer on, smooth.
  static func window(_ place: Double, _ layer: Double) -> Double {
    let t = min(1, max(0, (1 - layer - abs(place)) / 0.25))
    return t * t * t * (10 + t * (6 * t - 15))
  }
}

/// A complex number in double precision.
struct Complex: Sendable, Equatable {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double) {
    self.real = real
    self.imaginary = imaginary
  }

  static func * (a: Complex, b: Complex) -> Complex {
    Complex(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  static func / (a: Complex, b: Complex) -> Complex {
    let length = b.real * b.real + b.imaginary * b.imaginary
    return a * Complex(b.real / length, -b.imaginary / length)
  }

  static func + (a: Complex, b: Complex) -> Complex {
    Complex(a.real + b.real, a.imaginary + b.imaginary)
  }

  static func * (a: Double, b: Complex) -> Complex { Complex(a * b.real, a * b.imaginary) }
}
