import Fields
import Fitting
import Signals
import Testing

@Suite("Budgets of parameters") struct ParameterBudgetTests {
  static let signals: [FittedSignal] = [
    .image(width: 24, height: 20, channels: 1), .image(width: 96, height: 64, channels: 4),
    .image(width: 768, height: 512, channels: 3), .image(width: 20_000, height: 30, channels: 3),
    .audio(sampleRate: 8_000, frames: 900, channels: 1, peak: 1),
    .audio(sampleRate: 44_100, frames: 20_000_000, channels: 2, peak: 1),
    .video(width: 32, height: 24, channels: 3, frames: 4, rate: 25),
    .video(width: 640, height: 360, channels: 3, frames: 600, rate: 25),
    .video(width: 16, height: 16, channels: 1, frames: 5_000, rate: 25),
  ]

  @Test(
    "A budget is kept and used, and the first layer's scale stays",
    arguments: signals, [100, 200, 500, 1_000, 5_000, 100_000])
  func budget(signal: FittedSignal, parameters: Int) throws {
    let usual = GridShape.standard(for: signal)
    let shape = try GridShape.within(parameters, for: signal)
    #expect(shape.parameterCount <= parameters)
    #expect(shape.cells.count == usual.cells.count && shape.cells.allSatisfy { $0 >= 1 })
    #expect(shape.architecture.omegaFirst == usual.architecture.omegaFirst)
    let network = usual.architecture.parameterCount
    if parameters < network {
      #expect(shape.cells.allSatisfy { $0 == 1 } && shape.architecture.hiddenLayers == 1)
      #expect((4..<32).contains(shape.architecture.hiddenWidth))
      var wider = shape.architecture
      wider.hiddenWidth += 1
      #expect(wider.parameterCount > parameters)
    } else {
      #expect(shape.architecture.hiddenWidth == 32 && shape.architecture.hiddenLayers == 1)
    }
  }

  @Test("A larger budget gives at least as many cells")
  func order() throws {
    for signal in Self.signals {
      var last = 0
      for parameters in [64, 300, 1_300, 2_600, 20_000, 300_000] {
        let count = try GridShape.within(parameters, for: signal).cells.reduce(1, *)
        #expect(count >= last)
        last = count
      }
    }
  }

  @Test("A budget below the smallest network is refused and the least named")
  func least() throws {
    let picture = FittedSignal.image(width: 100, height: 80, channels: 3)
    // One sine layer of width 1: two weights and a bias, then a weight and a bias per channel.
    #expect(throws: FitError.fewParameters(8, least: 9)) {
      try GridShape.within(8, for: picture)
    }
    #expect(try GridShape.within(9, for: picture).parameterCount == 9)
    #expect(throws: FitError.fewParameters(500, least: 1_251)) {
      try GridShape.within(500, for: picture, hiddenWidth: 32, hiddenLayers: 1)
    }
    #expect(throws: FitError.fewParameters(50, least: 54)) {
      try GridShape.within(50, for: picture, cells: [2, 3])
    }
    let many = FittedSignal.image(width: 100, height: 80, channels: 64)
    #expect(throws: FitError.fewParameters(100, least: 131)) {
      try GridShape.within(100, for: many)
    }
    let huge = [1 << 40, 1 << 40]
    #expect(throws: FitError.fewParameters(100, least: .max)) {
      try GridShape.within(100, for: picture, cells: huge)
    }
  }

  @Test("Cells, a width and a depth that are asked for stay")
  func choices() throws {
    let picture = FittedSignal.image(width: 300, height: 200, channels: 3)
    let cells = try GridShape.within(2_000, for: picture, cells: [4, 6])
    #expect(cells.cells == [4, 6] && cells.parameterCount <= 2_000)
    #expect(cells.architecture.hiddenWidth == 6)
    let width = try GridShape.within(2_000, for: picture, hiddenWidth: 8)
    #expect(width.architecture.hiddenWidth == 8 && width.cells.reduce(1, *) > 4)
    let depth = try GridShape.within(2_000, for: picture, hiddenLayers: 3)
    #expect(depth.architecture.hiddenLayers == 3 && depth.parameterCount <= 2_000)
  }

  @Test("Cells of many samples learn, and so do narrow networks", arguments: [300, 1_300])
  func largeCells(parameters: Int) throws {
    let image = DifferenceGridTests.waves(240, 160)
    let signal = PictureSignal(image)
    var fit = try GridFit(signal, .within(parameters, for: FittedSignal(image)), seed: 1)
    _ = try fit.run(FitLimits(steps: 1_500))
    let found = FieldRenderer.image(of: fit.field, width: 240, height: 160)
    let quality = ImageQuality(of: found, comparedWith: image).psnr
    #expect(quality > signal.decibels(ofLoss: signal.variance) + 3, "\(quality)")
  }

  @Test("Without a budget the usual cells stay as they are")
  func usual() {
    let shapes = [
      (FittedSignal.image(width: 768, height: 512, channels: 3), [17, 26], Float(20)),
      (.audio(sampleRate: 44_100, frames: 308_207, channels: 1, peak: 1), [602], 120),
      (.video(width: 64, height: 48, channels: 3, frames: 16, rate: 25), [2, 2, 3], 16.161615),
    ]
    for (signal, cells, omega) in shapes {
      let shape = GridShape.standard(for: signal)
      #expect(shape.cells == cells && shape.architecture.omegaFirst == omega)
      #expect(shape.architecture.hiddenWidth == 32 && shape.architecture.hiddenLayers == 1)
    }
  }
}
