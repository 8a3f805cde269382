import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fields
import Files
import Fitting
import Foundation
import Notebook
import Numerics
import Reporting
import Signals
import Training

extension DoubleNetwork.Activation: ExpressibleByArgument {}

/// The options of every equation, and what all do with a solution.
struct SolveOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: "The picture to write (default: the name of the equation, .png).",
    completion: .file(extensions: ["png"]))
  var output: String?

  @Option(
    help: "Also write the network as safetensors, rounded to single precision; sine networks only.",
    completion: .file(extensions: ["safetensors"]))
  var model: String?

  @Option(help: "Units of each hidden layer (default: chosen by the equation).")
  var width: Int?

  @Option(help: "Hidden layers, 1 to 3 (default: 1).")
  var layers: Int?

  @Option(help: "The activation: sine or tanh (default: sine).")
  var activation: DoubleNetwork.Activation?

  @Option(help: "The factor inside the first activation (default: chosen by the equation).")
  var omega: Double?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("The longest time, such as 30s or 2m (default: 1m).", valueName: "time"))
  var time: TimeLimit?

  @Option(help: "The most steps; the result is then repeatable.")
  var steps: Int?

  @Option(help: "End at this relative error, such as 1e-7.")
  var error: Double?

  @Option(help: "The seed of the initial weights and of drawn points.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try checkRunLength(time: time, steps: steps)
    guard (1...4_096).contains(width ?? 64), (1...3).contains(layers ?? 1) else {
      throw ValidationError(
        "expected --width 1 to 4096 and --layers 1 to 3, got \(width ?? 64) and \(layers ?? 1).")
    }
    for (name, value) in [("--omega", omega), ("--error", error)] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("\(name) is \(value), expected a positive number.")
      }
    }
    if model != nil, activation == .tanh {
      throw ValidationError("--model holds sine networks; omit --activation tanh.")
    }
  }

  /// The choices for the network.
  var network: EquationNetwork {
    var network = EquationNetwork()
    network.width = width
    network.layers = layers
    network.activation = activation
    network.omega = omega
    return network
  }

  /// The picture's path for an equation.
  func target(_ name: String) -> String { output ?? "\(name).png" }

  /// Rejects outputs that cannot be written, before the work begins.
  ///
  /// - Parameters:
  ///   - name: the equation in file names.
  ///   - animation: the path of a clip that its command writes and checks.
  ///   - picture: a picture that is read, with its option.
  func check(
    _ name: String, animation: String? = nil, picture: (option: String, path: String?)? = nil
  ) throws {
    threads.apply()
    ProcessMemory.keepFreed()
    try DistinctFiles.check(
      [("the output", target(name)), ("--model", model), ("--animation", animation)],
      read: picture.map { [$0] } ?? [])
    for path in [target(name)] + [model].compactMap({ $0 }) {
      try AtomicFile.checkWritable(path, overwrite: overwrite.force)
    }
    guard (target(name) as NSString).pathExtension.lowercased() == "png" else {
      throw CommandFailure.usage(
        "--output is '\(singleLine(target(name)))', expected a name that ends in .png")
    }
  }

  /// A solution as its command sees it.
  struct Outcome {
    let fit: EquationFit
    let errors: EquationCase.Errors
    let seconds: Double
    let isInterrupted: Bool
  }

  /// The most memory of a solution in bytes.
  private static let mostMemory = 4e9

  /// Solves, with progress on standard error.
  func solve(_ problem: EquationCase) throws -> Outcome {
    guard problem.memory <= Self.mostMemory else {
      throw CommandFailure.usage(
        String(
          format: "a last layer of %d unknowns needs about %.0f GB; pass a smaller --width",
          problem.system.count(of: .lastLayer), problem.memory / 1e9))
    }
    let interruption = Interruption()
    defer { interruption.stop() }
    let progress = ProgressReporter("Solving", unit: "steps", quiet: printing.quiet)
    progress.message(
      "\(problem.name): \(problem.system.parameterCount) unknowns, "
        + "\(problem.system.residualCount) residuals"
        + (problem.canPolish
          ? "" : "; the hidden layer keeps its \(problem.system.shape.width) waves"))
    let limits = EquationLimits(
      seconds: time?.seconds ?? (steps == nil ? 60 : .infinity), steps: steps, goal: error)
    let fit: EquationFit
    do {
      fit = try problem.solve(
        seed: seed, limits, shouldStop: { interruption.isRequested }
      ) { state, _ in
        let measured = state.error.map { String(format: "%.2e", $0) } ?? ""
        progress.update(
          state.step, of: steps,
          fraction: limits.seconds.isFinite ? state.seconds / limits.seconds : nil,
          detail: "relative error \(measured)")
        if printing.json {
          printJSON([
            "step": .integer(state.step), "seconds": .number(state.seconds),
            "loss": .number(2 * state.cost), "error": .number(state.error),
          ])
        }
      }
    } catch let error as LinearAlgebraError {
      throw CommandFailure.data(
        "the solution overflows (\(error)); pass a smaller --omega or another --seed")
    }
    let seconds = progress.elapsed
    progress.finish()
    return Outcome(
      fit: fit, errors: problem.errors(of: fit.network), seconds: seconds,
      isInterrupted: interruption.isRequested)
  }

  /// Writes picture and model, prints the check, and ends with an error after Ctrl-C.
  ///
  /// - Parameters:
  ///   - name: the equation in file names and JSON.
  ///   - figure: the picture; nil takes the usual one.
  ///   - numbers: more numbers for JSON.
  ///   - lines: more lines for people.
  func finish(
    _ name: String, _ problem: EquationCase, _ outcome: Outcome, figure: Figure? = nil,
    numbers: [String: JSONValue] = [:], lines: [String] = []
  ) throws {
    let network = outcome.fit.network
    let figure =
      figure ?? EquationFigure.figure(of: problem, network, history: outcome.fit.history)
    try ImageFile.writePNG(
      try figure.drawing.image(), to: target(name), overwrite: overwrite.force)
    let scale = try model.map { try write(network, problem, to: $0) }
    if printing.json {
      var object: [String: JSONValue] = [
        "equation": .string(name), "output": .string(target(name)),
        "relative_error": .number(outcome.errors.relative),
        "largest_error": .number(outcome.errors.largest),
        "compared_with": .string(problem.truthName),
        "steps": .integer(outcome.fit.step), "seconds": .number(outcome.seconds),
        "unknowns": .integer(problem.system.parameterCount),
      ]
      object.merge(numbers) { $1 }
      if let model { object["model"] = .string(model) }
      printJSON(.object(object))
    } else {
      print(
        "\(singleLine(target(name))): relative L2 error "
          + String(
            format: "%.2e, largest error %.2e", outcome.errors.relative, outcome.errors.largest)
          + " against the \(problem.truthName), \(outcome.fit.step) step\(outcome.fit.step == 1 ? "" : "s") in "
          + formatDuration(outcome.seconds))
      for line in lines { print(line) }
      if let model, let scale {
        print(
          "\(singleLine(model)): rounded to single precision, "
            + String(format: "relative error %.2e", roundedError(network, problem))
            + (scale == 1 ? "" : String(format: "; its value 1 stands for %.3g", scale)))
      }
    }
    if outcome.isInterrupted {
      throw CommandFailure.data("interrupted; the result so far is in '\(target(name))'")
    }
  }

  /// The error of a network whose parameters are rounded to single precision.
  private func roundedError(_ network: DoubleNetwork, _ problem: EquationCase) -> Double {
    let rounded = network.parameters.map { Double(Float($0)) }
    return problem.errors(of: DoubleNetwork(network.shape, parameters: rounded)).relative
  }

  /// Writes the network so that its values lie in -1...1.
  ///
  /// - Returns: the value that 1 stands for.
  private func write(
    _ network: DoubleNetwork, _ problem: EquationCase, to path: String
  ) throws -> Double {
    let largest = network.values(at: problem.tests.points).reduce(0) { max($0, abs($1)) }
    let scale = (0.5...1.001).contains(largest) || largest == 0 ? 1 : largest
    guard let siren = Siren(rounding: network) else {
      throw CommandFailure.usage("--model holds sine networks; omit --activation")
    }
    let shape = network.shape
    let signal: FittedSignal? =
      switch shape.coordinates {
      case 2: .image(width: 256, height: 256, channels: shape.outputs)
      case 3:
        .video(width: 128, height: 128, channels: shape.outputs, frames: 48, rate: 24)
      default: nil
      }
    try FieldFile.write(
      siren.mappingValues(
        scale: Float(1 / scale), offset: [Float](repeating: 0, count: shape.outputs)),
      to: path, signal: signal,
      provenance: [
        "program": "siren \(SirenProgram.version)", "equation": problem.name,
        "scale": "\(scale)", "precision": "rounded from double precision",
      ], overwrite: overwrite.force)
    return scale
  }
}
