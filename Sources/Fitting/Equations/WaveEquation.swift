import DifferentiableCore
import Fields
import Foundation
import Numerics

/// The wave equation `u_tt = laplacian u` of a square membrane of -1...1 that is held at its border.
///
/// It starts at rest as a bell of a standard deviation, and a ring runs to the border and back. The solution is a
/// sum of the membrane's modes.
public enum WaveEquation {
  /// The modes of a membrane with the factors of a bell at its middle.
  private struct Membrane: Sendable {
    let factors: [Double]
    let duration: Double

    init(deviation: Double, duration: Double) {
      self.duration = duration
      // Integrals of the bell with the odd modes, by the rectangle rule, which is exact to rounding for bells.
      let count = max(8, Int((8 / deviation).rounded(.up)))
      let samples = 2_000
      factors = (1...count).map { mode in
        (0..<samples).reduce(0.0) { sum, index in
          let x = 2 * (Double(index) + 0.5) / Double(samples) - 1
          return sum
            + exp(-x * x / (2 * deviation * deviation)) * Self.mode(mode, x) * 2 / Double(samples)
        }
      }
    }

    private static func mode(_ number: Int, _ place: Double) -> Double {
      sin(Double.pi * Double(number) * (place + 1) / 2)
    }

    /// The values at points (time, row, column) of the network.
    func values(_ points: [Double]) -> [Double] {
      var known: [Double: [Double]] = [:]
      func modes(_ place: Double) -> [Double] {
        if let found = known[place] { return found }
        let found = factors.indices.map { factors[$0] * Self.mode($0 + 1, place) }
        known[place] = found
        return found
      }
      var turns: (time: Double, values: [Double]) = (.nan, [])
      return stride(from: 0, to: points.count, by: 3).map { start in
        let time = (points[start] + 1) / 2 * duration
        if turns.time != time {
          turns = (
            time,
            factors.indices.flatMap { i in
              factors.indices.map { j in
                cos(Double.pi / 2 * hypot(Double(i + 1), Double(j + 1)) * time)
              }
            }
          )
        }
        let (rows, columns) = (modes(points[start + 1]), modes(points[start + 2]))
        var sum = 0.0
        // A bell at the middle has odd modes only.
        for i in stride(from: 0, to: factors.count, by: 2) {
          for j in stride(from: 0, to: factors.count, by: 2) {
            sum += rows[i] * columns[j] * turns.values[i * factors.count + j]
          }
        }
        return sum
      }
    }
  }

  /// The equation; coordinate 0 is time.
  ///
  /// - Parameters:
  ///   - deviation: the bell's standard deviation, 0.1 to 0.25.
  ///   - duration: the time that is solved for; the ring reaches the border at 1.
  ///   - points: points along time and along each axis of the membrane; nil takes as many as the shortest wave needs.
  public static func membrane(
    _ network: EquationNetwork = EquationNetwork(), deviation: Double = 0.2,
    duration: Double = 1.5, points: (time: Int, place: Int)? = nil
  ) -> EquationCase {
    let membrane = Membrane(deviation: deviation, duration: duration)
    let box = [-1.0...1, -1.0...1, -1.0...1]
    // The bell's waves have lengths up to 4.5 / deviation. The border reflects them, so in a time the solution is one of
    // a membrane that is longer by this time on each side, and its waves are as many as that one's. The linear term is
    // for its border.
    let reach = (1 + duration) / 2.5
    let radius = 4.5 / deviation
    let needed = Int(reach * radius * (3 * reach * radius + 10))
    let width = network.width ?? (network.isWaves ? min(mostWaves, needed) : 256)
    let shape = network.shape(
      coordinates: 3, width: width,
      omega: network.isWaves
        ? min(radius, ((25 + 3 * Double(width)).squareRoot() - 5) / (3 * reach)) : 2 / deviation)
    let longest = network.isWaves ? shape.omegaFirst : 3.5 / deviation
    let points =
      points
      ?? (
        Int((0.6 * longest * duration).rounded(.up)) + 6, Int((1.1 * longest).rounded(.up)) + 6
      )
    let rate = 2 / duration
    let space = JetSpace(
      dimensions: 3, operators: [JetSpace.diagonal([rate * rate, -1, -1])])
    let start = PointSet.legendre([-1.0...(-1)] + box.dropFirst(), [1, points.place, points.place])
    let count = [points.time, points.place, points.place]
    // Plane waves satisfy the equation everywhere, and many of them are not changed afterwards.
    let inside = [min(points.time, 16), min(points.place, 24), min(points.place, 24)]
    // The size of second derivatives, so that all residuals have the unit of the field.
    let scale = deviation * deviation
    let known = Dictionary(
      zip((0..<start.count).map { start[$0] }, membrane.values(start.points)),
      uniquingKeysWith: { first, _ in first })
    var problem = EquationCase(
      "The wave equation on a square membrane",
      ConditionSystem(
        shape,
        [
          Condition("equation", at: .legendre(box, inside), space) { _, u in [scale * u.second()] },
          .value("start", at: start, weight: 10) { known[$0] ?? 0 },
          Condition("start at rest", at: start, .gradient(3), weight: 10) { _, u in
            [deviation * rate * u.first(0)]
          },
          .value("border", at: .faces(box, count, axes: [1, 2]), weight: 10) { _ in 0 },
        ]),
      tests: .cells(box, [24, 48, 48]), truthName: "analytic solution (sum of modes)",
      slices: [0, 0.35, 0.7, 1].map {
        .init(
          String(format: "t = %.2f", duration * $0), axes: (1, 2), point: [2 * $0 - 1, 0, 0])
      }
    ) { membrane.values($0) }
    // Waves that satisfy the equation: their frequency in time is the length of their wave vector.
    problem.start(
      as: PlaneWaves(radius: shape.omegaFirst, isWholeDisc: true) { row, column in
        [hypot(row, column) / rate, row, column]
      })
    return problem
  }

  /// The most sines: 600 MB.
  private static let mostWaves = 4_000
}
