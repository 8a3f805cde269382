import Fitting
import Foundation
import Reporting

/// "Solving wave equations": the Helmholtz equation with one source, and the wave equation from an initial value.
enum EquationChapter {
  static func helmholtz(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> Chapter {
    let number = settings.effort.waveNumber
    return try run(
      HelmholtzEquation(waveNumber: number).homogeneous(network(settings)), settings,
      key: "helmholtz", title: "The Helmholtz equation",
      lead:
        "One source in a medium that absorbs waves along its border. The field is complex; its real part is "
        + "shown. Outside of the source it is a Hankel function, with which it is compared.",
      facts: [.init("Wave number", String(format: "%g", number))],
      reference: "a picture without numbers (paper, figure 5)", progress)
  }

  static func wave(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> Chapter {
    try run(
      WaveEquation.membrane(network(settings)), settings, key: "wave",
      title: "The wave equation",
      lead:
        "A square membrane starts at rest as a bell, and a ring runs to its border and back. The network is "
        + "a function of time and place, and is compared with the sum of the membrane\u{2019}s modes.",
      facts: [], reference: "pictures without numbers (paper, supplement)", progress)
  }

  private static func network(_ settings: ReproductionSettings) -> EquationNetwork {
    var network = EquationNetwork()
    network.width = settings.effort.equationWidth
    return network
  }

  private static func run(
    _ problem: EquationCase, _ settings: ReproductionSettings, key: String, title: String,
    lead: String, facts: [Page.Fact], reference: String, _ progress: ChapterProgress
  ) throws -> Chapter {
    let start = uptime()
    let limit = settings.effort.equationSeconds
    let fit = try problem.solve(
      seed: settings.seed, EquationLimits(seconds: limit),
      each: { state, _ in progress(min(1, state.seconds / limit), "") })
    let errors = problem.errors(of: fit.network)
    let shape = problem.system.shape
    return Chapter(
      section: Page.Section(
        title: title, lead: lead,
        settings: facts + [
          .init(
            "Network",
            "\(shape.coordinates) \u{2192} \(shape.width) sines \u{2192} \(shape.outputs), double precision"
          ),
          .init("Steps", "\(fit.step) in \(secondsText(uptime() - start))"),
        ],
        blocks: [
          .figure(
            EquationFigure.figure(of: problem, fit.network, history: fit.history).drawing,
            caption: String(
              format: "Relative L2 error %.1e against the \(problem.truthName).", errors.relative))
        ]),
      measures: [
        .init(
          "\(key)_error", "\(title), relative error", errors.relative, unit: "",
          reference: reference)
      ], seconds: uptime() - start)
  }
}
