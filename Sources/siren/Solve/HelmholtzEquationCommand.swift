import ArgumentParser
import CommandSupport
import Fitting
import Foundation
import Notebook
import Reporting
import Signals

/// The unknown medium of `siren solve helmholtz --inverse`.
enum InverseMedium: String, ExpressibleByArgument, CaseIterable {
  /// Two velocities of known shapes.
  case two
  /// A smooth velocity.
  case smooth
}

/// `siren solve helmholtz`.
struct HelmholtzEquationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "helmholtz",
    abstract: "Solve the Helmholtz equation of one source, or find a velocity from receivers.",
    discussion: """
      laplacian u + (k / c)^2 u = -source on the square -1 to 1, with a perfectly matched layer of width 0.3 \
      along the border, which absorbs waves. The source is a bell of standard deviation 1.6 / k. The field \
      is complex. In a homogeneous medium it is compared with the Hankel function, four deviations \
      away from the source and outside of the layer. The network has 3.75 k^2 sines, at least 300. With --velocity, the brightness of a picture is the velocity c, black 0.8 and \
      white 1.25 of the surroundings', and the field is compared with finite differences of fourth order.

      --inverse finds a velocity from the field that 48 receivers on a circle measure. two: the velocities \
      0.85 and 1.2 of two lenses at known places, from one source. smooth: 49 unknown factors of a smooth \
      velocity, from four sources. The measurements come from finite differences.

      EXAMPLES
        siren solve helmholtz
        siren solve helmholtz --wave-number 12 --model field.safetensors --for 20s
        siren solve helmholtz --velocity photo.png -o medium.png
        siren solve helmholtz --inverse two
        siren solve helmholtz --inverse smooth --noise 0.01 -o velocity.png
      """)

  @Option(
    help: "The wave number k, 4 to 25 (default: 20; 12 for two velocities, 9 for a smooth one).")
  var waveNumber: Double?

  @Option(help: "The standard deviation of the source, 0.02 to 0.2 (default: 1.6 / k).")
  var deviation: Double?

  @Option(help: "A picture as velocity.", completion: .file())
  var velocity: String?

  @Option(help: "Find a velocity instead: two or smooth.")
  var inverse: InverseMedium?

  @Option(help: "Noise of the receivers, relative to the root mean square of their measurements.")
  var noise = 0.0

  @OptionGroup var options: SolveOptions

  func validate() throws {
    guard (4...25).contains(waveNumber ?? 20) else {
      throw ValidationError("--wave-number is \(waveNumber ?? 20), expected 4 to 25.")
    }
    guard velocity == nil || inverse == nil else {
      throw ValidationError("--velocity and --inverse exclude each other, pass only one of them.")
    }
    guard (0.02...0.2).contains(deviation ?? 0.1), deviation == nil || inverse == nil else {
      throw ValidationError(
        "--deviation is \(deviation ?? 0), expected 0.02 to 0.2, without --inverse.")
    }
    guard (0...1).contains(noise), noise == 0 || inverse != nil else {
      throw ValidationError("--noise is \(noise), expected 0 to 1, with --inverse.")
    }
  }

  func run() throws {
    try options.check("helmholtz", picture: ("--velocity", velocity))
    if let inverse { return try invert(inverse) }
    let equation = HelmholtzEquation(waveNumber: waveNumber ?? 20, deviation: deviation)
    var problem: EquationCase
    if let velocity {
      let picture = try PictureFile.read(velocity).choosingRange(.automatic)
        .finiteImage(path: velocity)
      problem = try equation.inMedium(
        options.network, equation.medium(picture, velocities: 0.8...1.25))
    } else {
      problem = equation.homogeneous(options.network)
    }
    try options.finish("helmholtz", problem, try options.solve(problem))
  }

  private func invert(_ kind: InverseMedium) throws {
    let inversion: HelmholtzInversion =
      switch kind {
      case .two:
        try .twoVelocities(
          waveNumber: waveNumber ?? 12, options.network, noise: noise, seed: options.seed)
      case .smooth:
        try .smoothVelocity(
          waveNumber: waveNumber ?? 9, options.network, noise: noise, seed: options.seed)
      }
    let outcome = try options.solve(inversion.problem)
    let factors = outcome.fit.medium
    let errors = inversion.velocityErrors(factors)
    var numbers: [String: JSONValue] = [
      "velocity_error": .number(errors.relative), "largest_velocity_error": .number(errors.largest),
    ]
    var lines = [
      String(
        format: "velocity: largest error %.4f, error relative to the deviation from 1 %.4f",
        errors.largest, errors.relative)
    ]
    if kind == .two {
      let found = inversion.velocities(factors)
      numbers["velocities"] = .array(found.map { .number($0) })
      lines.append(
        String(format: "velocities %.4f and %.4f (true: 0.85 and 1.2)", found[0], found[1]))
    }
    try options.finish(
      "helmholtz", inversion.problem, outcome,
      figure: InversionFigure.figure(
        of: inversion, outcome.fit.network, factors, history: outcome.fit.history),
      numbers: numbers, lines: lines)
  }
}
