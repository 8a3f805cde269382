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
  /// One network's fit.
  private struct Outcome {
    let name: String
    let ink: Ink
    let picture: Image
    let quality: ImageQuality
    let curve: [(step: Double, psnr: Double)]
    let seconds: Double
    let parameters: Int
  }

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
    var outcomes: [Outcome] = []
    let share = 1 / Double(kinds.count + 1)
    outcomes.append(try sine(picture, settings) { progress(share * $0, "sine") })
    for (index, (kind, name, ink)) in kinds.enumerated() {
      outcomes.append(
        baseline(kind, name, ink, picture, settings) {
          progress(share * (Double(index + 1) + $0), name)
        })
    }
    let best = outcomes.dropFirst().map(\.quality.psnr).max() ?? 0
    return Chapter(
      section: Page.Section(
        title: "Sine beside other activations",
        lead:
          "Networks of one size on one picture, with one recipe and one seed. The others need an "
          + "encoding of the coordinates to show any detail; the sine network needs none.",
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
            caption: "Quality over the updates, measured on all pixels."),
          .gallery(
            [.init(picture, title: "The picture")]
              + outcomes.map {
                .init($0.picture, title: $0.name, note: String(format: "%.1f dB", $0.quality.psnr))
              },
            caption: "What each network has made of the picture at the end."),
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
  ) throws -> Outcome {
    let start = uptime()
    let effort = settings.effort
    let architecture = SirenArchitecture(hiddenWidth: effort.comparisonWidth)
    var fit = FieldFit(
      SampleObjective(picture), architecture,
      FitSettings(
        batchSize: batch, learningRate: learningRate, schedule: schedule, optimizer: .adam),
      seed: settings.seed)
    let points = CoordinateGrid.points(height: picture.height, width: picture.width)
    var curve: [(step: Double, psnr: Double)] = []
    var rendered = picture
    for step in 0...effort.comparisonSteps {
      if isMeasured(step, of: effort.comparisonSteps) {
        rendered = image(fit.field.evaluate(at: points).value, like: picture)
        curve.append((Double(step), psnr(rendered, picture)))
        tell(Double(step) / Double(effort.comparisonSteps))
      }
      if step < effort.comparisonSteps {
        try fit.advance(progress: Double(step) / Double(effort.comparisonSteps))
      }
    }
    return Outcome(
      name: "sine", ink: .blue, picture: rendered,
      quality: ImageQuality(of: rendered, comparedWith: picture), curve: curve,
      seconds: uptime() - start, parameters: architecture.parameterCount)
  }

  private static func baseline(
    _ kind: BaselineNetwork.Kind, _ name: String, _ ink: Ink, _ picture: Image,
    _ settings: ReproductionSettings, _ tell: (Double) -> Void
  ) -> Outcome {
    let start = uptime()
    let effort = settings.effort
    var random = Xoshiro256(seed: settings.seed)
    var network = BaselineNetwork(
      kind, coordinates: 2, hiddenWidth: effort.comparisonWidth, hiddenLayers: 3, outputs: 1,
      samples: picture.width, random: &random)
    var optimizer = Adam(parameterCount: network.parameters.values.count)
    let points = CoordinateGrid.points(height: picture.height, width: picture.width)
    let targets = picture.values.map { 2 * $0 - 1 }
    var curve: [(step: Double, psnr: Double)] = []
    var rendered = picture
    for step in 0...effort.comparisonSteps {
      if isMeasured(step, of: effort.comparisonSteps) {
        rendered = image(network.evaluate(at: points), like: picture)
        curve.append((Double(step), psnr(rendered, picture)))
        tell(Double(step) / Double(effort.comparisonSteps))
      }
      guard step < effort.comparisonSteps else { break }
      let count = min(batch, targets.count)
      let chosen = count < targets.count ? random.sample(count, of: targets.count) : nil
      let gradient = network.lossGradient(
        at: chosen.map { $0.flatMap { [points[2 * $0], points[2 * $0 + 1]] } } ?? points,
        targets: chosen.map { $0.map { targets[$0] } } ?? targets
      ).gradient
      let progress = Double(step) / Double(effort.comparisonSteps)
      optimizer.update(
        &network.parameters.values, gradient: gradient,
        learningRate: learningRate * Float(schedule.factor(at: progress)))
    }
    return Outcome(
      name: name, ink: ink, picture: rendered,
      quality: ImageQuality(of: rendered, comparedWith: picture), curve: curve,
      seconds: uptime() - start, parameters: network.parameters.values.count)
  }

  /// About forty measurements a fit, denser at the beginning, where the curves are steep.
  private static func isMeasured(_ step: Int, of total: Int) -> Bool {
    step == total || step % max(1, total / 32) == 0
      || (step < total / 16 && step % max(1, total / 128) == 0)
  }

  private static func image(_ values: [Float], like picture: Image) -> Image {
    Image(
      width: picture.width, height: picture.height, channels: 1,
      values: values.map { min(1, max(0, 0.5 * $0 + 0.5)) })
  }

  private static func psnr(_ image: Image, _ truth: Image) -> Double {
    Quality.peakSignalToNoise(meanSquaredError: Quality.meanSquaredError(image, truth))
  }

  private static func figure(_ outcomes: [Outcome]) -> Figure {
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
