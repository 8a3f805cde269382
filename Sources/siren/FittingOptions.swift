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
    help: ArgumentHelp(
      "The time to fit, such as 30s or 2m (default: 10s; for a shape 20s).", valueName: "time"))
  var time: TimeLimit?

  @Option(help: "The number of updates instead of a time; the result is then repeatable.")
  var steps: Int?

  @Option(
    help: """
      Units of each sine layer (default: 32 in a grid; 192 in one network; 128 for a shape; 256 above \
      100,000 points and with the notebook's recipe).
      """)
  var width: Int?

  @Option(
    help: """
      Sine layers after the first (default: 1 in a grid; 2 in one network; 3 for a picture from its \
      derivatives and with the notebook's recipe).
      """)
  var depth: Int?

  @Option(help: "The frequency scale of the sine layers (default: 30).")
  var omega: Float?

  @Option(
    help: """
      The frequency scale of the first layer (default: in a grid 20, for a sound 120, for a clip 16; in one \
      network --omega if given, else for a picture 5/8 of the longer side in pixels, at least 30, and for \
      a sound one per 20.5 samples; 30 for a picture from its derivatives; with the notebook's recipe 30, \
      and 3000 for 7 s of sound at 44.1 kHz).
      """)
  var omegaFirst: Float?

  @Option(
    help: """
      Points per update: a number, or 'all' (default: about 289 of each cell in a grid; 4096 in one \
      network; 16384 for a picture from its derivatives).
      """)
  var batch: BatchSize?

  @Option(
    help: """
      The largest learning rate (default: 0.006 in a grid; in one network 0.001 with adam, 0.003 with \
      muon, 0.01 with sgd). A first layer with an omega above 30 learns at 30/omega of it, except with \
      the notebook's recipe.
      """)
  var learningRate: Float?

  @Option(help: "The optimizer: adam, muon or sgd (default: adam).")
  var optimizer: FitOptimizer?

  @Option(help: "The seed of the initial weights and the batches.")
  var seed: UInt64 = 1

  @Flag(help: "Show the picture in the terminal during the fit, if the terminal supports it.")
  var preview = false

  func validate() throws {
    try checkRunLength(time: time, steps: steps)
    guard (1...4_096).contains(width ?? 256), (0...32).contains(depth ?? 3) else {
      throw ValidationError(
        "expected --width 1 to 4096 and --depth 0 to 32, got \(width ?? 256) and \(depth ?? 3).")
    }
    try checkPositive([
      ("--omega", omega), ("--omega-first", omegaFirst), ("--learning-rate", learningRate),
    ])
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

/// Throws for an option that was given and is no positive number.
func checkPositive(_ options: [(name: String, value: Float?)]) throws {
  for (name, value) in options {
    if let value, !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) is \(value), expected a positive number.")
    }
  }
}
