import DifferentiableCore
import Fields
import Fitting
import Foundation
import Numerics
import Reporting
import Signals
import Training

/// The comparison of activations (arXiv 2006.09661, figure 1 and supplement): networks of one size
/// fitted to one picture.
enum ComparisonChapter {
  private static let batch = 4_096
  private static let learningRate: Float = 1e-3
  private static let schedule = Schedule.cosine(warmUp: 0.01)

  static func run(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> Chapter {
    let start = uptime()
    let side = settings.effort.smallSide
    let picture = squared(settings.picture, side: side)
    let kinds: [(BaselineNetwork.Kind, String, Ink)] = [
      (.rectified, "ReLU", .ochre), (.tangent, "tanh", .purple),
      (.encoded, "ReLU, positional encoding", .green), (.radial, "ReLU, radial basis", .orange),
    ]
    var outcomes: [ComparisonOutcome] = []
    let share = 1 / Double(kinds.count + 1)
    outcomes.append(try sine(picture, settings) { progress(share * $0, "sine") })
    for (index, (kind, name, ink)) in kinds.enumerated() {
      outcomes.append(
        try baseline(kind, name, ink, picture, settings) {
          progress(share * (Double(index + 1) + $0), name)
        })
    }
    let best = outcomes.dropFirst().map(\.quality.psnr).max() ?? 0
    return Chapter(
      section: Page.Section(
        title: "Sine and other activations",
        lead:
          "Networks of the same size are fitted to the same picture with the same recipe and seed. The "
          + "others need an encoding of the coordinates to show any detail. The sine network needs none.",
        settings: [
          .init("Picture", "\(settings.pictureName), \(side)\u{d7}\(side)"),
          .init("Networks", "5 layers, width \(settings.effort.comparisonWidth)"),
          .init("Recipe", "Adam 1e-3, cosine, batches of \(min(batch, side * side))"),
          .init("Updates", "\(settings.effort.comparisonSteps) each"),
          .init("Time", secondsText(uptime() - start)),
        ],
        blocks: [
          .figure(
            figure(outcomes).drawing,
            caption: "Quality by number of updates, measured on all pixels."),
          .gallery(
            [.init(picture, title: "The picture")]
              + outcomes.map {
                .init($0.picture, title: $0.name, note: String(format: "%.1f dB", $0.quality.psnr))
              },
            caption: "The picture of each network at the end."),
          .table(
            .init(
              columns: ["network", "parameters", "PSNR", "SSIM", "seconds"],
              rows: outcomes.map {
                [
                  $0.name, "\($0.parameters)", String(format: "%.1f dB", $0.quality.psnr),
                  $0.quality.ssim.map { String(format: "%.3f", $0) } ?? "\u{2013}",
                  String(format: "%.1f", $0.seconds),
                ]
              })),
        ]),
      measures: [
        .init(
          "comparison_sine", "Comparison, sine", outcomes[0].quality.psnr, unit: "dB",
          reference: "best of all (paper)"),
        .init(
          "comparison_best_other", "Comparison, best of the others", best, unit: "dB",
          reference: "behind the sine (paper)"),
      ], seconds: uptime() - start)
  }

  /// The middle square in grey, at a size.
  static func squared(_ image: Image, side: Int) -> Image {
    image.converted(toChannels: 1).croppedToSquare().resized(width: side, height: side)
  }

  private static func sine(
    _ picture: Image, _ settings: ReproductionSettings, _ tell: (Double) -> Void
  ) throws -> ComparisonOutcome {
    let start = uptime()
    let effort = settings.effort
    let architecture = SirenArchitecture(hiddenWidth: effort.comparisonWidth)
    var fit = FieldFit(
      SampleObjective(picture), architecture,
      FitSettings(
        batchSize: batch, learningRate: learningRate, schedule: schedule, optimizer: .adam),
      seed: settings.seed)
    let points = CoordinateGrid.points(height: picture.height, width: picture.width)
    var curve = ComparisonCurve(picture, steps: effort.comparisonSteps)
    curve.add(0) { fit.field.evaluate(at: points).value }
    _ = try fit.run(
      FitLimits(steps: effort.comparisonSteps),
      each: { event, fit in
        tell(event.fraction)
        curve.add(event.step) { fit.field.evaluate(at: points).value }
      })
    return curve.outcome(
      "sine", .blue, seconds: uptime() - start, parameters: architecture.parameterCount)
  }

  private static func baseline(
    _ kind: BaselineNetwork.Kind, _ name: String, _ ink: Ink, _ picture: Image,
    _ settings: ReproductionSettings, _ tell: (Double) -> Void
  ) throws -> ComparisonOutcome {
    let start = uptime()
    let effort = settings.effort
    let points = CoordinateGrid.points(height: picture.height, width: picture.width)
    var random = Xoshiro256(seed: settings.seed)
    let network = BaselineNetwork(
      kind, coordinates: 2, hiddenWidth: effort.comparisonWidth, hiddenLayers: 3, outputs: 1,
      samples: picture.width, random: &random)
    var state = BaselineState(network, batches: random)
    var learner = BaselineLearner(
      points: points, targets: picture.values.map { 2 * $0 - 1 }, batch: batch,
      learningRate: learningRate, schedule: schedule)
    var curve = ComparisonCurve(picture, steps: effort.comparisonSteps)
    curve.add(0) { network.evaluate(at: points) }
    _ = try TrainingLoop(.steps(effort.comparisonSteps)).run(
      &state, by: &learner,
      report: { event, state in
        tell(event.fraction)
        curve.add(event.step) { state.network.evaluate(at: points) }
      })
    return curve.outcome(
      name, ink, seconds: uptime() - start, parameters: network.parameters.values.count)
  }

  private static func figure(_ outcomes: [ComparisonOutcome]) -> Figure {
    Figure(
      Plot(
        horizontal: Axis("updates"), vertical: Axis("PSNR, dB"),
        lines: outcomes.reversed().map {
          Plot.Line(
            x: $0.curve.map(\.step), y: $0.curve.map(\.psnr), name: $0.name,
            Stroke($0.ink, width: $0.ink == .blue ? 2.4 : 1.6))
        }), width: 860, height: 330)
  }
}
