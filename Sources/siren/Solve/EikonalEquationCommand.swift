import ArgumentParser
import CommandSupport
import Fitting
import Signals

extension Outline.Kind: ExpressibleByArgument {}

/// `siren solve eikonal`.
struct EikonalEquationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eikonal",
    abstract: "Solve the eikonal equation: the signed distance to an outline.",
    discussion: """
      |gradient u| = 1 on the square -1 to 1, with u = 0 on an outline, negative inside. The network sees \
      points of the outline, and which other points are inside. The equation gets an artificial viscosity, \
      which falls in eight stages. The solution is compared with the exact distance to the polygon.

      --shape is a picture with a dark shape on bright ground, or circle, square or star.

      EXAMPLES
        siren solve eikonal --shape star
        siren solve eikonal --shape drawing.png --for 30s -o distance.png
      """)

  @Option(help: "The outline: circle, square, star, or a picture.", completion: .file())
  var shape = "star"

  @OptionGroup var options: SolveOptions

  func run() throws {
    let kind = Outline.Kind(rawValue: shape)
    try options.check("eikonal", picture: ("--shape", kind == nil ? shape : nil))
    let outline: Outline
    if let kind {
      outline = Outline(kind)
    } else {
      let picture = try PictureFile.read(shape).choosingRange(.automatic).finiteImage(path: shape)
      guard let found = Outline(of: picture) else {
        throw CommandFailure.data(
          "'\(singleLine(shape))' has no dark shape on bright ground; pass such a picture, or circle, "
            + "square or star")
      }
      outline = found
    }
    let problem = EikonalEquation.distance(to: outline, options.network)
    try options.finish("eikonal", problem, try options.solve(problem))
  }
}
