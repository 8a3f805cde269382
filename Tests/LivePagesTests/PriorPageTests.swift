import BrowserTestSupport
import Foundation
import GridPriors
import ImagePriors
import Interpolation
import LivePages
import PriorPages
import PriorTestSupport
import Signals
import SubspacePriors
import SyntheticData
import TestSupport
import Testing

/// What the page of a prior computes, against the program's own posterior.
@Suite(.serialized, .enabled(if: Browser.location != nil, Browser.reason))
struct PriorPageTests {
  /// Pixels (row, column) without four on a circle, so that their Delaunay triangles are unique.
  private static let places = [(1, 2), (6, 5), (2, 7), (5, 0), (4, 4), (0, 5)]

  /// A picture of 8 bits, as the page holds it.
  private func picture() -> Image {
    let smooth = SmoothPictures(count: 1, seed: 3).values(at: 0)
    return Image(
      width: 8, height: 8, channels: 3,
      values: smooth.map { (min(1, max(0, $0)) * 255).rounded() / 255 })
  }

  private func observations(_ places: [(Int, Int)]) -> PixelObservations {
    let truth = picture()
    return PixelObservations(
      channels: 3, positions: places.flatMap { [Float($0.0), Float($0.1)] },
      values: places.flatMap { place in (0..<3).map { truth[place.0, place.1, $0] } })
  }

  private func opened(
    _ folder: TemporaryFolder, mirrors: Bool = false, precision: PagePrecision = .full
  ) throws -> Browser {
    let path = folder.file("prior.html")
    let prior = mirrors ? try LearnedPrior.learn(mirrors: true) : try LearnedPrior.prior.get()
    try PriorPage(prior, title: "prior", pictures: [picture()], precision: precision).page()
      .write(to: path, overwrite: true)
    let browser = try Browser(opening: path, size: (1200, 760))
    try browser.waitUntilComplete()
    return browser
  }

  private func measure(_ places: [(Int, Int)], _ browser: Browser) throws {
    let list = places.map { "[\($0.0), \($0.1)]" }.joined(separator: ",")
    try browser.evaluate("livePage.measure([\(list)])")
    try browser.wait(for: "livePage.isComplete()")
  }

  @Test(arguments: [PagePrecision.full, .half]) func meanAndDeviationAreThePosteriors(
    precision: PagePrecision
  ) throws {
    let folder = try TemporaryFolder()
    let browser = try opened(folder, precision: precision)
    let prior = try LearnedPrior.prior.get().gaussian
    for count in [0, 1, Self.places.count] {
      let own = Array(Self.places.prefix(count))
      try measure(own, browser)
      let posterior = try prior.posterior(observations(own), width: 8, height: 8)
      let expected = posterior.image(width: 8, height: 8).values
      let mean = try browser.numbers("livePage.mean()").map { min(1, max(0, $0)) }
      try #require(mean.count == expected.count)
      let largest = zip(mean, expected).map { abs($0 - Double($1)) }.max() ?? 1
      #expect(largest < 1.0 / 255, "the mean of \(count) points")
      let variance = try posterior.variance(width: 8, height: 8)
      let deviation = try browser.numbers("livePage.deviation()")
      let furthest = zip(deviation, variance).map { abs($0 - Double($1.squareRoot())) }.max() ?? 1
      #expect(furthest < 1e-3, "the deviation of \(count) points")
    }
    #expect(browser.problems == [])
  }

  @Test func linearInterpolationIsThePrograms() throws {
    let folder = try TemporaryFolder()
    let browser = try opened(folder)
    try measure(Self.places, browser)
    let expected = try LinearInterpolation().inpaint(
      observations(Self.places), width: 8, height: 8
    ).image.values
    let found = try browser.numbers("livePage.linear()")
    let wrong = zip(found, expected).filter { abs($0 - Double($1)) > 1e-5 }
    #expect(wrong.isEmpty, "\(wrong.count) of \(expected.count)")
  }

