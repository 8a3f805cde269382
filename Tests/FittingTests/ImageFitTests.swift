import DifferentiableCore
import Fields
import Fitting
import Foundation
import Signals
import TestSupport
import Testing

@Suite struct ImageFitTests {
  private let architecture = SirenArchitecture(hiddenWidth: 16, hiddenLayers: 1, outputs: 3)

  private func fitted(steps: Int, seed: UInt64 = 1, batch: Int? = 64) -> ImageFit {
    var settings = ImageFitSettings.standard
    settings.batchSize = batch
    var fit = ImageFit(
      .pattern(width: 12, height: 10, channels: 3), architecture, settings, seed: seed)
    for step in 0..<steps { fit.advance(progress: Double(step) / Double(steps)) }
    return fit
  }

  @Test func fittingBringsThePictureCloser() {
    let image = Image.pattern(width: 12, height: 10, channels: 3)
    let error = { (fit: ImageFit) in
      Quality.meanSquaredError(
        FieldRenderer.image(of: fit.field, width: 12, height: 10), image)
    }
    #expect(error(fitted(steps: 200)) < 0.5 * error(fitted(steps: 0)))
  }

  @Test func oneSeedGivesOneResult() {
    #expect(fitted(steps: 10).field == fitted(steps: 10).field)
    #expect(fitted(steps: 10).field != fitted(steps: 10, seed: 2).field)
  }

  @Test func allPixelsAreTakenWithoutABatch() {
    #expect(fitted(steps: 5, batch: nil).field == fitted(steps: 5, batch: 10_000).field)
  }

  @Test func renderingAtAnotherSizeSamplesTheSameField() {
    let field = fitted(steps: 20).field
    let small = FieldRenderer.image(of: field, width: 5, height: 3)
    let large = FieldRenderer.image(of: field, width: 9, height: 5)
    // Corners are included, so every second pixel of the larger one is in the smaller one.
    for row in 0..<3 {
      for column in 0..<5 {
        #expect(abs(small[row, column, 0] - large[2 * row, 2 * column, 0]) < 1e-5)
      }
    }
  }

  @Test func aWrittenFieldReadsBackEqual() throws {
    let folder = try TemporaryFolder()
    let field = fitted(steps: 3).field
    try FieldFile.write(
      field, to: folder.file("m.safetensors"), provenance: ["fit": "x"], overwrite: false)
    let read = try FieldFile.read(folder.file("m.safetensors"))
    #expect(read.field == field)
    #expect(read.metadata["fit"] == "x")
    #expect(throws: (any Error).self) {
      try FieldFile.write(field, to: folder.file("m.safetensors"), overwrite: false)
    }
  }

  @Test func hostileFilesAreRefusedInOneLine() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("not a model", to: "m.txt")
    for path in [text, folder.path, folder.file("missing")] {
      let error = #expect(throws: (any Error).self) { try FieldFile.read(path) }
      #expect(error.map { !"\($0)".contains("\n") && "\($0)".contains(path) } == true)
    }
  }
}
