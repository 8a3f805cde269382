import Fields
import Fitting
import Foundation
import LivePages
import Reporting
import Signals

extension FitSource {
  /// The report page of a finished fit: its numbers, and the signal beside the field.
  func page(_ field: any Field, _ result: FitPipelineResult, recipe: FitRecipe) -> FitPage {
    let number = { (format: String, value: Double) in String(format: format, value) }
    let quality = result.quality
    return FitPage(
      title: (path as NSString).lastPathComponent,
      facts: [
        (quality.measure, number("%.2f dB", quality.decibels)),
        ("Mean squared error", number("%.3e", quality.mse)),
        ("Structural similarity", quality.similarity.map { number("%.4f", $0) } ?? "-"),
        ("Signal", description.summary),
        ("Network", Self.summary(of: field)),
        ("Recipe", recipe.rawValue),
        ("Updates", "\(result.record.steps) in \(number("%.1f s", result.record.seconds))"),
      ], media: media(field), curve: result.record.curve.map { ($0.seconds, $0.decibels) },
      measure: quality.measure, live: live(field))
  }

  /// The most parameters of a field that a report holds beside its pictures, about 6 MB of text.
  private static let mostLiveParameters = 2_000_000

  /// The live page of the field; nil for one that is too large or has too many channels.
  private func live(_ field: any Field) -> String? {
    let shape = (field as? SirenGrid)?.architecture ?? (field as? Siren)?.architecture
    guard let shape, field.parameterCount <= Self.mostLiveParameters else { return nil }
    var reference: FieldPage.Reference?
    if case .image(let truth) = content { reference = try? FieldPage.Reference(truth) }
    let model = FieldModel(
      field: field, architecture: shape, signal: description,
      metadata: format?.json.map { [PictureFormat.metadataName: $0] } ?? [:])
    return try? FieldPage(
      model, title: (path as NSString).lastPathComponent, reference: reference
    ).page().html()
  }

  /// A description of a field in words.
  private static func summary(of field: any Field) -> String {
    let shape = (field as? SirenGrid)?.architecture ?? (field as? Siren)?.architecture
    guard let shape else { return "\(field.parameterCount) parameters" }
    let own =
      "\(shape.hiddenLayers + 1) sine layers of width \(shape.hiddenWidth), omega "
      + "\(shape.omegaFirst) and \(shape.omegaHidden)"
    guard let grid = field as? SirenGrid else {
      return "\(own), \(field.parameterCount) parameters"
    }
    return
      "a grid of \(grid.grid.dimensions) networks of \(own), \(field.parameterCount) parameters"
  }

  private func media(_ field: any Field) -> [FitPage.Medium] {
    let picture = { (caption: String, data: Data?) in
      data.map { FitPage.Medium(caption: caption, type: "image/png", data: $0) }
    }
    let sound = { (caption: String, data: Data?) in
      data.map { FitPage.Medium(caption: caption, type: "audio/wav", data: $0) }
    }
    switch content {
    case .image(let truth):
      let found = Self.picture(field, like: truth)
      let shrink = min(1, 768 / Double(max(truth.width, truth.height)))
      let view = FieldRenderer.View(
        width: max(1, Int(Double(truth.width) * shrink)),
        height: max(1, Int(Double(truth.height) * shrink)))
      let small = { (image: Image) in image.resized(width: view.width, height: view.height) }
      let derivative = { (quantity: FieldQuantity) -> Data? in
        let result = FieldRenderer.render(quantity, of: field, view)
        return try? ImageFile.encodePNG(
          samples: result.samples, width: view.width, height: view.height,
          channels: result.channels, path: "")
      }
      return [
        picture("The picture", try? ImageFile.encodePNG(small(truth))),
        picture("The field", try? ImageFile.encodePNG(small(found))),
        picture("Its gradient: magnitude as brightness, direction as hue", derivative(.gradient)),
        picture("Its Laplacian", derivative(.laplacian)),
      ].compactMap { $0 }
    case .band: return []
    case .audio(let truth):
      var found = Self.sound(field, like: truth)
      for index in found.samples.indices { found.samples[index] *= truth.peak }
      return [
        sound("The sound", try? AudioFile.encodeWAV(truth, .integer16)),
        sound("The field", try? AudioFile.encodeWAV(found, .integer16)),
      ].compactMap { $0 }
    case .video(let clip):
      return [0, clip.frameCount / 2, clip.frameCount - 1].flatMap { index in
        let truth = clip.frame(index)
        let time = FieldRenderer.time(ofFrame: Double(index), of: clip.frameCount)
        let found = Self.picture(FieldSlice(field, at: time), like: truth)
        return [
          picture("Frame \(index + 1)", try? ImageFile.encodePNG(truth)),
          picture("The field there", try? ImageFile.encodePNG(found)),
        ].compactMap { $0 }
      }
    }
  }
}
