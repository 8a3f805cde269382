import DifferentiableCore
import Fields
import Fitting
import Signals

/// A signal that is fitted, and how its field is compared with it.
public struct FitSource: Sendable {
  /// The file that it was read from.
  public let path: String
  /// Its size, as the model's file says it.
  public let description: FittedSignal
  let signal: Signal

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of a picture or a sound.
  ///   - size: width and height that a picture is brought to first.
  ///   - kernel: the kernel of that resizing.
  /// - Throws: ``FitPipelineError`` for a sound with a size, and what `SignalFile` throws.
  public init(
    _ path: String, resizedTo size: (width: Int, height: Int)? = nil,
    by kernel: ResizingKernel = .standard
  ) throws {
    self.path = path
    switch try SignalFile.read(path) {
    case .image(let read):
      let image =
        size.map { read.resized(width: $0.width, height: $0.height, by: kernel) } ?? read
      signal = .image(image)
      description = FittedSignal(image)
    case .audio(let sound):
      guard size == nil else { throw FitPipelineError.resizedSound(path: path) }
      signal = .audio(sound)
      description = FittedSignal(sound)
    }
  }

  /// What decibels of the signal are called.
  public var measure: String {
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

  /// The loss that one network is fitted by.
  func objective() throws -> any FieldObjective {
    switch signal {
    case .image(let image): SampleObjective(image)
    case .audio(let sound): try SampleObjective(sound)
    }
  }

  /// The signal as a field gives it, at its own size.
  func rendered(_ field: any Field) -> Signal {
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

  /// The quality of a field over all samples.
  public func quality(of field: any Field) -> FitQuality {
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

  /// A function that draws a field as a small picture; nil for a sound.
  public var preview: (@Sendable (any Field) -> Image)? {
    guard case .image(let image) = signal else { return nil }
    return FieldRenderer.preview(width: image.width, height: image.height)
  }
}
