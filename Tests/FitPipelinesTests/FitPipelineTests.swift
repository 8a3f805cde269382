import Fields
import Files
import FitPipelines
import Fitting
import Foundation
import Signals
import TestSupport
import Testing
import Training

@Suite("The way of a fit") struct FitPipelineTests {
  private static func folder() throws -> TemporaryFolder { try TemporaryFolder() }

  /// A picture of waves as a file.
  private func picture(_ folder: TemporaryFolder, width: Int, height: Int) throws -> String {
    var image = Image(width: width, height: height, channels: 1)
    for row in 0..<height {
      for column in 0..<width {
        image[row, column, 0] = Float(
          0.5 + 0.4 * sin(0.4 * Double(column)) * cos(0.3 * Double(row)))
      }
    }
    let path = folder.file("waves-\(width)x\(height).png")
    try ImageFile.writePNG(image, to: path, overwrite: true)
    return path
  }

  private func settings(_ folder: TemporaryFolder, steps: Int) -> FitPipelineSettings {
    var settings = FitPipelineSettings(output: folder.file("model"), program: "test 1")
    settings.limits = FitLimits(steps: steps)
    settings.choices.width = 16
    return settings
  }

  private func plan(_ settings: FitPipelineSettings, _ source: FitSource) throws -> FieldPlan {
    var plans: [FieldPlan] = []
    try FitPipeline(settings).run(
      on: source,
      report: {
        if case .planned(let plan) = $0 { plans.append(plan) }
      })
    return try #require(plans.first)
  }

