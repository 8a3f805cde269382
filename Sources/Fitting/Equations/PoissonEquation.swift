import DifferentiableCore
import Fields
import Foundation
import Numerics
import Signals

/// Poisson's equation `-laplacian u = f` on the unit cube, with known values on its border.
///
/// The square has f = 2 pi^2 sin(pi x) sin(pi y), whose solution is sin(pi x) sin(pi y). In d > 2 dimensions f is
/// pi^2 sum of sin(pi x_i), whose solution is that sum without pi^2 (both as in Müller and Zeinhofer 2023,
/// arXiv 2302.13163).
public enum PoissonEquation {
  private static func square(_ dimensions: Int) -> [ClosedRange<Double>] {
    [ClosedRange<Double>](repeating: -1...1, count: dimensions)
  }

  /// The equation with a known solution.
  ///
  /// - Parameters:
  ///   - dimensions: 2 to 10.
  ///   - points: points in the square along each axis, or points drawn for each step in more dimensions.
  ///   - seed: of the points that are drawn.
  public static func manufactured(
    dimensions: Int = 2, _ network: EquationNetwork = EquationNetwork(), points: Int? = nil,
    seed: UInt64 = 1
  ) -> EquationCase {
    let solution = { @Sendable (point: ArraySlice<Double>) -> Double in
      let waves = point.map { sin(Double.pi * ($0 + 1) / 2) }
      return dimensions == 2 ? waves.reduce(1, *) : waves.reduce(0, +)
    }
    let source = { @Sendable (point: [Double]) -> Double in
      let factor = dimensions == 2 ? 2.0 : 1.0
      return factor * Double.pi * Double.pi * solution(point[...])
    }
    let box = square(dimensions)
    let isWaves = dimensions == 2 && network.isWaves
    let width = network.width ?? (isWaves ? 300 : 64)
    let shape = network.shape(
      coordinates: dimensions, width: width,
      omega: isWaves ? PlaneWaves.radius(9, width: width, perWave: 3) : 2)
    let inside: PointSet
    let border: PointSet
    if dimensions == 2 {
      let count = points ?? 30
      inside = .legendre(box, [count, count])
      border = .faces(box, [count, count])
    } else {
      inside = drawn(box, points ?? 2_000, seed: seed, step: 0)
      border = drawnOnFaces(box, (points ?? 2_000) / 4, seed: seed, step: 0)
    }
    // One unit of the network is half of the cube's side.
    var equation = Condition("equation", at: inside, .laplacian(dimensions)) { x, u in
      [4 * u.second() + source(x)]
    }
    var values = Condition.value("border", at: border, weight: 100) { solution($0[...]) }
    if dimensions > 2 {
      let count = points ?? 2_000
      equation.redraw = { drawn(box, count, seed: seed, step: $0) }
      values.redraw = { drawnOnFaces(box, count / 4, seed: seed, step: $0) }
    }
    var random = Xoshiro256(seed: seed, .boxPoints, 1 << 40)
    let middle = [Double](repeating: 0, count: dimensions)
    var problem = EquationCase(
      "Poisson's equation in \(dimensions) dimensions",
      ConditionSystem(shape, [equation, values]),
      tests: dimensions == 2 ? .cells(box, [101, 101]) : .random(box, 20_000, &random),
      truthName: "analytic solution",
      slices: [
        .init(
          dimensions == 2 ? "u(x, y)" : "u in the plane of the first two coordinates",
          axes: (0, 1), point: middle)
      ]
    ) { points in
      stride(from: 0, to: points.count, by: dimensions).map {
        solution(points[$0..<$0 + dimensions])
      }
    }
    if isWaves { problem.start(as: PlaneWaves(radius: shape.omegaFirst)) }
    return problem
  }

  private static func drawn(
    _ box: [ClosedRange<Double>], _ count: Int, seed: UInt64, step: Int
  ) -> PointSet {
    var random = Xoshiro256(seed: seed, .boxPoints, UInt64(step), 0)
    return .random(box, count, &random)
  }

  private static func drawnOnFaces(
    _ box: [ClosedRange<Double>], _ count: Int, seed: UInt64, step: Int
  ) -> PointSet {
    var random = Xoshiro256(seed: seed, .boxPoints, UInt64(step), 1)
    let faces = 2 * box.count
    return .joined(
      (0..<faces).map { index in
        var face = box
        let end = index % 2 == 0 ? face[index / 2].lowerBound : face[index / 2].upperBound
        face[index / 2] = end...end
        return .random(face, max(1, count / faces), &random)
      })
  }

  /// The equation with a picture as source, and 0 on the border.
  ///
  /// The picture is resized to 48 pixels and made smooth by cubic splines. Its mean over the channels, minus its mean over
  /// the square, is the source, times 50. The truth is a solution by finite differences.
  ///
  /// - Parameter picture: any size and number of channels, values 0...1.
  /// - Returns: nil for a picture of one brightness.
  public static func source(
    _ picture: Image, _ network: EquationNetwork = EquationNetwork(), points: Int? = nil
  ) -> EquationCase? {
    let map = SmoothPicture(picture, side: 48)
    let mean = map.mean
    guard map.deviation > 1e-4 else { return nil }
    let source = { @Sendable (point: [Double]) -> Double in
      50 * (map.value(row: (point[0] + 1) / 2, column: (point[1] + 1) / 2) - mean)
    }
    let reference = SquarePoisson.solve(cells: 384) { source([2 * $0 - 1, 2 * $1 - 1]) }
    let box = square(2)
    let width = network.width ?? (network.isWaves ? 1_500 : 256)
    let shape = network.shape(
      coordinates: 2, width: width,
      omega: network.isWaves ? PlaneWaves.radius(50, width: width, perWave: 0.6) : 12)
    let count = points ?? 64
    var problem = EquationCase(
      "Poisson's equation with a picture as source",
      ConditionSystem(
        shape,
        [
          Condition("equation", at: .legendre(box, [count, count]), .laplacian(2)) { x, u in
            [4 * u.second() + source(x)]
          },
          Condition.value("border", at: .faces(box, [count, count]), weight: 1e4) { _ in 0 },
        ]),
      tests: .cells(box, [128, 128]), truthName: "finite differences",
      slices: [.init("u(x, y)", axes: (0, 1), point: [0, 0])]
    ) { points in
      stride(from: 0, to: points.count, by: 2).map {
        reference.value(row: (points[$0] + 1) / 2, column: (points[$0 + 1] + 1) / 2)
      }
    }
    problem.start(as: PlaneWaves(radius: shape.omegaFirst))
    return problem
  }
}
