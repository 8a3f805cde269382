import Foundation
import Reporting

/// The whole notebook (explore_siren of arXiv 2006.09661) with the paper's clip and shape, run again and written as one page.
public enum Reproduction {
  /// The names of the parts, in order, as shown in progress reports.
  public static let parts = [
    "picture", "sound", "clip", "shape", "Poisson", "activations", "range", "comparison",
    "Helmholtz", "wave",
  ]

  /// Runs all parts.
  ///
  /// - Parameters:
  ///   - progress: receives the part (an index of ``parts``), its completed fraction (0...1), and a detail.
  ///   - each: receives every chapter as soon as it is done.
  /// - Returns: the chapters, in the order of the page.
  /// - Throws: `FitError` if a fit diverges repeatedly.
  public static func run(
    _ settings: ReproductionSettings,
    progress: (_ part: Int, _ fraction: Double, _ detail: String) -> Void,
    each: (Chapter) -> Void = { _ in }
  ) throws -> [Chapter] {
    var chapters: [Chapter] = []
    func add(_ chapter: Chapter) {
      chapters.append(chapter)
      each(chapter)
    }
    let (image, field) = try ImageChapter.run(settings) { progress(0, $0, $1) }
    add(image)
    add(try SoundChapter.run(settings) { progress(1, $0, $1) })
    add(try VideoChapter.run(settings) { progress(2, $0, $1) })
    add(try ShapeChapter.run(settings) { progress(3, $0, $1) })
    add(try PoissonChapter.run(settings) { progress(4, $0, $1) })
    for chapter in ActivationChapter.run(settings, progress: { progress(5, $0, $1) }) {
      add(chapter)
    }
    add(RangeChapter.run(settings, field: field) { progress(6, $0, $1) })
    add(try ComparisonChapter.run(settings) { progress(7, $0, $1) })
    add(try EquationChapter.helmholtz(settings) { progress(8, $0, $1) })
    add(try EquationChapter.wave(settings) { progress(9, $0, $1) })
    return chapters
  }

  /// The page of all chapters: first what was measured, beside the references.
  ///
  /// - Parameters:
  ///   - facts: facts about the program and the machine, for the head of the page.
  ///   - seconds: the total duration.
  public static func page(of chapters: [Chapter], facts: [Page.Fact], seconds: Double) -> Page {
    let rows = chapters.flatMap(\.measures).map { [$0.name, $0.text, $0.reference] }
    let summary = Page.Section(
      title: "All numbers",
      lead: "The measurements of this run, beside those of the paper, its notebook or theory.",
      blocks: [
        .table(Page.Table(columns: ["", "here", "reference"], rows: rows, textColumns: [0, 2]))
      ])
    return Page(
      title: "Implicit representations with sine activations, reproduced",
      lead:
        "The experiments of the notebook of Sitzmann et al. (2020), computed by one native program on "
        + "this machine's processor. The numbers of the paper stand beside ours.",
      facts: facts + [.init("Whole run", minutes(seconds))],
      sections: [summary] + chapters.map(\.section))
  }

  private static func minutes(_ seconds: Double) -> String {
    seconds < 60
      ? String(format: "%.0f s", seconds)
      : String(format: "%d min %02d s", Int(seconds) / 60, Int(seconds) % 60)
  }
}
