import DatasetCatalog
import Files
import Foundation
import Numerics
import PriorPipelines
import TestSupport
import Testing
import Training

/// Saves that fail, as on a full disk.
@Suite("Failing saves of a training", .serialized) struct TrainingStorageTests {
  private struct Full: Error, CustomStringConvertible {
    var description: String { "no space is left" }
  }

  private static let kinds = [TrainingPipelineTests.residual, TrainingPipelineTests.network]

  @Test(
    "A checkpoint that cannot be written is reported, and the next one is tried",
    arguments: kinds)
  func checkpoints(kind: TrainingPipelineSettings.Kind) throws {
    let faces = try FaceFolder(kind == TrainingPipelineTests.residual ? 200 : 60)
    let whole = try TrainingPipeline(faces.settings(kind, model: "whole")).run(on: faces.location)

    let attempts = Guarded(0)
    var storage = TrainingStorage.system
    storage.checkpointInterval = 0
    storage.writeCheckpoint = { checkpoint, path in
      let attempt = attempts.withLock {
        $0 += 1
        return $0
      }
      if attempt == 2 || attempt == 3 { throw Full() }
      try checkpoint.write(to: path)
    }
    let log = EventLog()
    var kept: [Data] = []
    let report = { (event: TrainingPipelineEvent) in
      log.add(event)
      // The files after every update except the last, which the model follows at once.
      if case .trained(let event) = event, event.step > 1, event.step <= 5,
        let checkpoint = try? faces.contents("model.checkpoint")
      {
        kept.append(checkpoint)
      }
    }
    let result = try TrainingPipeline(faces.settings(kind), storage: storage).run(
      on: faces.location, report: report)
    #expect(result.steps == whole.steps)
    #expect(try faces.contents("model") == faces.contents("whole"))
    let notice = TrainingNotice.checkpointNotWritten(
      path: faces.folder.file("model.checkpoint"), reason: "no space is left")
    #expect(log.notices.filter(\.isWarning) == [notice, notice])
    // Saved after updates 1 and 4; not after 2 and 3.
    try #require(kept.count == 4)
    #expect(kept[0] == kept[1] && kept[1] == kept[2] && kept[2] != kept[3])
    #expect(attempts.withLock { $0 } >= 5)
  }

  @Test("An interrupted run that cannot be saved reports the reason")
  func interrupted() throws {
    let faces = try FaceFolder(60)
    var storage = TrainingStorage.system
    storage.writeCheckpoint = { _, _ in throw Full() }
    let log = EventLog()
    #expect(throws: Full.self) {
      try TrainingPipeline(
        faces.settings(TrainingPipelineTests.network), storage: storage
      ).run(
        on: faces.location, shouldStop: { log.trained.last?.step == 2 }, report: log.add)
    }
    #expect(!faces.has("model") && !faces.has("model.checkpoint"))
  }

  @Test("A full catalog at the end loses the record but not the model", arguments: kinds)
  func records(kind: TrainingPipelineSettings.Kind) throws {
    let faces = try FaceFolder(kind == TrainingPipelineTests.residual ? 200 : 60)
    var storage = TrainingStorage.system
    storage.finishRun = { catalog, _, _ in throw CatalogError.diskFull(path: catalog.path) }
    let log = EventLog()
    let result = try TrainingPipeline(faces.settings(kind), storage: storage).run(
      on: faces.location, report: log.add)
    let prior = try ImagePriorFile.read(result.output)
    #expect(prior.imageSize == 8)
    #expect(!faces.has("model.checkpoint"))
    let catalog = try faces.catalog()
    #expect(
      log.notices.last
        == .runNotRecorded(reason: "\(CatalogError.diskFull(path: catalog.path))"))
    #expect(log.notices.last?.isWarning == true)
    let run = try #require(try catalog.runs().first)
    #expect(run.finished == nil && run.result == nil)
  }
}
