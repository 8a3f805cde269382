import DifferentiableCore

/// The loss of some training windows.
package struct GridLoss {
  /// The network's inputs, `[b, n, n, features]`.
  package let features: Tensor
  /// The true values minus the linear interpolation, relative to the local deviation, `[b, n, n, 1]`.
  let missing: Tensor
  /// 1 where a value is not known, else 0.
  let unknown: Tensor
  /// The weight of each squared error.
  let weights: Tensor
  /// What is made small.
  let goal: GridTrainingGoal
  /// The least error that the likelihood sees, relative to the local deviation: a step of 8 bits is not exceeded.
  let floors: Tensor

  /// The weight of the deviations' likelihood relative to the squared error; chosen, not tuned.
  private static let likelihoodWeight: Float = 0.05
  /// Local deviations at which a window counts half as much as the most contrasty ones, for values 0...1.
  ///
  /// Squared errors alone would be those of the most contrasty windows, and relative ones those of flat windows.
  static let halfWeight: Float = 0.1
  /// A quarter of a step of 8 bits.
  static let smallestError: Float = 1e-3

  /// The weight of the logarithm of a window's error: the gradient of a window of usual error is then about as long as
  /// that of its squared error.
  private static let logarithmWeight: Float = 0.1

  /// The smallest logarithm of a scale relative to the local deviation.
  private static let smallestLogarithm: Float = -8

  /// The logarithm of a scale in its bounds.
  package static func bounded(_ logarithm: Float) -> Float {
    min(max(logarithm, smallestLogarithm), 4)
  }

  /// The windows of a piece of a batch.
  package init(_ examples: [GridExample], _ goal: GridTrainingGoal = .relativeError) {
    self.goal = goal
    let side = examples[0].side
    let grid = [examples.count, side, side, 1]
    features = Tensor(
      examples.flatMap(\.features), shape: [examples.count, side, side, EncoderGrid.features])
    missing = Tensor(examples.flatMap(\.missing), shape: grid)
    unknown = Tensor(examples.flatMap(\.unknown), shape: grid)
    let deviations = examples.flatMap(\.deviation)
    weights = Tensor(
      deviations.map {
        // With the squared deviation an error is in units of the values.
        goal == .decibels ? $0 * $0 : $0 * $0 / ($0 * $0 + Self.halfWeight * Self.halfWeight)
      }, shape: grid)
    floors = Tensor(deviations.map { Self.smallestError / $0 }, shape: grid)
  }

  /// The sum over the windows of the weighted mean squared error, or of its logarithm, and, with a small weight, of the
  /// mean negative log likelihood.
  ///
  /// The likelihood is a Laplace density of the absolute error. Its slope does not grow with the error, so single bad
  /// pixels do not dominate. It trains the deviations only: no gradient goes from it into the values.
  package func value(_ network: UNet, _ parameters: ParameterViews) -> (
    total: Tensor, squares: Float
  ) {
    let result = network(features, parameters)
    let errors = result.sliced(axis: 3, 0..<1) * unknown - missing
    let pixels = Float(missing.count / missing.shape[0])
    let weighted = errors.squared() * weights
    let squares = weighted.sum() * (1 / pixels)
    let objective =
      switch goal {
      case .relativeError: squares
      case .decibels:
        (weighted.mean(axes: [1, 2, 3]) + Tensor(Self.smallestError * Self.smallestError))
          .logarithm().sum() * Self.logarithmWeight
      }
    let own = errors.detached
    let absolute = Tensor.maximum(own, -own) + floors
    // Bounded, because a single large exponential would end the training.
    let logarithms = Tensor.maximum(result.sliced(axis: 3, 1..<2), Tensor(Self.smallestLogarithm))
    let likelihood = ((absolute * (-logarithms).exponential() + logarithms) * unknown).sum()
    return (objective + likelihood * (Self.likelihoodWeight / pixels), squares.scalar)
  }
}
