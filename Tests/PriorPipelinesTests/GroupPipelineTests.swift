import Foundation
import ImagePriors
import Numerics
import PriorPipelines
import PriorTestSupport
import Signals
import TestSupport
import Testing

/// Pipelines whose work several members share: their files are those of one.
@Suite("Pipelines in a group", .serialized) struct GroupPipelineTests {
  private static let kinds: [TrainingPipelineSettings.Kind] = [
    .subspace(.picture, .never), .subspace(.picture, .required), .subspace(.window, .never),
    .hypernetwork(.attention, .modulated, isConditioned: nil),
  ]

  @Test("Priors of faces from one to four members", arguments: kinds)
  func faces(kind: TrainingPipelineSettings.Kind) throws {
    let faces = try FaceFolder(140)
    let settings = { (members: Int) in faces.settings(kind, steps: 5, model: "model\(members)") }
    let alone = settings(1)
    _ = try TrainingPipeline(alone).run(on: faces.location)
    let expected = try faces.contents("model1")
    for members in 2...4 {
      let (own, location) = (settings(members), faces.location)
      let counts = try LoopbackGroup.run(members) { () -> Int in
        var events = 0
        let result = try TrainingPipeline(own).run(on: location, report: { _ in events += 1 })
        return result.pictures
      }
      #expect(Set(counts).count == 1)
      #expect(try faces.contents("model\(members)") == expected, "\(members) members")
    }
    // The first member alone records a run.
    #expect(try faces.catalog().runs(limit: 10).count == 4)
  }

  @Test("A grid prior from one to four members, and continued by others")
  func scenes() throws {
    let scenes = try SceneFolder(8)
    _ = try TrainingPipeline(scenes.settings(steps: 6, model: "model1")).run(on: scenes.location)
    let expected = try scenes.contents("model1")
    for members in 2...4 {
      var own = scenes.settings(steps: 6, model: "model\(members)")
      let location = scenes.location
      let stopped = LoopbackGroup.outcomes(members) { [own] in
        var steps = 0
        _ = try TrainingPipeline(own).run(
          on: location, shouldStop: { steps >= 2 },
          report: { if case .trained(let event) = $0 { steps = event.step } })
      }
      #expect(
        stopped.allSatisfy {
          if case .failure(let error) = $0 {
            error as? TrainingPipelineError
              == .interruptedTraining(step: 2, checkpoint: own.checkpointPath)
          } else {
            false
          }
        })
      #expect(scenes.has("model\(members).checkpoint"))
      own.resumes = true
      _ = try LoopbackGroup.run(5 - members) { [own] in
        try TrainingPipeline(own).run(on: location).steps
      }
      #expect(try scenes.contents("model\(members)") == expected, "\(members) members")
    }
  }

  @Test("A member that sees other pictures is refused")
  func otherPictures() throws {
    let faces = try FaceFolder(20)
    let others = try FaceFolder(21)
    let (first, second) = (faces.location, others.location)
    _ = try TrainingPipeline(others.settings(.subspace(.picture, .never))).run(on: second)
    let settings = faces.settings(.subspace(.picture, .never))
    let outcomes = LoopbackGroup.outcomes(2) {
      try TrainingPipeline(settings).run(on: WorkGroup.current.isFirst ? first : second).pictures
    }
    for outcome in outcomes {
      guard case .failure(let error) = outcome else {
        Issue.record("a member went on")
        continue
      }
      #expect("\(error)".contains("of rank 1 is 21 pictures"), "\(error)")
    }
    #expect(!faces.has("model"))
  }

  @Test("The pictures of a folder, restored by one to four members")
  func folder() throws {
    let folder = try TemporaryFolder()
    let scans = try folder.makeFolder("scans")
    for number in 0..<9 {
      try ImageFile.writePNG(
        .pattern(width: 12 + number, height: 10, channels: 3), to: "\(scans)/\(number).png",
        overwrite: false)
    }
    // Its beginning alone, which is damage.
    let whole = try Data(contentsOf: URL(fileURLWithPath: "\(scans)/0.png"))
    try whole.prefix(60).write(to: URL(fileURLWithPath: "\(scans)/9.png"))
    var settings = FolderInpainting.Settings()
    settings.observed = .keep(try SampleFraction(parsing: "40"))
    var contents: [[Data]] = []
    for members in 1...4 {
      let out = folder.file("out\(members)")
      let lines = Guarded<[String]>([])
      let summaries = try LoopbackGroup.run(members) { [settings] in
        let prior = try LearnedPrior.prior.get()
        let work = try FolderInpainting(of: scans, to: out)
        return try work.run(
          { _ in PictureInpainter(prior, model: "m", InpaintingSettings()) }, settings,
          progress: { _, _, _ in },
          report: { job, outcome -> String in
            if case .restored = outcome { return "\(job) restored" }
            return "\(job) failed"
          }, show: { _, line in lines.withLock { $0.append(line) } })
      }
      #expect(lines.withLock { $0 } == (0..<9).map { "\($0) restored" } + ["9 failed"])
      for summary in summaries {
        #expect(summary.restored == 9 && summary.failed == 1 && !summary.isCancelled)
      }
      contents.append(
        try (0..<9).map { try Data(contentsOf: URL(fileURLWithPath: "\(out)/\($0).png")) })
    }
    #expect(contents.dropFirst().allSatisfy { $0 == contents[0] })
  }

  @Test("A table of an evaluation from one to four members")
  func evaluation() throws {
    let faces = try FaceFolder(60)
    let prior = try TrainingPipeline(faces.settings(.subspace(.picture, .never)))
      .run(on: faces.location).prior
    let location = faces.location
    let rows = { @Sendable () -> [String] in
      let evaluation = try EvaluationPipeline(prior, model: "m", on: location, seed: 1)
      let pictures = try evaluation.pictures(of: .train, limit: 6)
      let table = try evaluation.compare(pictures, contextSizes: [10], withBaselines: true)
      let study = try evaluation.compareMeasuring(pictures, contextSizes: [10])
      return table.rows.map { "\($0.method) \($0.mse) \($0.calibration?.coverage90 ?? -1)" }
        + study.rows.map { "\($0.mseProposed)" }
    }
    let alone = try rows()
    #expect(alone.count > 5)
    for members in 2...4 {
      for found in try LoopbackGroup.run(members, rows) { #expect(found == alone) }
    }
  }
}
