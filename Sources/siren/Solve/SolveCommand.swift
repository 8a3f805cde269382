import ArgumentParser

/// `siren solve`: fields from equations.
struct SolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "Solve a differential equation with a sine network, and check the solution.",
    discussion: """
      Each equation is solved by a network in double precision whose residuals at fixed points become as \
      small as possible. The hidden layer begins as sines of many directions and lengths, and the last \
      layer is solved for by least squares. Gauss-Newton steps on all parameters follow where a step takes \
      less than about a second. The result is compared with an analytic \
      solution or with finite differences. The relative error is the root of the sum of squared errors over \
      that of squared values.

      The picture shows the field, the known solution, the error, and how the error fell. A command ends at \
      its time, at its error, or when the residuals hardly fall any more. Ctrl-C ends it and writes the result \
      so far.

      EXAMPLES
        siren solve poisson
        siren solve poisson --dimensions 5 --for 2m
        siren solve heat --activation tanh
        siren solve wave --animation ring.png
        siren solve helmholtz --wave-number 20
        siren solve helmholtz --inverse smooth
        siren solve eikonal --shape star
      """,
    subcommands: [
      PoissonEquationCommand.self, HeatEquationCommand.self, WaveEquationCommand.self,
      HelmholtzEquationCommand.self, EikonalEquationCommand.self,
    ])
}
