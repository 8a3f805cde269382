import Fields
import FitPipelines
import Fitting
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

/// Fits of grids whose cells several members share: their files are those of one.
@Suite("Fits in a group") struct GroupFitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try ImageFile.writePNG(
      .pattern(width: 70, height: 125, channels: 3), to: folder.file("photo.png"), overwrite: false)
  }

  private func settings(
    _ model: String, steps: Int = 12, cells: [Int]? = nil
  ) -> FitPipelineSettings {
    var settings = FitPipelineSettings(output: folder.file(model), program: "a test 1.0")
    settings.limits = FitLimits(steps: steps)
    settings.cells = cells
    return settings
  }

  private static func fit(
    _ settings: FitPipelineSettings, _ path: String, stoppingAt last: Int = .max
  ) throws -> FitPipelineResult {
    let pipeline = FitPipeline(settings)
    let source = try FitSource(path, dividedBy: { try pipeline.division(of: $0) })
    var step = 0
    return try pipeline.run(on: source, shouldStop: { step >= last }) { event in
      if case .progress(let progress, _) = event { step = progress.step }
    }
  }

  private func contents(_ model: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(model)))
  }

  @Test("One to four members write one file, and measure the same quality")
  func members() throws {
    let path = folder.file("photo.png")
    let alone = try Self.fit(settings("model1"), path)
    let expected = try contents("model1")
    for members in 2...4 {
      let own = settings("model\(members)")
      let results = try LoopbackGroup.run(members) { try Self.fit(own, path) }
      #expect(try contents("model\(members)") == expected, "\(members) members")
      for result in results {
        #expect(abs(result.quality.mse / alone.quality.mse - 1) < 1e-9)
        #expect(abs((result.quality.similarity ?? 0) - (alone.quality.similarity ?? 1)) < 1e-9)
        #expect(result.record.steps == 12)
        #expect(result.isNoBetterThanConstant == alone.isNoBetterThanConstant)
      }
    }
  }

  @Test("Each member holds about its share of the picture's rows")
  func held() throws {
    let path = folder.file("photo.png")
    let own = settings("model")
    let rows = try LoopbackGroup.run(4) { () -> [Int] in
      let source = try FitSource(path, dividedBy: { try FitPipeline(own).division(of: $0) })
      return source.heldRows.map { [$0.lowerBound, $0.upperBound] } ?? []
    }
    #expect(rows.allSatisfy { $0.count == 2 })
    #expect(rows[0][0] == 0 && rows[3][1] == 125)
    #expect(rows.allSatisfy { $0[1] - $0[0] <= 125 / 4 + 10 }, "\(rows)")
    #expect(try FitSource(path).heldRows == nil)
  }

  @Test("A fit is continued by another number of members")
  func resumed() throws {
    let path = folder.file("photo.png")
    _ = try Self.fit(settings("whole", steps: 40), path)
    let first = settings("part", steps: 40)
    let stopped = try LoopbackGroup.run(3) { try Self.fit(first, path, stoppingAt: 10) }
    #expect(stopped.allSatisfy { $0.record.ending == .stopped })
    var second = first
    second.resumes = true
    let again = try LoopbackGroup.run(2) { [second] in
      try Self.fit(second, path, stoppingAt: 20)
    }
    #expect(again.allSatisfy { $0.record.ending == .stopped && $0.record.steps < 40 })
    let last = try Self.fit(second, path)
    #expect(last.record.steps == 40)
    #expect(try contents("part") == contents("whole"))
    #expect(!FileManager.default.fileExists(atPath: second.checkpoint))
  }

  @Test("A round that is stopped between its cells is continued by another number of members")
  func resumedWithinRound() throws {
    let path = folder.file("photo.png")
    let cells = [16, 10]
    _ = try Self.fit(settings("whole", steps: 12, cells: cells), path)
    var own = settings("part", steps: 12, cells: cells)
    for (part, members) in [3, 2, 1, 2].enumerated() {
      own.resumes = part > 0
      // The first question comes before the round, the second one after the first 16 cells of a member.
      let results = try LoopbackGroup.run(members) { [own] in
        try Parallel.withThreadCount(1) {
          let pipeline = FitPipeline(own)
          let source = try FitSource(path, dividedBy: { try pipeline.division(of: $0) })
          var questions = 0
          return try pipeline.run(
            on: source,
            shouldStop: {
              questions += 1
              return questions > 1
            })
        }
      }
      #expect(results.allSatisfy { $0.record.ending == .stopped && $0.record.steps == 0 })
      #expect(results.allSatisfy { $0.quality.mse.isFinite })
    }
    own.resumes = true
    let last = try LoopbackGroup.run(4) { [own] in try Self.fit(own, path) }
    #expect(last.allSatisfy { $0.record.steps == 12 && $0.record.ending == .completed })
    #expect(try contents("part") == contents("whole"))
  }

  @Test("A picture of many strips has the quality that is measured at once")
  func strips() throws {
    let path = folder.file("large.png")
    try ImageFile.writePNG(
      .pattern(width: 1_500, height: 1_601, channels: 1), to: path, overwrite: false)
    let own = settings("strips", steps: 2, cells: [20, 20])
    let alone = try Self.fit(own, path)
    let shared = settings("shared", steps: 2, cells: [20, 20])
    let results = try LoopbackGroup.run(2) { try Self.fit(shared, path) }
    #expect(try contents("shared") == contents("strips"))
    for result in results {
      #expect(abs(result.quality.mse / alone.quality.mse - 1) < 1e-9)
      #expect(abs((result.quality.similarity ?? 0) - (alone.quality.similarity ?? 1)) < 1e-9)
    }
  }

  @Test("More members than rows of cells, and a model to start from")
  func fewRows() throws {
    let path = folder.file("photo.png")
    _ = try Self.fit(settings("first", cells: [2, 3]), path)
    var alone = settings("second", cells: nil)
    alone.initial = folder.file("first")
    _ = try Self.fit(alone, path)
    var shared = settings("third", cells: nil)
    shared.initial = folder.file("first")
    _ = try LoopbackGroup.run(4) { [shared] in try Self.fit(shared, path) }
    #expect(try contents("third") == contents("second"))
  }

  @Test("A model with windows of sine squared to start from")
  func windows() throws {
    let path = folder.file("photo.png")
    // Over 125 rows and 70 columns, each sample in one or two windows along an axis.
    let rows = try #require(CellAxis(samples: 125, starts: [0, 24, 48, 72, 96], size: 32))
    let columns = try #require(CellAxis(samples: 70, starts: [0, 24, 48], size: 32))
    let field = SirenGrid(
      CellGrid([rows, columns]), SirenArchitecture(hiddenWidth: 8, hiddenLayers: 1, outputs: 3),
      seed: 3)
    try FieldFile.write(field, to: folder.file("windows"), overwrite: false)
    var alone = settings("alone")
    alone.initial = folder.file("windows")
    _ = try Self.fit(alone, path)
    var shared = settings("shared")
    shared.initial = folder.file("windows")
    _ = try LoopbackGroup.run(2) { [shared] in try Self.fit(shared, path) }
    #expect(try contents("shared") == contents("alone"))
    #expect(try contents("shared") != contents("windows"))
  }

  @Test("A quality as the goal, and a sound")
  func others() throws {
    let path = folder.file("photo.png")
    let reach = { @Sendable (model: String) -> FitPipelineResult in
      var own = settings(model)
      let pipeline = { FitPipeline($0) }
      let source = try FitSource(
        path, dividedBy: { [own] in try pipeline(own).division(of: $0) })
      own.limits = FitLimits(
        steps: 400, goal: FitGoal(decibels: 9) { source.quality(of: $0).decibels })
      return try pipeline(own).run(on: source)
    }
    let alone = try reach("goal1")
    #expect(alone.record.ending == .reached)
    let shared = try LoopbackGroup.run(3) { try reach("goal3") }
    #expect(shared.allSatisfy { $0.record.steps == alone.record.steps })
    #expect(try contents("goal3") == contents("goal1"))

    let sound = folder.file("tone.wav")
    let samples = (0..<4_000).map { Float(sin(Double($0) * 0.05)) }
    try AudioFile.writeWAV(
      AudioSignal(sampleRate: 8_000, channels: 1, samples: samples), to: sound, overwrite: false)
    let first = try Self.fit(settings("sound1"), sound)
    let own = settings("sound2")
    let both = try LoopbackGroup.run(2) { try Self.fit(own, sound) }
    #expect(both.allSatisfy { $0.quality == first.quality })
    #expect(try contents("sound1") == contents("sound2"))
  }
}
