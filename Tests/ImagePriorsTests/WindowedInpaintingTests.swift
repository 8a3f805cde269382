import Fields
import Fitting
import Foundation
import HyperNetworks
import ImagePriors
import InpaintingEvaluation
import Interpolation
import Numerics
import PriorPipelines
import PriorTestSupport
import Signals
import SubspacePriors
import TestSupport
import Testing

@Suite struct WindowedInpaintingTests {
  @Test(arguments: [(8, 8, 8), (9, 30, 8), (100, 64, 32), (5, 20, 8), (3, 2, 8), (1, 1, 2)])
  func windowsCoverAPicture(width: Int, height: Int, size: Int) {
    let grid = WindowGrid(width: width, height: height, size: size)
    for (starts, length) in [(grid.rows, height), (grid.columns, width)] {
      #expect(starts[0] == 0 && starts == starts.sorted() && Set(starts).count == starts.count)
      #expect(length <= size ? starts == [0] : starts.last == length - size)
      for (start, next) in zip(starts, starts.dropFirst()) { #expect(next - start <= size / 2 + 1) }
      // Every sample of a rendering lies in a window, whatever the rendering's size.
      for samples in [1, length, 3 * length + 1] {
        var covered = Set<Int>()
        for start in starts {
          let span = grid.span(from: start, length: length, samples: samples)
          #expect(span.weights.count == span.samples.count)
          #expect(span.weights.allSatisfy { $0 > 0 })
          covered.formUnion(span.samples)
        }
        #expect(covered.count == samples)
      }
    }
  }

  @Test func coordinatesAreThoseOfTheWindowsPixels() {
    let grid = WindowGrid(width: 20, height: 20, size: 8)
    let span = grid.span(from: 4, length: 20, samples: 20)
    #expect(span.samples == 4..<12)
    expectClose(
      actual: span.coordinates, expected: CoordinateGrid.axis(size: 8), absolute: 1e-6)
    expectClose(actual: span.weights, expected: span.weights.reversed(), absolute: 1e-6)
    // A wider rendering has its corners on the picture's corners.
    let fine = grid.span(from: 12, length: 20, samples: 39)
    #expect(fine.samples == 24..<39 && abs(fine.coordinates[14] - 1) < 1e-6)
    #expect(abs(fine.coordinates[0] - -1) < 1e-6)
  }

  private func observations(
    of image: Image, keeping count: Int
  ) -> PixelObservations {
    PixelMask.random(width: image.width, height: image.height, keeping: count, seed: 4)
      .observations(of: image)
  }

  @Test("A prior without variances has none in windows either")
  func variancesOfANetwork() throws {
    let prior = HyperNetworkPrior(SmallPrior.configuration(.set, .modulated), seed: 2)
    let picture = Image(
      width: 8, height: 8, channels: 3, values: SmoothPictures(count: 8, seed: 3).values(at: 1))
    let seen = observations(of: picture, keeping: 12)
    let result = try WindowedInpainting(prior, seen, width: 8, height: 8, withVariance: true)
    #expect(result.variance == nil)
    #expect(result.rendered.values.allSatisfy { $0.isFinite })
  }

  @Test("Each window has the points within it, as counted one by one")
  func pointsOfWindows() {
    let grid = WindowGrid(width: 37, height: 21, size: 8)
    var positions: [Float] = [-0.5, -0.5, 20.5, 36.5, .nan, 3, .infinity, 0, -0.6, 2, 3, 36.6]
    for step in 0..<300 { positions += [Float(step % 41) / 2, Float(step * 7 % 73) / 2] }
    let points = PixelObservations(
      channels: 1, positions: positions,
      values: (0..<positions.count / 2).map { Float($0) })
    let parts = grid.parts(of: points)
    for index in 0..<grid.count {
      let origin = grid.origin(index)
      let expected = (0..<points.count).filter { point in
        PixelPosition.isInside(positions[2 * point] - Float(origin.row), size: 8)
          && PixelPosition.isInside(positions[2 * point + 1] - Float(origin.column), size: 8)
      }
      #expect(parts[index].values == expected.map { Float($0) }, "window \(index)")
    }
  }

  @Test("Windows in which no pixel is missing are left out, and the picture is the same")
  func windowsWithoutAHole() throws {
    let prior = try LearnedPrior.prior.get()
    let picture = Image(
      width: 40, height: 24, channels: 3,
      values: SmoothPictures(count: 1, size: 40, seed: 3)
        .values(at: 0).prefix(40 * 24 * 3).map { $0 })
    var mask = PixelMask(
      width: 40, height: 24, observed: [Bool](repeating: true, count: 40 * 24))
    for column in 5..<9 { mask.observed[3 * 40 + column] = false }
    let seen = mask.observations(of: picture)
    let all = try WindowedInpainting(prior, seen, width: 40, height: 24)
    var told: [Int] = []
    let some = try WindowedInpainting(prior, seen, width: 40, height: 24, onlyMissing: true) {
      told = [$0, $1]
    }
    // Rows 0 to 7 in one window of each column of windows, columns 0, 4 and 8.
    #expect(all.windows == 45 && all.allWindows == 45)
    #expect(some.windows == 3 && some.allWindows == 45 && told == [3, 3])
    #expect(some.pasted == all.pasted)
    for pixel in mask.missing.indices where mask.missing[pixel] {
      for channel in 0..<3 {
        #expect(
          some.rendered.values[3 * pixel + channel] == all.rendered.values[3 * pixel + channel])
      }
    }
    #expect(some.rendered.values.suffix(300) == picture.values.suffix(300))
    let varied = try WindowedInpainting(
      prior, seen, width: 40, height: 24, withVariance: true, onlyMissing: true)
    #expect(varied.windows == 45 && varied.variance?.count == 40 * 24 * 3)
  }

