import Foundation
import HyperNetworks
import ImagePriors
import PriorTestSupport
import Signals
import SubspacePriors
import TestSupport
import Testing

/// A picture restored whole or in windows, and what comes beside it.
@Suite("Picture inpainter") struct PictureInpainterTests {
  private func task(
    _ folder: TemporaryFolder, width: Int = 8, height: Int = 8, keeping count: Int = 20
  ) throws -> InpaintingTask {
    let path = folder.file("p.png")
    try ImageFile.writePNG(
      .pattern(width: width, height: height, channels: 3), to: path, overwrite: true)
    return try InpaintingTask(
      input: path, observed: .keep(.count(count)), truth: nil, size: nil, channels: 3, seed: 1)
  }

  private func network() -> HyperNetworkPrior {
    HyperNetworkPrior(SmallPrior.configuration(.set, .modulated), seed: 2)
  }

  @Test("A picture restored as a whole equals the prior's result at two sizes")
  func whole() throws {
    let folder = try TemporaryFolder()
    let task = try task(folder)
    let priors: [any ImagePrior] = [try LearnedPrior.prior.get(), network()]
    for prior in priors {
      var settings = InpaintingSettings()
      settings.size = (8, 8)
      let own = try prior.inpaint(task.observations, width: 8, height: 8)
      let picture = try PictureInpainter(prior, model: "m", settings).inpaint(task)
      #expect(picture.rendered == own.rendered && picture.pasted == own.pasted)
      #expect(picture.resized == nil && picture.windows == 0 && picture.refined == nil)
      #expect(picture.variance == nil && picture.next.isEmpty)
      settings.size = (12, 10)
      let larger = try PictureInpainter(prior, model: "m", settings).inpaint(task)
      #expect(larger.resized == own.rendered(width: 12, height: 10))
      #expect(larger.rendered == own.rendered)
    }
  }

