import DifferentiableCore
import Fields
import Fitting
import Foundation
import Reporting
import Signals

/// "Solving Poisson's equation": the picture from its gradient alone, and from its Laplacian alone.
enum PoissonChapter {
  /// One of the two problems, solved.
  private struct Solution {
    let source: PoissonProblem.Source
    let pictures: FieldPictures
    let quality: PoissonQuality
    let classical: PoissonQuality
    let steps: Int
    let seconds: Double
  }

  static func run(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> Chapter {
    let start = uptime()
    let side = settings.effort.smallSide
    let architecture = architecture(settings)
    let picture = ComparisonChapter.squared(settings.picture, side: side)
    let solutions = try [PoissonProblem.Source.gradient, .laplacian].enumerated().map {
      index, source in
      try solve(picture, source, settings) {
        progress((Double(index) + $0) / 2, "from the \(name(of: source))")
      }
    }
    let sobel = picture.sobel()
    let slopes = zip(sobel.y.values, sobel.x.values).map { hypot($0, $1) }
    let truth: [Page.Picture] = [
      .init(picture, title: "The picture", note: "only its mean is known"),
      .init(
        ColorMap.grey.picture(of: slopes, width: side, height: side),
        title: "Its gradient", note: "the data of the first fit"),
      .init(
        ColorMap.diverging.picture(of: picture.laplacian().values, width: side, height: side),
        title: "Its Laplacian", note: "the data of the second fit"),
    ]
    return Chapter(
      section: Page.Section(
        title: "Poisson\u{2019}s equation",
        lead:
          "The network is fitted to the derivatives of a picture and never to the picture: first to the "
          + "gradient, then to the Laplacian. The result is the picture, up to its mean.",
        settings: [
          .init("Picture", "\(settings.pictureName), \(side)\u{d7}\(side)"),
          .init("Network", "2 \u{2192} \(architecture.sineLayersText) \u{2192} 1"),
          .init(
            "From the gradient",
            "\(solutions[0].steps) updates in \(secondsText(solutions[0].seconds))"),
          .init(
            "From the Laplacian",
            "\(solutions[1].steps) updates in \(secondsText(solutions[1].seconds))"),
        ],
        blocks: [.gallery(truth, caption: "The known data.")]
          + solutions.map(gallery) + [table(solutions)]),
      measures: measures(solutions), seconds: uptime() - start)
  }

  private static func architecture(_ settings: ReproductionSettings) -> SirenArchitecture {
    let side = settings.effort.smallSide
    return .differences(
      for: .image(width: side, height: side, channels: 1), hiddenWidth: settings.effort.width)
  }

  private static func solve(
    _ picture: Image, _ source: PoissonProblem.Source, _ settings: ReproductionSettings,
    _ progress: (Double) -> Void
  ) throws -> Solution {
    let problem = PoissonProblem(picture, from: source)
    var fit = FieldFit(
      problem.objective, architecture(settings), .differences, seed: settings.seed)
    let run = try fit.run(
      FitLimits(seconds: settings.effort.poissonSeconds),
      each: { event, _ in progress(event.fraction) })
    let field = problem.restored(fit.field)
    return Solution(
      source: source,
      pictures: FieldPictures(of: field, width: picture.width, height: picture.height),
      quality: PoissonQuality(
        of: FieldRenderer.unclippedImage(of: field, like: picture), comparedWith: picture),
      classical: PoissonQuality(of: problem.classicalSolution, comparedWith: picture),
      steps: fit.step, seconds: run.seconds)
  }

  private static func gallery(_ solution: Solution) -> Page.Block {
    let decibels = { (value: Double) in String(format: "PSNR %.1f dB", value) }
    return .gallery(
      [
        .init(
          solution.pictures.value, title: "The field", note: decibels(solution.quality.image.psnr)),
        .init(
          solution.pictures.gradientLength, title: "Its gradient",
          note: decibels(solution.quality.gradientPSNR)),
        .init(
          solution.pictures.laplacian, title: "Its Laplacian",
          note: decibels(solution.quality.laplacianPSNR)),
      ], caption: "Restored from the \(name(of: solution.source)) alone.")
  }

  private static func table(_ solutions: [Solution]) -> Page.Block {
    let text = { (value: Double) in value.isFinite ? String(format: "%.1f", value) : "exact" }
    let rows = solutions.flatMap { solution in
      [
        ("network, from the \(name(of: solution.source))", solution.quality),
        ("classical, from the \(name(of: solution.source))", solution.classical),
      ].map { name, quality in
        [name, text(quality.image.psnr), text(quality.gradientPSNR), text(quality.laplacianPSNR)]
      }
    }
    return .table(
      .init(
        columns: ["PSNR, dB", "picture", "gradient", "Laplacian"], rows: rows,
        caption:
          "The classical solver uses the same derivatives and a cosine transform. It is exact if they are "
          + "complete and exact.")
    )
  }

  private static func measures(_ solutions: [Solution]) -> [Chapter.Measure] {
    let paper = [PoissonProblem.Source.gradient: "32.9 dB", .laplacian: "14.95 dB"]
    return solutions.map {
      Chapter.Measure(
        "poisson_\($0.source.rawValue)_psnr", "Picture from its \(name(of: $0.source)), PSNR",
        $0.quality.image.psnr, unit: "dB",
        reference: paper[$0.source].map { "\($0) (paper, its picture)" } ?? "")
    }
  }

  private static func name(of source: PoissonProblem.Source) -> String {
    source == .gradient ? "gradient" : "Laplacian"
  }
}
