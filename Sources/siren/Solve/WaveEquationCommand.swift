import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fitting
import Reporting
import Signals

/// `siren solve wave`.
struct WaveEquationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wave",
    abstract: "Solve the wave equation on a square membrane over time.",
    discussion: """
      u_tt = laplacian u on the square -1 to 1, held at 0 on its border. The membrane starts at rest as a \
      bell at its middle, and a ring runs to the border, which it reaches at time 1, and back. The solution \
      is a sum of the membrane's modes. The network is a sum of waves that satisfy the equation; short bells \
      and long times need more of them than the 4,000 that are taken at most.

      EXAMPLES
        siren solve wave --animation ring.png --model wave.safetensors
        siren solve wave --deviation 0.15 --duration 2 --for 2m
      """)

  @Option(help: "The standard deviation of the bell, 0.1 to 0.25.")
  var deviation = 0.2

  @Option(help: "The time to solve for, 0.1 to 4.")
  var duration = 1.5

  @Option(
    help:
      "Also write the membrane's motion as a clip of 48 frames (animated PNG, y4m or a folder).",
    completion: .file())
  var animation: String?

  @OptionGroup var options: SolveOptions

  func validate() throws {
    guard (0.1...0.25).contains(deviation), (0.1...4).contains(duration) else {
      throw ValidationError(
        "expected --deviation 0.1 to 0.25 and --duration 0.1 to 4, got \(deviation) and "
          + "\(duration).")
    }
  }

  func run() throws {
    try options.check("wave", animation: animation)
    if let animation {
      try VideoWriter.checkWritable(animation, overwrite: options.overwrite.force)
    }
    let problem = WaveEquation.membrane(
      options.network, deviation: deviation, duration: duration)
    let outcome = try options.solve(problem)
    if let animation { try write(outcome.fit.network, to: animation) }
    try options.finish(
      "wave", problem, outcome,
      numbers: animation.map { ["animation": .string($0)] } ?? [:],
      lines: animation.map { ["\(singleLine($0)): 48 frames of 160x160"] } ?? [])
  }

  private func write(_ network: DoubleNetwork, to path: String) throws {
    guard let rate = FrameRate(24) else { return }
    let (side, frames) = (160, 48)
    let writer = try VideoWriter(
      path, width: side, height: side, channels: 3, frameRate: rate,
      overwrite: options.overwrite.force)
    for frame in 0..<frames {
      let slice = EquationCase.Slice(
        "", axes: (1, 2), point: [2 * Double(frame) / Double(frames - 1) - 1, 0, 0])
      let values = network.values(at: slice.points(side)).map { Float($0) }
      try writer.write(
        ColorMap.diverging.picture(of: values, width: side, height: side, range: -0.6...0.6))
    }
    try writer.finish()
  }
}