  /// Each proposal is nearly the best of all pixels, by posteriors that the program computes.
  @Test func proposalsLowerTheVarianceMost() throws {
    let folder = try TemporaryFolder()
    let browser = try opened(folder)
    try measure(Self.places, browser)
    let prior = try LearnedPrior.prior.get().gaussian
    let remaining = { (places: [(Int, Int)]) -> Double in
      let posterior = try prior.posterior(observations(places), width: 8, height: 8)
      return try posterior.variance(width: 8, height: 8).reduce(0) { $0 + Double($1) }
    }
    let proposed = try #require(
      try browser.evaluate("livePage.next(1)") as? [[Int]])
    let place = try #require(proposed.first)
    let own = try remaining(Self.places + [(place[0], place[1])])
    let others = try (0..<64).map { try remaining(Self.places + [($0 / 8, $0 % 8)]) }
    #expect(others.filter { $0 < own - 1e-9 }.count <= 6)
  }

  @Test func pointsAreClickedDrawnAndTakenBack() throws {
    let folder = try TemporaryFolder()
    let browser = try opened(folder, mirrors: true)
    let start = try browser.numbers("livePage.mean()")
    let box = try browser.numbers(
      "(r => [r.left, r.top, r.width])(document.querySelector('.marks').getBoundingClientRect())")
    let centre = { (row: Int, column: Int) in
      (box[0] + (Double(column) + 0.5) * box[2] / 8, box[1] + (Double(row) + 0.5) * box[2] / 8)
    }
    let (x, y) = centre(3, 6)
    try browser.pointer("mousePressed", x, y)
    try browser.pointer("mouseReleased", x, y)
    try browser.waitUntilComplete()
    #expect(try browser.evaluate("livePage.model.measured") as? [Int] == [3 * 8 + 6])
    let (fromX, fromY) = centre(0, 0)
    let (toX, toY) = centre(0, 6)
    try browser.pointer("mousePressed", fromX, fromY)
    try browser.pointer("mouseMoved", toX, toY)
    try browser.pointer("mouseReleased", toX, toY)
    try browser.waitUntilComplete()
    #expect(try browser.number("livePage.model.measured.length") >= 4)
    try browser.press("n")
    try browser.press("r")
    try browser.waitUntilComplete()
    let count = Int(try browser.number("livePage.model.measured.length"))
    #expect(count >= 14)
    // The error fell, below that of linear interpolation.
    #expect(
      try browser.evaluate(
        "(h => h.at(-1).prior < h[0].prior && h.at(-1).prior < h.at(-1).linear)(livePage.errors())")
        as? Bool == true)
    for _ in 0..<count { try browser.press("z") }
    let back = try browser.numbers("livePage.mean()")
    #expect(zip(start, back).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(browser.problems == [])
    #expect(browser.requests.filter { !$0.hasPrefix("file:///") && !$0.hasPrefix("blob:") } == [])
  }

  /// The whole network of a grid prior, against what `inpaint` makes of the same points.
  @Test(arguments: [("", "WebAssembly"), ("cpu", "JavaScript")])
  func aGridPriorsPageRestoresThePixels(fragment: String, engine: String) throws {
    let prior = try GridPrior.read(Self.model("scenes"))
    let folder = try TemporaryFolder()
    let path = folder.file("scenes.html")
    let drawn = SceneSynthesizer(size: 64, seed: 11).image(at: 0)
    let truth = Image(
      width: 64, height: 64, channels: 3, values: drawn.values.map { ($0 * 255).rounded() / 255 })
    let page = PriorPage(prior, title: "scenes", pictures: [truth], precision: .full)
    try page.page().write(to: path, overwrite: false)
    let browser = try Browser(opening: path, fragment: fragment)
    try browser.waitUntilComplete()
    #expect(try browser.evaluate("livePage.engine") as? String == engine)
    // Without four points on a circle, so that the triangles of the interpolation are unique.
    let places = [
      (3, 5), (60, 9), (31, 40), (12, 57), (50, 33), (22, 17), (58, 61), (40, 6), (8, 30),
    ]
    try measure(places, browser)
    let points = PixelObservations(
      channels: 3, positions: places.flatMap { [Float($0.0), Float($0.1)] },
      values: places.flatMap { place in (0..<3).map { truth[place.0, place.1, $0] } })
    let expected = try prior.inpaint(points, width: 64, height: 64).pasted.values
    let mean = try browser.numbers("livePage.mean()").map { min(1, max(0, $0)) }
    try #require(mean.count == expected.count)
    let largest = zip(mean, expected).map { abs($0 - Double($1)) }.max() ?? 1
    #expect(largest < 1.0 / 255)
    let next = try #require(try browser.evaluate("livePage.next(5)") as? [[Int]])
    #expect(next.count == 5)
    #expect(next.allSatisfy { place in !places.contains { $0 == (place[0], place[1]) } })
    #expect(browser.problems == [])
  }

  private static func model(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Models/\(name).safetensors").path
  }

  @Test func theBundledModelFits() throws {
    let prior = try SubspacePrior.read(Self.model("faces"))
    let html = try PriorPage(prior, title: "faces").page().html()
    #expect(html.utf8.count <= 8_000_000)
    #expect(html.utf8.count > 3_000_000)
  }
}
