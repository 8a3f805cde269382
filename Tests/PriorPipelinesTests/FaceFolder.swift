import DatasetCatalog
import Foundation
import PriorPipelines
import SyntheticData
import TestSupport
import Training

/// A folder of drawn faces, and room for models beside it.
final class FaceFolder {
  let folder: TemporaryFolder
  let location: CollectionLocation

  init(_ count: Int, size: Int = 16) throws {
    folder = try TemporaryFolder()
    let path = folder.file("faces")
    location = CollectionLocation(directory: path)
    _ = try FaceSynthesizer(size: size, seed: 1).write(count: count, to: path, overwrite: false)
  }

  /// A catalog that was made by a pipeline before.
  func catalog() throws -> Catalog { try Catalog.open(directory: location.directory) }

  /// Settings for a model of tiny pictures, learned in a few updates.
  func settings(
    _ kind: TrainingPipelineSettings.Kind, steps: Int = 12, model: String = "model"
  ) -> TrainingPipelineSettings {
    var settings = TrainingPipelineSettings(
      kind, imageSize: 8, output: folder.file(model), program: "a test 1.0")
    settings.length = .steps(steps)
    settings.batchSize = 4
    settings.arguments = ["train", "--test"]
    return settings
  }

  func contents(_ model: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(model)))
  }

  /// Whether a file of the name exists.
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file(name)) }
}

/// Keeps what a pipeline reports.
final class EventLog {
  private(set) var events: [TrainingPipelineEvent] = []

  func add(_ event: TrainingPipelineEvent) { events.append(event) }

  /// The updates, in order.
  var trained: [TrainingEvent<TrainingUpdate, NetworkValidation>] {
    events.compactMap { if case .trained(let event) = $0 { event } else { nil } }
  }

  var notices: [TrainingNotice] {
    events.compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
  }

  /// One word per event; several of a kind in a row once.
  var outline: [String] {
    var words: [String] = []
    for event in events {
      let word =
        switch event {
        case .started(let phase): "\(phase) {"
        case .progressed(let phase, _, _): "\(phase)"
        case .finished(let phase): "} \(phase)"
        case .notice: "notice"
        case .resumed(let step): "resumed at \(step)"
        case .trained: "trained"
        }
      if words.last != word { words.append(word) }
    }
    return words
  }
}
