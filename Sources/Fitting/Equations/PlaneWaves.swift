import DifferentiableCore
import Foundation
import Numerics

/// A hidden layer of sines whose wave vectors cover a disc evenly.
///
/// With such a layer the output layer of a linear equation follows from linear least squares (random features: Rahimi and
/// Recht 2007; for differential equations: Dwivedi and Srinivasan 2020, arXiv 1907.03507). Random vectors leave gaps, through
/// which a solution's waves fall. The spiral of a sunflower leaves none (Vogel 1979). Each vector has two phases, a quarter
/// turn apart, since a cosine is no sum of sines.
struct PlaneWaves: Sendable {
  /// The length of the longest wave vector.
  var radius: Double
  /// The exponent of the lengths: 0.5 covers the disc evenly, more has shorter vectors more often.
  var exponent = 0.5
  /// Whether vectors have all directions.
  ///
  /// A wave and the one of the opposite vector are the same, unless time is added.
  var isWholeDisc = false
  /// The phases per unit of the network's coordinates that belong to a wave vector.
  var phases: @Sendable (_ row: Double, _ column: Double) -> [Double] = { [$0, $1] }

  /// A length that is no longer than a number of sines can cover.
  ///
  /// - Parameters:
  ///   - radius: the length that is wanted.
  ///   - perWave: the sines that are needed for each square of a unit's length; the waves of a square of two units are
  ///     0.4 for each, and twice as many or more leave room for solutions that are not periodic.
  static func radius(_ radius: Double, width: Int, perWave: Double) -> Double {
    min(radius, (Double(width) / perWave).squareRoot())
  }

  /// A network with this hidden layer; the seed turns the disc and shifts the phases.
  func network(_ shape: DoubleNetwork.Shape, seed: UInt64) -> DoubleNetwork {
    var random = Xoshiro256(seed: seed)
    var network = DoubleNetwork(shape, random: &random)
    let (turn, shift) = (random.uniform(), 2 * Double.pi * random.uniform())
    let vectors = (shape.width + 1) / 2
    let golden = (5.0.squareRoot() - 1) / 2
    for unit in 0..<shape.width {
      let place = Double(unit / 2) + 0.5
      let length = radius * pow(place / Double(vectors), exponent)
      let part = (place * golden + turn).truncatingRemainder(dividingBy: 1)
      let angle = (isWholeDisc ? 2 : 1) * Double.pi * part
      let phases = phases(length * sin(angle), length * cos(angle))
      for (axis, phase) in phases.enumerated() {
        network.parameters[unit * shape.coordinates + axis] = phase / shape.omegaFirst
      }
      network.parameters[shape.width * shape.coordinates + unit] =
        (shift + (unit % 2 == 0 ? 0 : Double.pi / 2)) / shape.omegaFirst
    }
    return network
  }
}

extension EquationCase {
  /// Starts a network of one layer of sines as plane waves.
  mutating func start(as waves: PlaneWaves) {
    let shape = system.shape
    guard shape.activation == .sine, shape.layers == 1 else { return }
    start = { waves.network(shape, seed: $0) }
  }
}
