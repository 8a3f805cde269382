import ArgumentParser
import CommandSupport
import FitPipelines
import Fitting

/// A number of points per update: `4096`, or `all`.
struct BatchSize: ExpressibleByArgument {
  /// nil for all.
  let points: Int?

  init?(argument: String) {
    if argument == "all" {
      points = nil
    } else if let number = Int(argument), (1...1 << 24).contains(number) {
      points = number
    } else {
      return nil
    }
  }
}

extension FitOptimizer: ExpressibleByArgument {}

/// The options of every command that fits a network.
struct FittingOptions: ParsableArguments {
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long to fit, such as 10s (default: 10s).", valueName: "time"))
  var time: TimeLimit?

  @Option(help: "How many updates to make, instead of --for; makes the result repeatable.")
  var steps: Int?

  @Option(
    help: """
      Width of the sine layers (default: of a grid's networks 32; of one network 192, above 100,000 \
      points and of the notebook 256).
      """)
  var width: Int?

  @Option(
    help:
      "Number of sine layers after the first (default: grid 1; one network 2; from differences and of the notebook 3)."
  )
  var depth: Int?

  @Option(help: "Frequency scale of the sine layers (default: 30).")
  var omega: Float?

  @Option(
    help: """
      Frequency scale of the first layer (default: --omega where that is given; else 5/8 of the \
      longer side in pixels, at least 30, or of a sound 1 for each 20.5 samples; from differences and \
      of the notebook 30, and 3000 for 7 s at 44.1 kHz).
      """)
  var omegaFirst: Float?

  @Option(
    help:
      "Points an update: a number, or 'all' (default: grid about 289 of each cell; one network 4096, from differences 16384)."
  )
  var batch: BatchSize?

  @Option(
    help: """
      The largest learning rate (default: grid 0.006; one network adam 0.001, muon 0.003, sgd 0.01). A first layer of omega \
      above 30 moves at 30/omega of it, except in the notebook.
      """)
  var learningRate: Float?

  @Option(help: "adam, muon or sgd (default: adam).")
  var optimizer: FitOptimizer?

  @Option(help: "Decides the start and the batches.")
  var seed: UInt64 = 1

  @Flag(help: "Draw the picture in the terminal while it is fitted, where the terminal can.")
  var preview = false

  func validate() throws {
    try checkRunLength(time: time, steps: steps)
    guard (1...4_096).contains(width ?? 256), (0...32).contains(depth ?? 3) else {
      throw ValidationError(
        "expected --width 1 to 4096 and --depth 0 to 32, got \(width ?? 256) and \(depth ?? 3).")
    }
    for (name, value) in [
      ("--omega", omega), ("--omega-first", omegaFirst), ("--learning-rate", learningRate),
    ] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("\(name) is \(value), expected a positive number.")
      }
    }
  }

  /// The user's choices for the network and its training.
  var choices: FieldChoices {
    var choices = FieldChoices()
    choices.width = width
    choices.depth = depth
    choices.omega = omega
    choices.omegaFirst = omegaFirst
    choices.batch = batch.map { .some($0.points) } ?? nil
    choices.learningRate = learningRate
    choices.optimizer = optimizer
    return choices
  }
}