  @Test("A grey picture in a colour file stays grey, and its observed values are kept")
  func grey() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("g.png")
    let grey = Image.pattern(width: 8, height: 8, channels: 1).converted(toChannels: 3)
    try ImageFile.writePNG(grey, to: path, overwrite: true)
    let task = try InpaintingTask(
      input: path, observed: .keep(.count(20)), truth: nil, size: nil, channels: 3, seed: 1)
    let own = try network().inpaint(task.observations, width: 8, height: 8)
    let isGrey = { (image: Image) -> Bool in
      (0..<image.pixelCount).allSatisfy { pixel in
        let colors = image.values[3 * pixel..<3 * pixel + 3]
        return Set(colors).count == 1
      }
    }
    #expect(!isGrey(own.rendered))
    var settings = InpaintingSettings()
    settings.size = (12, 10)
    let picture = try PictureInpainter(network(), model: "m", settings).inpaint(task)
    #expect(isGrey(picture.rendered) && isGrey(picture.pasted))
    #expect(try isGrey(#require(picture.resized)))
    for point in 0..<task.observations.count {
      let row = Int(task.observations.positions[2 * point])
      let column = Int(task.observations.positions[2 * point + 1])
      #expect(picture.pasted[row, column, 1] == task.observations.values[3 * point + 1])
    }
  }

  @Test("A prior of grey pictures restores each channel of a colour picture on its own")
  func colourByGrey() throws {
    let folder = try TemporaryFolder()
    let task = try task(folder)
    let prior = HyperNetworkPrior(SmallPrior.configuration(.set, .modulated, channels: 1), seed: 2)
    var settings = InpaintingSettings()
    settings.size = (12, 10)
    let picture = try PictureInpainter(prior, model: "m", settings).inpaint(task)
    let resized = try #require(picture.resized)
    for channel in 0..<3 {
      let values = stride(from: channel, to: task.observations.values.count, by: 3)
      let own = try prior.inpaint(
        PixelObservations(
          channels: 1, positions: task.observations.positions,
          values: values.map { task.observations.values[$0] }), width: 8, height: 8)
      let pixels = { (image: Image) in
        stride(from: channel, to: image.values.count, by: 3).map { image.values[$0] }
      }
      #expect(pixels(picture.rendered) == own.rendered.values)
      #expect(pixels(picture.pasted) == own.pasted.values)
      #expect(pixels(resized) == own.rendered(width: 12, height: 10).values)
    }
    settings.refinement = FieldRefinement(steps: 1)
    #expect(throws: PictureInpainterError.refinementOfChannels(model: "m")) {
      try PictureInpainter(prior, model: "m", settings).inpaint(task)
    }
  }

  @Test("A prior of colour pictures restores a grey picture in grey")
  func greyByColour() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("g.png")
    try ImageFile.writePNG(
      .pattern(width: 8, height: 8, channels: 1), to: path, overwrite: true)
    let task = try InpaintingTask(
      input: path, observed: .keep(.count(20)), truth: nil, size: nil, channels: nil, seed: 1)
    let prior = try LearnedPrior.prior.get()
    var settings = InpaintingSettings()
    settings.withVariance = true
    let picture = try PictureInpainter(prior, model: "m", settings).inpaint(task)
    let colours = try #require(prior.posteriors()).posterior(
      task.converted(toChannels: 3).observations, width: 8, height: 8, withUncertainty: true)
    let rendered = colours.image(width: 8, height: 8).converted(toChannels: 1)
    #expect(picture.rendered == rendered)
    #expect(picture.pasted == rendered.pasting(task.observations))
    let variances = try colours.variance(width: 8, height: 8)
    let brightness = (0..<64).map { pixel -> Float in
      let deviations = variances[3 * pixel..<3 * pixel + 3].map { $0.squareRoot() }
      let sum = zip([0.299, 0.587, 0.114], deviations).map { $0 * $1 }.reduce(0, +)
      return sum * sum
    }
    expectClose(actual: try #require(picture.variance), expected: brightness, absolute: 1e-6)

    // The three channels of a colour file get one value, and so one variance.
    let colourPath = folder.file("c.png")
    try ImageFile.writePNG(
      Image.pattern(width: 8, height: 8, channels: 1).converted(toChannels: 3), to: colourPath,
      overwrite: true)
    let inColour = try InpaintingTask(
      input: colourPath, observed: .keep(.count(20)), truth: nil, size: nil, channels: nil, seed: 1)
    let repeated = try PictureInpainter(prior, model: "m", settings).inpaint(inColour)
    expectClose(
      actual: try #require(repeated.variance), expected: brightness.flatMap { [$0, $0, $0] },
      absolute: 1e-6)
  }

  @Test("Variances and next points come from the posterior, also beside a refined picture")
  func beside() throws {
    let folder = try TemporaryFolder()
    let task = try task(folder)
    let prior = try LearnedPrior.prior.get()
    var settings = InpaintingSettings()
    settings.withVariance = true
    settings.nextPoints = 3
    let posterior = try #require(prior.posteriors()).posterior(
      task.observations, width: 8, height: 8, withUncertainty: true)
    let picture = try PictureInpainter(prior, model: "m", settings).inpaint(task)
    #expect(try picture.variance == posterior.variance(width: 8, height: 8))
    let expected = try posterior.nextPoints(3, excluding: task.mask)
    #expect(picture.next.count == 3)
    #expect(picture.next.elementsEqual(expected, by: ==))
    #expect(picture.next.allSatisfy { task.mask.missing[$0.row * 8 + $0.column] })

    settings.refinement = FieldRefinement(steps: 5)
    let refined = try PictureInpainter(prior, model: "m", settings).inpaint(task)
    let field = try #require(refined.refined).field
    #expect(
      refined.rendered
        == Inpainting(of: field, task.observations, width: 8, height: 8).rendered)
    #expect(refined.variance == picture.variance)
  }

  @Test("Windows follow the model or the request, and progress is reported")
  func windows() throws {
    let folder = try TemporaryFolder()
    let task = try task(folder, width: 20, height: 12, keeping: 60)
    var learning = SubspaceLearningSettings()
    learning.scope = .window
    let prior = try SubspacePrior(
      training: SmoothPictures(count: 30, seed: 1), validation: SmoothPictures(count: 4, seed: 2),
      settings: learning)
    var settings = InpaintingSettings()
    settings.size = (10, 6)
    settings.withVariance = true
    let inpainter = PictureInpainter(prior, model: "m", settings)
    #expect(inpainter.isWindowed)
    var told: [[Int]] = []
    let picture = try inpainter.inpaint(task) { told.append([$0, $1]) }
    let own = try WindowedInpainting(
      prior, task.observations, width: 20, height: 12, otherSize: (10, 6), withVariance: true)
    #expect(picture.rendered == own.rendered && picture.pasted == own.pasted)
    #expect(picture.resized == own.resized && picture.variance == own.variance)
    #expect(picture.windows == own.windows && picture.windows > 1)
    #expect(told.last == [own.windows, own.windows])
    struct Stopped: Error {}
    #expect(throws: Stopped.self) { try inpainter.inpaint(task) { _, _ in throw Stopped() } }

    settings.inWindows = false
    settings.withVariance = false
    let whole = PictureInpainter(prior, model: "m", settings)
    #expect(!whole.isWindowed)
    #expect(try whole.inpaint(task).windows == 0)
    settings.inWindows = true
    let asked = PictureInpainter(network(), model: "m", settings)
    #expect(asked.isWindowed)
    #expect(try asked.inpaint(task).windows == own.windows)
  }

  @Test("Incompatible settings are refused with a message")
  func errors() throws {
    let folder = try TemporaryFolder()
    let task = try task(folder)
    var settings = InpaintingSettings()
    settings.inWindows = true
    settings.nextPoints = 1
    let prior = try LearnedPrior.prior.get()
    #expect(throws: PictureInpainterError.nextPointsInWindows(model: "a")) {
      try PictureInpainter(prior, model: "a", settings).inpaint(task)
    }
    #expect(throws: NoPosterior(model: "a", use: .uncertainty)) {
      try PictureInpainter(network(), model: "a", settings).inpaint(task)
    }
    settings.nextPoints = nil
    settings.refinement = FieldRefinement(steps: 1)
    #expect(throws: PictureInpainterError.refinementInWindows(model: "a")) {
      try PictureInpainter(prior, model: "a", settings).inpaint(task)
    }
  }

  @Test("A deviation picture shows the mean over the channels, and white is 0.5")
  func deviations() {
    let variance: [Float] = [0, 0, 0.01, 0.09, 0.25, 0.25, 1, 1]
    let image = DeviationPicture.image(of: variance, width: 2, height: 2)
    #expect((image.width, image.height, image.channels) == (2, 2, 1))
    expectClose(actual: image.values, expected: [0, 0.4, 1, 1], absolute: 1e-6)
  }

  @Test("Random pictures have the size of the task, of the training pictures, or the requested one")
  func sampler() throws {
    let folder = try TemporaryFolder()
    let task = try task(folder, width: 10, height: 6)
    let prior = try LearnedPrior.prior.get()
    let free = try PictureSampler(prior, model: "m")
    #expect((free.width, free.height) == (8, 8))
    let pictures = try free.pictures(3, seed: 4)
    #expect(pictures.count == 3 && pictures[0] != pictures[1])
    #expect(try free.pictures(2, seed: 4) == Array(pictures[..<2]))
    let given = try PictureSampler(prior, model: "m", agreeingWith: task)
    #expect((given.width, given.height) == (10, 6))
    let sized = try PictureSampler(prior, model: "m", agreeingWith: task, size: (5, 7))
    #expect(try sized.pictures(1, seed: 1).map(\.width) == [5])
    #expect(throws: NoPosterior(model: "a", use: .sampling)) {
      try PictureSampler(network(), model: "a")
    }
  }
}
