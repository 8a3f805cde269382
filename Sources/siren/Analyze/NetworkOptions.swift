import ArgumentParser
import Fitting

/// The freshly initialized network that an analysis examines.
struct NetworkOptions: ParsableArguments {
  @Option(help: "Units of each hidden layer.")
  var width = 2_048

  @Option(help: "Number of hidden layers after the first.")
  var layers = 10

  @Option(help: "Number of inputs, equally spaced over -1...1.")
  var points = 16_384

  @Option(help: "The frequency scale of the sine layers.")
  var omega: Float = 30

  @Option(help: "The seed of the weights.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (1...8_192).contains(width), (0...64).contains(layers),
      (2...1_048_576).contains(points)
    else {
      throw ValidationError(
        "expected --width 1 to 8192, --layers 0 to 64 and --points 2 to 1048576, "
          + "got \(width), \(layers) and \(points).")
    }
    guard omega.isFinite, omega > 0 else {
      throw ValidationError("--omega is \(omega), expected a number above 0.")
    }
  }

  var settings: ActivationSettings {
    ActivationSettings(
      width: width, hiddenLayers: layers, points: points, omegaFirst: omega, omegaHidden: omega,
      seed: seed)
  }
}
