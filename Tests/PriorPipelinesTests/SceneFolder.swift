import DatasetCatalog
import Foundation
import PriorPipelines
import Signals
import SyntheticData
import TestSupport

/// A folder of drawn scenes of several sizes, and room for models beside it.
final class SceneFolder {
  let folder: TemporaryFolder
  let location: CollectionLocation

  init(_ count: Int, sizes: [Int] = [64, 80, 72]) throws {
    folder = try TemporaryFolder()
    let path = try folder.makeFolder("scenes")
    location = CollectionLocation(directory: path)
    for index in 0..<count {
      let size = sizes[index % sizes.count]
      try ImageFile.writePNG(
        SceneSynthesizer(size: size, seed: 1).image(at: index),
        to: "\(path)/\(SceneSynthesizer.fileName(at: index))", overwrite: false)
    }
  }

  /// Settings for a grid prior of windows of 16x16, trained by a few updates.
  func settings(steps: Int = 4, model: String = "model") -> TrainingPipelineSettings {
    var settings = TrainingPipelineSettings(
      .grid, imageSize: 16, output: folder.file(model), program: "a test 1.0")
    settings.length = .steps(steps)
    settings.windowSize = 16
    settings.batchSize = 2
    settings.arguments = ["train", "--test"]
    return settings
  }

  func contents(_ model: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(model)))
  }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file(name)) }
}