  @Test("The size of the signal, the options and the recipe decide which field is fitted")
  func plans() throws {
    let folder = try Self.folder()
    let large = try FitSource(try picture(folder, width: 90, height: 70))
    let small = try FitSource(try picture(folder, width: 20, height: 24))
    var own = settings(folder, steps: 1)
    own.overwrites = true
    #expect(try plan(own, small).reason == .small)
    let usual = try plan(own, large)
    #expect(usual.reason == .large)
    #expect(
      usual.summary(of: large.description)
        == "a grid of 2x3 networks of width 16, 2022 parameters: the picture is large")
    #expect(try FieldFile.read(own.output).grid?.grid.axes.map(\.cells) == [2, 3])
    own.cells = [1, 1]
    #expect(try plan(own, large).reason == .asked)
    #expect(try FieldFile.read(own.output).siren != nil)
    own.cells = [4, 5]
    own.overlap = 2
    #expect(try plan(own, large).reason == .asked)
    let grid = try #require(try FieldFile.read(own.output).grid?.grid)
    #expect(grid.axes.map(\.cells) == [4, 5] && grid.axes.map(\.overlap) == [2, 2])
    own.initial = own.output
    own.output = folder.file("second")
    #expect(try plan(own, large).reason == .start)
    own.cells = [1, 1]
    #expect(throws: FitPipelineError.startIsGrid(path: folder.file("model"))) {
      try plan(own, large)
    }
    own.cells = [3]
    own.initial = nil
    #expect(throws: FitPipelineError.self) { try plan(own, large) }
    own.cells = nil
    own.overlap = nil
    own.choices.optimizer = .muon
    #expect(try plan(own, large).reason == .optimizer)
    own.choices.optimizer = nil
    own.recipe = .notebook
    #expect(try plan(own, large).reason == .recipe)
  }

  @Test("Options that the field would not use are refused")
  func unused() throws {
    let folder = try Self.folder()
    let large = try FitSource(try picture(folder, width: 90, height: 70))
    let small = try FitSource(try picture(folder, width: 20, height: 24))
    let clip = try FitSource(try ClipTests.clip(folder, frames: 2))
    var own = settings(folder, steps: 1)
    try FitPipeline(own).run(on: large)
    let grid = own.output
    own.output = folder.file("second")

    own.overlap = 2
    #expect(throws: FitPipelineError.overlapOfOneNetwork) { try plan(own, small) }
    own.cells = [1, 1]
    #expect(throws: FitPipelineError.overlapOfOneNetwork) { try plan(own, large) }
    own.recipe = .notebook
    #expect(throws: FitPipelineError.noGrid) { try plan(own, large) }
    own.recipe = .standard
    own.cells = nil
    own.choices.optimizer = .sgd
    #expect(throws: FitPipelineError.overlapOfOneNetwork) { try plan(own, large) }

    own.overlap = nil
    let refused = { FitPipelineError.optimizerOfGrid(.sgd, reason: $0) }
    #expect(throws: refused("a clip is fitted with a grid")) { try plan(own, clip) }
    own.cells = [2, 3]
    #expect(throws: refused("--cells asks for a grid")) { try plan(own, large) }
    own.cells = nil
    own.initial = grid
    #expect(throws: refused("'\(grid)' is a grid")) { try plan(own, large) }
    own.choices.optimizer = .adam
    #expect(try plan(own, large).reason == .start)

    #expect(throws: FitPipelineError.noPages(path: clip.path, noun: "clip")) {
      try FitSource(clip.path, page: 2)
    }
    let tone = try sound(folder)
    #expect(throws: FitPipelineError.noPages(path: tone, noun: "sound")) {
      try FitSource(tone, page: 2)
    }
  }

  @Test("Options that a fit to differences would not use are refused")
  func unusedOfDifferences() throws {
    for (width, cells, optimizer, overlap, expected) in [
      (20, nil, nil, 2, .overlapOfOneNetwork), (90, [1, 1], nil, 2, .overlapOfOneNetwork),
      (90, nil, .sgd, 2, .overlapOfOneNetwork),
      (90, [2, 2], .sgd, nil, .optimizerOfGrid(.sgd, reason: "--cells asks for a grid")),
      (20, nil, nil, nil, nil), (90, [1, 1], nil, nil, nil), (90, nil, .sgd, nil, nil),
      (90, nil, nil, 2, nil), (90, [2, 2], .adam, 2, nil),
    ] as [(Int, [Int]?, FitOptimizer?, Double?, FitPipelineError?)] {
      let image = Image.pattern(width: width, height: 70, channels: 1)
      let problem = PoissonProblem(image, from: .gradient, .standard)
      let signal = FittedSignal(image)
      var choices = FieldChoices()
      choices.optimizer = optimizer
      let make = {
        try DifferenceFit(
          signal, problem.objective, differences: problem.gridDifferences,
          network: .differences(for: signal), recipe: .differences, cells: cells, overlap: overlap,
          choices: choices, seed: 1)
      }
      if let expected {
        #expect(throws: expected) { try make() }
      } else {
        // One network where it is asked for, where the picture is small, and with another optimizer.
        let isGrid = if case .grid = try make().plan.kind { true } else { false }
        #expect(isGrid == (cells == [2, 2] || width == 90 && cells == nil && optimizer == nil))
      }
    }
  }

  @Test("A budget of parameters holds for every kind of field, and contradictions are refused")
  func budgets() throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 90, height: 70))
    var own = settings(folder, steps: 1)
    own.overwrites = true
    own.choices = FieldChoices()
    own.parameters = 500
    let small = try plan(own, source)
    #expect(small.parameterCount <= 500 && small.reason == .asked)
    own.cells = [2, 3]
    let cells = try plan(own, source)
    #expect(cells.parameterCount <= 500 && cells.parameterCount > 300)
    own.cells = [1, 1]
    let one = try plan(own, source)
    guard case .network = one.kind else {
      Issue.record("no network")
      return
    }
    #expect(one.parameterCount <= 500 && one.parameterCount > 400)
    own.choices.depth = 5
    #expect(try plan(own, source).parameterCount <= 500)
    own.choices.width = 16
    // Two inputs, six sine layers of 16 and one value.
    let least = 48 + 5 * 272 + 17
    #expect(throws: FitPipelineError.fewParameters(500, least: least)) { try plan(own, source) }
    own.cells = nil
    #expect(throws: FitPipelineError.fewParameters(500, least: least)) { try plan(own, source) }
    own.recipe = .notebook
    #expect(throws: FitPipelineError.recipeHasNetwork) { try plan(own, source) }
    own.parameters = nil
    own.cells = [2, 2]
    #expect(throws: FitPipelineError.recipeHasNetwork) { try plan(own, source) }
    own.recipe = .standard
    for cells in [[71, 2], [2, 91], [0, 1], [65_536, 65_536]] {
      own.cells = cells
      #expect(throws: FitPipelineError.manyCells(cells, most: [70, 90])) { try plan(own, source) }
    }
  }

  private func sound(_ folder: TemporaryFolder) throws -> String {
    let path = folder.file("tone.wav")
    try AudioFile.writeWAV(
      AudioSignal(
        sampleRate: 1_000, channels: 2,
        samples: (0..<3_000).map { 0.5 * Float(sin(Double($0) * 0.05)) }),
      to: path, overwrite: true)
    return path
  }

  @Test("A silent sound is refused as such, whatever would be fitted to it")
  func silence() throws {
    let folder = try Self.folder()
    let path = folder.file("silent.wav")
    // Long enough for a grid.
    try AudioFile.writeWAV(
      AudioSignal(
        sampleRate: 1_000, channels: 1, samples: [Float](repeating: 0, count: 4_000)),
      to: path, overwrite: false)
    #expect(throws: FitError.silence) { try FitSource(path) }
  }

  /// What is fitted, and how.
  enum Kind: CaseIterable {
    case grid, network, muon, sgd, sound
  }

  @Test(
    "An interrupted and resumed fit writes the same file as a whole one",
    arguments: Kind.allCases)
  func resumed(kind: Kind) throws {
    let folder = try Self.folder()
    let source = try FitSource(
      kind == .sound ? try sound(folder) : try picture(folder, width: 90, height: 70))
    var whole = settings(folder, steps: 60)
    if kind != .grid { whole.cells = kind == .sound ? [1] : [1, 1] }
    if kind == .muon { whole.choices.optimizer = .muon }
    if kind == .sgd { whole.choices.optimizer = .sgd }
    whole.choices.batch = 500
    var parts = whole
    whole.output = folder.file("whole")
    try FitPipeline(whole).run(on: source)

    var updates = 0
    let first = try FitPipeline(parts).run(
      on: source, shouldStop: { updates >= 20 },
      report: {
        if case .progress(let progress, _) = $0 { updates = progress.step }
      })
    #expect(first.record.ending == .stopped && updates < 60)
    #expect(FileManager.default.fileExists(atPath: parts.checkpoint))
    #expect(throws: FitPipelineError.interruptedFitExists(checkpoint: parts.checkpoint)) {
      try FitPipeline(parts).checkOutputs()
    }
    parts.resumes = true
    try FitPipeline(parts).checkOutputs()
    var other = parts
    other.seed = 2
    #expect(throws: (any Error).self) { try FitPipeline(other).run(on: source) }
    var begun: Int?
    let second = try FitPipeline(parts).run(
      on: source,
      report: {
        if case .resumed(let step) = $0 { begun = step }
      })
    #expect(begun == updates && second.record.steps == 60)
    #expect(!FileManager.default.fileExists(atPath: parts.checkpoint))
    #expect(
      try Data(contentsOf: URL(filePath: parts.output))
        == Data(contentsOf: URL(filePath: whole.output)))
  }

  @Test("A fit is continued with its number of updates and its goal, and with any time")
  func otherLength() throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 90, height: 70))
    let goal = FitGoal(decibels: 90) { _ in 0 }
    var own = settings(folder, steps: 60)
    let resume = { (limits: FitLimits) in
      var own = own
      own.limits = limits
      own.resumes = true
      try FitPipeline(own).run(on: source, shouldStop: { true })
    }
    try FitPipeline(own).run(on: source, shouldStop: { true })
    for limits in [
      FitLimits(steps: 61), FitLimits(seconds: 60), FitLimits(steps: 60, goal: goal),
    ] {
      #expect(throws: TrainingError.self) { try resume(limits) }
    }
    try resume(FitLimits(steps: 60, seconds: 7))
    try FileManager.default.removeItem(atPath: own.checkpoint)

    own.limits = FitLimits(seconds: 60, goal: goal)
    own.overwrites = true
    try FitPipeline(own).run(on: source, shouldStop: { true })
    #expect(throws: TrainingError.self) {
      try resume(FitLimits(seconds: 60, goal: FitGoal(decibels: 91) { _ in 0 }))
    }
    #expect(throws: TrainingError.self) { try resume(FitLimits(seconds: 60)) }
    try resume(FitLimits(seconds: 90, goal: goal))
  }

  @Test("A fit interrupted before its first update is resumed", arguments: [false, true])
  func resumedFromTheStart(isNetwork: Bool) throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 90, height: 70))
    var whole = settings(folder, steps: 20)
    if isNetwork { whole.cells = [1, 1] }
    whole.report = folder.file("whole.html")
    var parts = whole
    whole.output = folder.file("whole")
    parts.report = folder.file("parts.html")
    try FitPipeline(whole).run(on: source)
    let first = try FitPipeline(parts).run(on: source, shouldStop: { true })
    #expect(first.record.ending == .stopped && first.record.steps == 0)
    #expect(try folder.names().contains("parts.html"))
    parts.resumes = true
    try FitPipeline(parts).checkOutputs()
    var begun: Int?
    let second = try FitPipeline(parts).run(
      on: source,
      report: {
        if case .resumed(let step) = $0 { begun = step }
      })
    #expect(begun == 0 && second.record.steps == 20)
    #expect(!FileManager.default.fileExists(atPath: parts.checkpoint))
    #expect(
      try Data(contentsOf: URL(filePath: parts.output))
        == Data(contentsOf: URL(filePath: whole.output)))
  }

  @Test("A folder with the name of the checkpoint is refused, and kept in any case")
  func checkpointIsFolder() throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 20, height: 24))
    var own = settings(folder, steps: 2)
    own.overwrites = true
    try folder.makeFolder("model.checkpoint")
    let kept = try folder.write("kept", to: "model.checkpoint/kept.txt")
    let refused = FitPipelineError.checkpointIsNoFile(checkpoint: own.checkpoint)
    #expect(throws: refused) { try FitPipeline(own).checkOutputs() }
    own.resumes = true
    #expect(throws: refused) { try FitPipeline(own).checkOutputs() }
    own.resumes = false
    let whole = try FitPipeline(own).run(on: source)
    #expect(whole.record.ending == .completed && !whole.record.isSaved)
    #expect(FileManager.default.fileExists(atPath: kept))
    #expect(try folder.names().contains("model"))
  }

  @Test("A stopped fit says whether its state was saved, and does not say that it continues")
  func stoppedUnsaved() throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 20, height: 24))
    for isFolder in [false, true] {
      var own = settings(folder, steps: 2)
      own.output = folder.file("model-\(isFolder)")
      if isFolder { try folder.makeFolder("model-true.checkpoint") }
      var continues: [Bool] = []
      let result = try FitPipeline(own).run(
        on: source, shouldStop: { true },
        report: {
          if case .notSaved(_, let isContinued) = $0 { continues.append(isContinued) }
        })
      #expect(result.record.ending == .stopped && result.record.isSaved == !isFolder)
      #expect(continues == (isFolder ? [false] : []))
    }
  }

  @Test(
    "A resumed fit of one network keeps its restarts and its smaller learning rate")
  func restarts() throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 90, height: 70))
    // Far too large a rate, so that the fit diverges before and after the interruption.
    var whole = settings(folder, steps: 400)
    whole.cells = [1, 1]
    whole.choices.learningRate = 2
    whole.choices.batch = 300
    var parts = whole
    whole.output = folder.file("whole")
    let expected = try FitPipeline(whole).run(on: source)
    #expect(expected.record.restarts > 0)
    var updates = 0
    let first = try FitPipeline(parts).run(
      on: source, shouldStop: { updates >= 230 },
      report: {
        if case .progress(let progress, _) = $0 { updates = progress.step }
      })
    #expect(first.record.restarts > 0)
    parts.resumes = true
    try FitPipeline(parts).run(on: source)
    #expect(
      try Data(contentsOf: URL(filePath: parts.output))
        == Data(contentsOf: URL(filePath: whole.output)))
  }

  @Test(
    "Numbers of a network's checkpoint that describe no fit are refused",
    arguments: [
      ("restarts", 7), ("restarts", 0.5), ("learning_rate", 0), ("learning_rate", .nan),
      ("observations", -1), ("smoothed", .infinity), ("optimizer_step", 1e300),
      ("last_good.optimizer_step", -1),
    ])
  func impossible(name: String, value: Double) throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 90, height: 70))
    var own = settings(folder, steps: 30)
    own.cells = [1, 1]
    var updates = 0
    try FitPipeline(own).run(
      on: source, shouldStop: { updates >= 5 },
      report: {
        if case .progress(let progress, _) = $0 { updates = progress.step }
      })
    var archive = try SafetensorsArchive(
      data: try Data(contentsOf: URL(filePath: own.checkpoint)), path: own.checkpoint)
    #expect(archive.metadata[name] != nil)
    archive.metadata[name] = String(value.bitPattern)
    try archive.encoded().write(to: URL(filePath: own.checkpoint))
    own.resumes = true
    #expect(throws: TrainingError.self) { try FitPipeline(own).run(on: source) }
  }

  @Test("A damaged checkpoint is refused", arguments: ["step", "moments", "kind"], [false, true])
  func damaged(what: String, isNetwork: Bool) throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 90, height: 70))
    var own = settings(folder, steps: 30)
    if isNetwork { own.cells = [1, 1] }
    var updates = 0
    try FitPipeline(own).run(
      on: source, shouldStop: { updates >= 5 },
      report: {
        if case .progress(let progress, _) = $0 { updates = progress.step }
      })
    var archive = try SafetensorsArchive(
      data: try Data(contentsOf: URL(filePath: own.checkpoint)), path: own.checkpoint)
    switch what {
    case "step": archive.metadata["step"] = "9223372036854775807"
    case "kind": archive.metadata["kind"] = "another"
    default:
      archive = SafetensorsArchive(
        metadata: archive.metadata,
        arrays: archive.arrays.map {
          .init(name: $0.name, shape: $0.shape, values: $0.values.map { -abs($0) - 1 })
        })
    }
    try archive.encoded().write(to: URL(filePath: own.checkpoint))
    own.resumes = true
    #expect(throws: (any Error).self) { try FitPipeline(own).run(on: source) }
  }

  @Test("Reports come as often as requested, each with the loss before its update")
  func reports() throws {
    let folder = try Self.folder()
    let source = try FitSource(try picture(folder, width: 90, height: 70))
    var own = settings(folder, steps: 12)
    own.limits.updatesPerReport = 1
    var steps: [Int] = []
    var losses: [Double] = []
    try FitPipeline(own).run(
      on: source,
      report: {
        guard case .progress(let progress, _) = $0 else { return }
        steps.append(progress.step)
        losses.append(progress.update.loss)
      })
    #expect(steps == Array(1...12))
    #expect(losses[0] > losses[11])
  }
}
