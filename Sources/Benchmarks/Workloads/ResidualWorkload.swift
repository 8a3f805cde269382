import DifferentiableCore
import SubspacePriors

extension PriorWorkloads {
  /// A training step of the residual network.
  static func residual(scale: Int) -> BenchmarkWorkload {
    let size = 32
    let neighbourhood = 20.0
    var configuration = ResidualNetwork.Configuration(
      size: size, channels: 3, neighbourhood: neighbourhood)
    configuration.widths = configuration.widths.map { max(8, $0 / scale) }
    let settings = ResidualSettings(length: .steps(1_000_000))
    let shape = configuration
    return BenchmarkWorkload(
      name: "residual-network", formerNames: ["correction"],
      summary: "a step of the subspace prior's residual network: "
        + "\(settings.batchSize) pictures of 32x32",
      points: settings.batchSize * size * size,
      operations: 6 * Double(shape.multiplyAdds) * Double(settings.batchSize)
    ) {
      let drawn = DrawnPictures(count: 64, size: size)
      let prior = try SubspacePrior.gaussian(
        training: drawn, validationPictures: drawn, settings: SubspaceLearningSettings(),
        progress: { _ in })
      let examples = try ResidualExamples.validationPictures(
        prior, ResidualGrid(prior), drawn, count: 100, limit: drawn.count,
        neighbourhood: neighbourhood, seed: 1)
      let trainer = ResidualTrainer(
        settings: settings, configuration: shape, examples: examples, validationPictures: [])
      var state = trainer.start()
      return { try trainer.step(&state, progress: 0.1) }
    }
  }
}

extension ResidualNetwork.Configuration {
  /// Multiply-adds of the convolutions of one picture.
  var multiplyAdds: Int {
    let area = patch * patch
    let first = side(level: 0) * side(level: 0) * 9
    var total = first * widths[0] * area * (inputs + outputs)
    for (level, width) in widths.enumerated() {
      let places = side(level: level) * side(level: level)
      let isLast = level + 1 == widths.count
      total += places * 9 * width * width * (isLast ? 2 : 4)
      if !isLast { total += 2 * places * width * widths[level + 1] }
    }
    return total
  }
}