  @Test("A prior of windows is a prior of pictures without a single network")
  func aPriorMadeOfAPrior() throws {
    let window = try LearnedPrior.prior.get()
    let prior = WindowedPrior(window)
    let picture = Image(width: 20, height: 12, channels: 3)
    let seen = observations(of: picture, keeping: 40)
    let blended = try WindowedInpainting(window, seen, width: 20, height: 12)
    let restored = try prior.inpaint(seen, width: 20, height: 12)
    #expect(restored.field == nil && restored.rendered == blended.rendered)
    #expect(restored.pasted == blended.pasted)
    #expect(throws: PriorError.noSingleField) {
      try prior.field(explaining: seen, width: 20, height: 12)
    }
  }

  @Test func aPictureOfOneWindowIsRestoredAsAWhole() throws {
    let prior = try LearnedPrior.prior.get()
    let picture = Image(
      width: 8, height: 8, channels: 3, values: SmoothPictures(count: 8, seed: 3).values(at: 1))
    let seen = observations(of: picture, keeping: 12)
    let windowed = try WindowedInpainting(
      prior, seen, width: 8, height: 8, otherSize: (20, 16), withVariance: true)
    let whole = try prior.inpaint(seen, width: 8, height: 8)
    let variance = try prior.posterior(seen, width: 8, height: 8).variance(width: 8, height: 8)
    #expect(windowed.windows == 1)
    for (own, other) in [
      (windowed.rendered.values, whole.rendered.values),
      (windowed.pasted.values, whole.pasted.values),
      (windowed.resized?.values ?? [], whole.rendered(width: 20, height: 16).values),
      (windowed.variance ?? [], variance),
    ] {
      expectClose(actual: own, expected: other, absolute: 1e-5)
    }
  }

  /// A smooth picture of 21 x 27 pixels.
  private let large = Image(
    width: 8, height: 8, channels: 3, values: SmoothPictures(count: 8, seed: 3).values(at: 2)
  ).resized(width: 21, height: 27)

  @Test func aLargePictureIsRestoredAndItsPointsAreKept() throws {
    let prior = try LearnedPrior.prior.get()
    let seen = observations(of: large, keeping: 21 * 27)
    var told: [Int] = []
    let result = try WindowedInpainting(
      prior, seen, width: 21, height: 27, withVariance: true,
      progress: { done, _ in told.append(done) })
    #expect(result.windows == 5 * 6 && told == [30])
    #expect(result.pasted == large)
    #expect(Quality.meanSquaredError(result.rendered, large) < 1e-3)
    #expect(result.variance?.allSatisfy { $0 > 0 && $0.isFinite } == true)
    #expect(result.resized == nil)
  }

  @Test(
    "The field of all windows renders the blended picture at any size",
    arguments: [(21, 27), (8, 8), (5, 3), (9, 20), (1, 12)])
  func oneField(width: Int, height: Int) throws {
    let prior = try LearnedPrior.prior.get()
    let picture = large.resized(width: width, height: height)
    let seen = observations(of: picture, keeping: max(2, width * height / 5))
    let other = (width: 2 * width + 3, height: height + 1)
    let blended = try WindowedInpainting(
      prior, seen, width: width, height: height, otherSize: other)
    var told: [Int] = []
    let result = try WindowedField(prior, seen, width: width, height: height) { done, _ in
      told.append(done)
    }
    #expect(result.windows == blended.windows && told == [result.windows])
    #expect(result.field.grid.axes.map(\.samples) == [height, width])
    let own = FieldRenderer.image(of: result.field, width: width, height: height)
    expectClose(actual: own.values, expected: blended.rendered.values, absolute: 1e-5)
    let resized = FieldRenderer.image(of: result.field, width: other.width, height: other.height)
    expectClose(
      actual: resized.values, expected: try #require(blended.resized).values, absolute: 1e-5)
    #expect(
      try WindowedPrior(prior).grid(explaining: seen, width: width, height: height) == result.field)
  }

  @Test("The windows of a hypernetwork form one field too")
  func oneFieldOfAHyperNetwork() throws {
    let prior = HyperNetworkPrior(SmallPrior.configuration(.set, .modulated), seed: 2)
    let seen = observations(of: large, keeping: 90)
    let blended = try WindowedInpainting(prior, seen, width: 21, height: 27)
    let field = try WindowedField(prior, seen, width: 21, height: 27).field
    let own = FieldRenderer.image(of: field, width: 21, height: 27)
    expectClose(actual: own.values, expected: blended.rendered.values, absolute: 1e-5)
    // Windows have from none to many points, so they count differently.
    #expect(Set(field.cellWeights ?? []).count > 1)
  }

  @Test("Networks of different widths form one grid")
  func differentWidths() throws {
    let prior = WidthsPrior()
    let seen = observations(of: large, keeping: 60)
    let blended = try WindowedInpainting(prior, seen, width: 21, height: 27)
    let field = try WindowedField(prior, seen, width: 21, height: 27).field
    #expect(field.architecture.hiddenWidth == 9)
    let own = FieldRenderer.image(of: field, width: 21, height: 27)
    expectClose(actual: own.values, expected: blended.rendered.values, absolute: 1e-5)
  }

  @Test("A picture with too many windows for a file is refused early")
  func tooManyWindows() throws {
    let none = PixelObservations(channels: 3, positions: [], values: [])
    let error = #expect(throws: PriorError.self) {
      try WindowedField(WidthsPrior(width: 60_000), none, width: 400, height: 400)
    }
    #expect(error.map { "\($0)".contains("9801 windows") } == true, "\(String(describing: error))")
  }

  @Test("Windows of any number and size form an axis of cells")
  func axesOfWindows() {
    for size in 2...17 {
      for length in 1...80 {
        let starts = WindowGrid(width: length, height: 1, size: size).columns
        #expect(CellAxis(samples: length, starts: starts, size: size) != nil, "\(length), \(size)")
      }
    }
  }

  @Test func orderAndThreadsChangeNothing() throws {
    let prior = try LearnedPrior.prior.get()
    let seen = observations(of: large, keeping: 90)
    let restored = try expectSameResult {
      try WindowedInpainting(prior, seen, width: 21, height: 27).rendered
    }
    var turned = PixelObservations(channels: 3, positions: [], values: [])
    for point in (0..<seen.count).reversed() {
      turned.positions += seen.positions[2 * point..<2 * point + 2]
      turned.values += seen.values[3 * point..<3 * point + 3]
    }
    let again = try WindowedInpainting(prior, turned, width: 21, height: 27)
    expectClose(actual: again.rendered, expected: restored, absolute: 1e-6)
  }

  @Test func nothingObservedGivesTheMeanAndWrongNumbersAreRefused() throws {
    let prior = try LearnedPrior.prior.get()
    let none = PixelObservations(channels: 3, positions: [], values: [])
    let pictures = SmoothPictures(count: 300, seed: 1)
    let mean = try MeanPicture(
      shape: PictureShape(width: 8, height: 8, channels: 3), pictureCount: 300,
      picture: { pictures.values(at: $0) })
    let window = try WindowedInpainting(prior, none, width: 8, height: 8)
    expectClose(actual: window.rendered, expected: mean.image, absolute: 1e-4)
    let result = try WindowedInpainting(prior, none, width: 12, height: 12, withVariance: true)
    #expect(result.windows > 1)
    #expect(result.rendered.values.allSatisfy { (0...1).contains($0) })
    let variance = try #require(result.variance)
    #expect(variance.count == 12 * 12 * 3 && variance.allSatisfy { $0 > 0 })
    let wrong = PixelObservations(channels: 3, positions: [1, 1], values: [0, .nan, 0])
    #expect(throws: PriorError.notFinite) {
      try WindowedInpainting(prior, wrong, width: 12, height: 12)
    }
    let grey = PixelObservations(channels: 1, positions: [1, 1], values: [0])
    #expect(throws: PriorError.channels(expected: 3, actual: 1)) {
      try WindowedInpainting(prior, grey, width: 12, height: 12)
    }
  }

  @Test func theScopeIsKeptInTheFile() throws {
    let folder = try TemporaryFolder()
    #expect(try LearnedPrior.prior.get().scope == .picture)
    var settings = SubspaceLearningSettings()
    settings.scope = .window
    let prior = try SubspacePrior(
      training: SmoothPictures(count: 40, seed: 5), validation: SmoothPictures(count: 32, seed: 6),
      settings: settings)
    #expect(prior.codeCount == 1)
    let path = folder.file("w.safetensors")
    try prior.write(to: path, overwrite: false)
    let read = try SubspacePrior.read(path)
    #expect(read.scope == .window)
    #expect(try read.archive() == (try prior.archive()))
    #expect(try ImagePriorFile.read(path).scope == .window)
    #expect(try ImagePriorFile.description(of: path).scope == .window)
  }
}

/// Random networks whose width depends on the number of points.
private struct WidthsPrior: ImagePrior {
  var width: Int?

  let imageSize = 8
  let channels = 3
  let scope = PriorScope.window
  var kind: PriorKind {
    .subspace(components: 1, functions: 1, codes: 1, mirrors: false, residual: nil)
  }

  func field(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> Siren {
    var random = Xoshiro256(seed: UInt64(observations.count))
    let own = self.width ?? (observations.count % 7 + 3)
    return Siren(
      SirenArchitecture(hiddenWidth: own, hiddenLayers: own > 9 ? 0 : 1, outputs: 3, omegaFirst: 5),
      random: &random
    ).mappingValues(scale: 0.1, offset: [0, 0, 0])
  }

  func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] {
    throw PriorError.noSingleField
  }
}
