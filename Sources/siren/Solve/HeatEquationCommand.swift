import ArgumentParser
import Fitting

/// `siren solve heat`.
struct HeatEquationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heat",
    abstract: "Solve the heat equation on a rod over time.",
    discussion: """
      u_t = u_xx / 4 for x and t of 0 to 1, from u = sin(pi x) and with u = 0 at both ends. The solution is \
      exp(-pi^2 t / 4) sin(pi x). The picture's rows are time and its columns place.

      EXAMPLES
        siren solve heat
        siren solve heat --activation tanh --for 30s -o heat-tanh.png
      """)

  @OptionGroup var options: SolveOptions

  func run() throws {
    try options.check("heat")
    let problem = HeatEquation.decay(options.network)
    try options.finish("heat", problem, try options.solve(problem))
  }
}
