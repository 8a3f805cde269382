import CommandSupport
import DifferentiableCore
import Fields
import Fitting
import Foundation
import Reporting
import Signals

/// How good a fit is.
struct FitQuality {
  /// `PSNR` or `SNR`.
  var measure: String
  var decibels: Double
  /// Of a picture on values 0...1, of a sound on values divided by its largest magnitude.
  var mse: Double
  var similarity: Double?
}

/// A picture or a sound that is fitted, and what is shown of the result.
struct FitSource {
  let path: String
  let signal: Signal
  let description: FittedSignal

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - resize: the size that a picture is brought to first.
  ///   - kernel: how.
  init(_ path: String, resize: PictureSize?, by kernel: ResizingKernel) throws {
    self.path = path
    switch try SignalFile.read(path) {
    case .image(let read):
      let image =
        resize.map { read.resized(width: $0.width, height: $0.height, by: kernel) } ?? read
      signal = .image(image)
      description = FittedSignal(image)
    case .audio(let sound):
      guard resize == nil else {
        throw CommandFailure.usage("--resize is for pictures, '\(path)' is a sound")
      }
      signal = .audio(sound)
      description = FittedSignal(sound)
    }
  }

  var measure: String {
    if case .audio = signal { return "SNR" }
    return "PSNR"
  }

  /// The samples that a grid is fitted to.
  var gridSignal: any GridSignal {
    switch signal {
    case .image(let image): PictureSignal(image)
    case .audio(let sound): SoundSignal(sound)
    }
  }

  /// The loss to fit to.
  func objective() throws -> any FieldObjective {
    switch signal {
    case .image(let image): SampleObjective(image)
    case .audio(let sound): try SampleObjective(sound)
    }
  }

  /// The signal as a field gives it, at its own size.
  private func rendered(_ field: any Field) -> Signal {
    switch signal {
    case .image(let image):
      .image(FieldRenderer.image(of: field, width: image.width, height: image.height))
    case .audio(let sound):
      .audio(
        FieldRenderer.sound(
          of: field,
          .init(
            original: sound.frameCount, originalRate: sound.sampleRate,
            sampleRate: sound.sampleRate, frames: sound.frameCount), peak: 1))
    }
  }

  /// The quality over all points.
  func quality(of field: any Field) -> FitQuality {
    switch (signal, rendered(field)) {
    case (.image(let truth), .image(let found)):
      let quality = ImageQuality(of: found, comparedWith: truth)
      return FitQuality(
        measure: measure, decibels: quality.psnr, mse: quality.mse, similarity: quality.ssim)
    case (.audio(let truth), .audio(let found)):
      let peak = truth.peak
      let quality = AudioQuality(
        of: found.samples, comparedWith: truth.samples.map { $0 / peak })
      return FitQuality(measure: measure, decibels: quality.snr, mse: quality.mse)
    default:
      return FitQuality(measure: measure, decibels: .nan, mse: .nan)
    }
  }

  /// Whether the best constant would have done as well; a constant signal has nothing better.
  func isNoBetterThanConstant(_ quality: FitQuality) -> Bool {
    guard let objective = try? objective(), objective.constantLoss > 1e-9 else { return false }
    return quality.decibels <= objective.decibels(ofLoss: objective.constantLoss)
  }

  /// The picture while it is fitted, small; nil for a sound.
  var preview: ((any Field) -> Image)? {
    guard case .image(let image) = signal else { return nil }
    return Self.preview(of: image) { $0 }
  }

  /// A small picture of a fit.
  ///
  /// - Parameters:
  ///   - image: gives the shape.
  ///   - restored: the field to show of the one that is fitted.
  static func preview(
    of image: Image, restored: @escaping (any Field) -> any Field
  ) -> (any Field) -> Image {
    let shrink = min(1, 96 / Double(max(image.width, image.height)))
    let width = max(1, Int(Double(image.width) * shrink))
    let height = max(1, Int(Double(image.height) * shrink))
    return { FieldRenderer.image(of: restored($0), width: width, height: height) }
  }

  /// The page that `--report` writes.
  func page(
    _ field: any Field, _ quality: FitQuality, _ result: FitSession.Result, recipe: String,
    network: String
  ) -> FitPage {
    let number = { (format: String, value: Double) in String(format: format, value) }
    return FitPage(
      title: (path as NSString).lastPathComponent,
      facts: [
        (quality.measure, number("%.2f dB", quality.decibels)),
        ("Mean squared error", number("%.3e", quality.mse)),
        ("Structural similarity", quality.similarity.map { number("%.4f", $0) } ?? "-"),
        ("Signal", description.summary),
        ("Network", network),
        ("Recipe", recipe),
        ("Updates", "\(result.steps) in \(formatDuration(result.seconds))"),
      ], media: media(field), curve: result.curve, measure: quality.measure)
  }

  private func media(_ field: any Field) -> [FitPage.Medium] {
    let picture = { (caption: String, data: Data?) in
      data.map { FitPage.Medium(caption: caption, type: "image/png", data: $0) }
    }
    let sound = { (caption: String, data: Data?) in
      data.map { FitPage.Medium(caption: caption, type: "audio/wav", data: $0) }
    }
    switch (signal, rendered(field)) {
    case (.image(let truth), .image(let found)):
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
    case (.audio(let truth), .audio(var found)):
      for index in found.samples.indices { found.samples[index] *= truth.peak }
      return [
        sound("The sound", try? AudioFile.encodeWAV(truth, .integer16)),
        sound("The field", try? AudioFile.encodeWAV(found, .integer16)),
      ].compactMap { $0 }
    default: return []
    }
  }
}
