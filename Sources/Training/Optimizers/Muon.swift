import CKernels
import DifferentiableCore

/// Muon: updates matrices by their orthogonalized momentum, and all other arrays by Adam.
///
/// K. Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks", and its
/// reference code: `m += (1 - beta)(g - m)`; the direction is `g + beta (m - g)`, replaced by the
/// nearest orthogonal matrix up to about a third (five Newton-Schulz iterations, in float32 where
/// the reference takes bfloat16), times `sqrt(max(1, rows / columns))`. Meant for the matrices
/// between hidden layers, not for the first and the last layer.
public struct Muon: Sendable, Equatable {
  /// Settings; the defaults are the reference code's.
  public struct Settings: Sendable, Equatable, Codable {
    /// Decay of the momentum.
    public var momentum: Double
    /// Newton-Schulz iterations.
    public var iterations: Int
    /// Decoupled weight decay of the matrices, as a fraction of the learning rate.
    public var weightDecay: Double
    /// Adam's learning rate over that of the matrices.
    ///
    /// A third: 0.003 on the matrices beside Adam's 1e-3 was 0.6 dB above Adam alone on a 256x256
    /// photograph in 20 s (measured).
    public var adamRate: Double
    /// Adam's settings, for the arrays that are not orthogonalized.
    public var adam: Adam.Settings

    /// The reference code's settings unless others are given.
    public init(
      momentum: Double = 0.95, iterations: Int = 5, weightDecay: Double = 0,
      adamRate: Double = 1.0 / 3, adam: Adam.Settings = Adam.Settings()
    ) {
      self.momentum = momentum
      self.iterations = iterations
      self.weightDecay = weightDecay
      self.adamRate = adamRate
      self.adam = adam
    }
  }

  /// The settings in use.
  public let settings: Settings
  /// The matrices that are orthogonalized, as `[rows, columns]` parts of the flat buffer.
  public let matrices: [ParameterLayout.Entry]
  /// Running mean of the gradient, one per parameter; used for the matrices only.
  public private(set) var momentum: [Float]
  /// Adam's state, for all other arrays.
  public private(set) var adam: Adam
  /// Number of updates made.
  public var step: Int { adam.step }

  /// Fresh state.
  ///
  /// - Parameters:
  ///   - layout: the layout of the parameters.
  ///   - matrices: names of arrays of two axes.
  public init(layout: ParameterLayout, matrices: [String], settings: Settings = Settings()) {
    self.init(
      layout: layout, matrices: matrices, settings: settings,
      momentum: [Float](repeating: 0, count: layout.count),
      adam: Adam(parameterCount: layout.count, settings: settings.adam))
  }

  /// State continued from a checkpoint.
  public init(
    layout: ParameterLayout, matrices: [String], settings: Settings, momentum: [Float], adam: Adam
  ) {
    self.settings = settings
    self.matrices = matrices.map { name in
      guard let entry = layout[name], entry.shape.count == 2 else {
        preconditionFailure("'\(name)' is no matrix of the parameters")
      }
      return entry
    }
    self.momentum = momentum
    self.adam = adam
  }

  /// Moves the parameters against the gradient; see ``Optimizer/update(_:gradient:learningRate:)``.
  public mutating func update(
    _ values: inout [Float], gradient: [Float], learningRate: some BinaryFloatingPoint
  ) {
    precondition(
      values.count == momentum.count && gradient.count == values.count,
      "\(values.count) parameters, \(gradient.count) derivatives, \(momentum.count) moments")
    let rate = Double(learningRate)
    // Adam moves all arrays in one loop. The matrices among them are put back below.
    let before = values
    adam.update(&values, gradient: gradient, learningRate: rate * settings.adamRate)
    for entry in matrices {
      values.replaceSubrange(entry.range, with: before[entry.range])
      let direction = direction(of: entry, gradient)
      let keep = 1 - rate * settings.weightDecay
      values.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return }
        ck_decay_and_move(base + entry.offset, direction, entry.count, keep, -rate)
      }
    }
  }

  private mutating func direction(of entry: ParameterLayout.Entry, _ gradient: [Float]) -> [Float] {
    var ahead = [Float](repeating: 0, count: entry.count)
    let decay = settings.momentum
    momentum.withUnsafeMutableBufferPointer { momentum in
      gradient.withUnsafeBufferPointer { gradient in
        guard let m = momentum.baseAddress, let g = gradient.baseAddress else { return }
        ck_average(m + entry.offset, g + entry.offset, &ahead, entry.count, decay)
      }
    }
    let (rows, columns) = (entry.shape[0], entry.shape[1])
    let scale = max(1, Double(rows) / Double(columns)).squareRoot()
    let matrix = Self.orthogonalized(
      Tensor(ahead, shape: [rows, columns]), iterations: settings.iterations)
    return (matrix * Float(scale)).values
  }

  /// A matrix with the same singular vectors and singular values of about 0.7 to 1.2: iterations of
  /// `x <- 3.4445 x + (-4.7750 a + 2.0315 a^2) x`, `a = x x^T`, from `x / |x|`.
  ///
  /// - Parameter matrix: `[rows, columns]`; zeros stay zeros.
  package static func orthogonalized(_ matrix: Tensor, iterations: Int) -> Tensor {
    let isTall = matrix.shape[0] > matrix.shape[1]
    let start = isTall ? matrix.permuted([1, 0]) : matrix
    let length = start.squared().sum().scalar.squareRoot()
    var x = start * (1 / (length + 1e-7))
    for _ in 0..<iterations {
      let a = x.matrixProduct(x, transposingRight: true)
      let b = a * Float(-4.7750) + a.matrixProduct(a) * Float(2.0315)
      x = x * Float(3.4445) + b.matrixProduct(x)
    }
    return isTall ? x.permuted([1, 0]) : x
  }
}
