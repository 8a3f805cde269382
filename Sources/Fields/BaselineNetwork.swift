import DifferentiableCore
import Foundation
import Numerics

/// A network with an activation other than the sine, for comparison with SIRENs.
///
/// It maps coordinates to values. The kinds are those of Sitzmann et al. 2020 (arXiv 2006.09661, figure 1 and
/// supplement), initialized as in their code.
public struct BaselineNetwork: Sendable, Equatable {
  /// The encoding of the coordinates and the activation.
  public enum Kind: Sendable, Equatable, CaseIterable {
    /// Rectified linear units.
    case rectified
    /// The hyperbolic tangent.
    case tangent
    /// Rectified linear units after a positional encoding: the coordinates and the sines and cosines
    /// of pi 2^k times them (Mildenhall et al. 2020, arXiv 2003.08934, equation 4).
    case encoded
    /// Rectified linear units after radial basis functions: exp(-(width distance)^2) to random
    /// centres; the widths are learned.
    case radial
  }

  /// The kind of network.
  public let kind: Kind
  /// Number of coordinates.
  public let coordinates: Int
  /// Number of values at each coordinate.
  public let outputs: Int
  /// Weights, biases and widths.
  public var parameters: Parameters
  /// Frequencies of the positional encoding.
  private let frequencies: Int
  /// `[radial, coordinates]`, row-major; empty for the other kinds.
  private let centres: [Float]

  /// Number of radial basis functions.
  public static let radialCount = 256
  /// The initial width of the radial basis functions, in 1 / coordinate units.
  public static let radialWidth: Float = 10

  /// A freshly initialized network.
  ///
  /// - Parameters:
  ///   - kind: the kind of network.
  ///   - coordinates: number of coordinates, each in -1...1.
  ///   - hiddenWidth: width of each hidden layer.
  ///   - hiddenLayers: number of hidden layers after the first, as for ``SirenArchitecture``.
  ///   - outputs: number of values.
  ///   - samples: samples of the signal along an axis. The positional encoding goes up to their Nyquist frequency,
  ///     with floor(log2(samples / 4)) octaves as in the paper's code.
  public init(
    _ kind: Kind, coordinates: Int, hiddenWidth: Int, hiddenLayers: Int, outputs: Int, samples: Int,
    random: inout Xoshiro256
  ) {
    self.kind = kind
    self.coordinates = coordinates
    self.outputs = outputs
    frequencies = kind == .encoded ? max(1, Int(log2(max(2, Double(samples) / 4)))) : 0
    var parameters = Parameters()
    var inputs = coordinates
    switch kind {
    case .rectified, .tangent: centres = []
    case .encoded:
      centres = []
      inputs = coordinates * (1 + 2 * frequencies)
    case .radial:
      inputs = Self.radialCount
      centres = (0..<inputs * coordinates).map { _ in random.uniform(in: -1...1) }
      parameters.append("radial.width", [inputs], repeating: Self.radialWidth)
    }
    for layer in 0...hiddenLayers + 1 {
      let units = layer == hiddenLayers + 1 ? outputs : hiddenWidth
      let n = Float(inputs)
      switch kind {
      case .tangent:
        // Glorot and Bengio 2010.
        parameters.append(
          "net.\(layer).weight", [units, inputs], normal: (2 / (n + Float(units))).squareRoot(),
          &random)
      case .rectified, .encoded, .radial:
        // He et al. 2015, for rectified units.
        parameters.append(
          "net.\(layer).weight", [units, inputs], normal: (2 / n).squareRoot(), &random)
      }
      parameters.append("net.\(layer).bias", [units], uniform: 1 / n.squareRoot(), &random)
      inputs = units
    }
    self.parameters = parameters
  }

  /// Values at coordinates for given views of the parameters, tracked for training.
  ///
  /// - Parameter points: `[n, coordinates]`.
  /// - Returns: `[n, outputs]`.
  public func values(at points: Tensor, _ views: ParameterViews) -> Tensor {
    var signal = features(of: points, views)
    let layers = views.layout.entries.filter { $0.name.hasSuffix(".weight") }.count
    for layer in 0..<layers {
      signal =
        signal.matrixProduct(views["net.\(layer).weight"], transposingRight: true)
        + views["net.\(layer).bias"]
      if layer < layers - 1 {
        signal = kind == .tangent ? signal.hyperbolicTangent() : signal.rectified()
      }
    }
    return signal
  }

  private func features(of points: Tensor, _ views: ParameterViews) -> Tensor {
    switch kind {
    case .rectified, .tangent: return points
    case .encoded:
      let scaled = (0..<frequencies).map { points * (Float.pi * exp2(Float($0))) }
      return Tensor.concatenated(
        [points] + scaled.flatMap { [$0.sine(), $0.cosine()] }, axis: 1)
    case .radial:
      let centres = Tensor(centres, shape: [Self.radialCount, coordinates])
      // |x - c|^2 = |x|^2 - 2 x.c + |c|^2.
      let squares = points.squared().sum(axes: [1], keepingAxes: true)
      let distances =
        squares - points.matrixProduct(centres, transposingRight: true) * 2
        + centres.squared().sum(axes: [1])
      return (-(distances * views["radial.width"].squared())).exponential()
    }
  }
}

extension BaselineNetwork {
  /// Number of points in one tile of ``lossGradient(at:targets:)``.
  private static let tilePoints = 512

  /// The mean squared error at some points, and its derivative with respect to the parameters.
  ///
  /// The work is split into tiles over all threads. The result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - points: `[n, coordinates]`, row-major, n at least 1.
  ///   - targets: `[n, outputs]`, row-major.
  public func lossGradient(
    at points: [Float], targets: [Float]
  ) -> (loss: Double, gradient: [Float]) {
    let count = points.count / coordinates
    precondition(
      count >= 1 && points.count == count * coordinates && targets.count == count * outputs,
      "\(points.count) coordinates and \(targets.count) values do not fit")
    let tiles = (count + Self.tilePoints - 1) / Self.tilePoints
    let parts = Parallel.map(tiles) { tile -> (Double, ParameterGradient) in
      let rows = tile * Self.tilePoints..<min(count, (tile + 1) * Self.tilePoints)
      let own = { (values: [Float], width: Int) in
        Tensor(
          Array(values[rows.lowerBound * width..<rows.upperBound * width]),
          shape: [rows.count, width])
      }
      let views = parameters.views(tracked: true)
      let errors = values(at: own(points, coordinates), views) - own(targets, outputs)
      let share = errors.squared().sum() * (1 / Float(count * outputs))
      return (Double(share.scalar), views.gradient(of: share))
    }
    let gradient = ParameterGradient.sum(parts.map(\.1), layout: parameters.layout)
    return (parts.reduce(0) { $0 + $1.0 }, gradient.flat)
  }

  /// Evaluates the network at many points, in tiles on all threads.
  ///
  /// - Parameter points: `[n, coordinates]`, row-major.
  /// - Returns: `[n, outputs]`, row-major.
  public func evaluate(at points: [Float]) -> [Float] {
    let count = points.count / coordinates
    let views = parameters.views()
    return Parallel.map((count + Self.tilePoints - 1) / Self.tilePoints) { tile in
      let rows = tile * Self.tilePoints..<min(count, (tile + 1) * Self.tilePoints)
      let own = Array(points[rows.lowerBound * coordinates..<rows.upperBound * coordinates])
      return values(at: Tensor(own, shape: [rows.count, coordinates]), views).values
    }.flatMap { $0 }
  }
}
