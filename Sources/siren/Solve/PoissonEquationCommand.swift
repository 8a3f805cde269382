import ArgumentParser
import CommandSupport
import Fitting
import Signals

/// `siren solve poisson`.
struct PoissonEquationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poisson",
    abstract: "Solve Poisson's equation on a square or a cube.",
    discussion: """
      -laplacian u = f on the unit square with u = 0 on its border. Without --source, f is \
      2 pi^2 sin(pi x) sin(pi y), whose solution is sin(pi x) sin(pi y). In more dimensions f is pi^2 times \
      the sum of sin(pi x_i), whose solution is that sum, and points are drawn anew for each step. With \
      --source, the brightness of a picture is the source, and the solution is compared with finite \
      differences of 384x384 cells.

      EXAMPLES
        siren solve poisson
        siren solve poisson --activation tanh --error 1e-7 -o tanh.png
        siren solve poisson --dimensions 5 --for 2m
        siren solve poisson --source photo.png --for 30s -o membrane.png
      """)

  @Option(help: "The number of dimensions, 2 to 10.")
  var dimensions = 2

  @Option(help: "A picture as source.", completion: .file())
  var source: String?

  @OptionGroup var options: SolveOptions

  func validate() throws {
    guard (2...10).contains(dimensions) else {
      throw ValidationError("--dimensions is \(dimensions), expected 2 to 10.")
    }
    guard source == nil || dimensions == 2 else {
      throw ValidationError("--source is for 2 dimensions, omit --dimensions.")
    }
  }

  func run() throws {
    try options.check("poisson", picture: ("--source", source))
    let problem: EquationCase
    if let source {
      guard
        let found = PoissonEquation.source(
          try PictureFile.read(source).choosingRange(.automatic).finiteImage(path: source),
          options.network)
      else {
        throw CommandFailure.data(
          "'\(singleLine(source))' has one brightness, so its solution is 0; pass another picture")
      }
      problem = found
    } else {
      problem = PoissonEquation.manufactured(
        dimensions: dimensions, options.network, seed: options.seed)
    }
    try options.finish("poisson", problem, try options.solve(problem))
  }
}
