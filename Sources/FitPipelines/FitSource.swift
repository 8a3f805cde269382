import DifferentiableCore
import Fields
import Files
import Fitting
import Numerics
import Signals

/// A signal to be fitted, and its comparison with a field.
public struct FitSource: Sendable {
  /// The path from which the signal was read.
  public let path: String
  /// The size of the signal, as recorded in the model file.
  public let description: FittedSignal
  /// How the file of a picture stores it; nil for sounds and clips.
  public let format: PictureFormat?
  /// What was noticed about the file of a picture or a clip, one line each.
  public let remarks: [String]
  let content: Content

  /// The content of the file.
  enum Content: Sendable {
    case image(Image)
    /// The rows that a member of a group holds.
    case band(PictureBand)
    case audio(AudioSignal)
    case video(VideoFrames)
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the path of a picture, a sound, a clip or a folder of a clip's frames.
  ///   - size: the width and height to which a picture is first resized.
  ///   - kernel: the resampling kernel.
  ///   - frames: the frames of a clip to fit; nil for all.
  ///   - page: of a file of several pictures the one to fit, counted from 1.
  ///   - grid: in a group of processes, the grid with which a picture of this size is fitted, of which each member then
  ///     holds its part; nil if every member needs the whole picture.
  ///   - progress: receives the number of a clip's decoded frames; an error that it throws stops the reading.
  /// - Throws: ``FitPipelineError`` if a size or a page is given for anything except a picture, `FitError.silence`, and
  ///   any error from reading.
  public init(
    _ path: String, resizedTo size: (width: Int, height: Int)? = nil,
    by kernel: ResizingKernel = .standard, frames: Range<Int>? = nil, page: Int = 1,
    dividedBy grid: (FittedSignal) throws -> CellGrid? = { _ in nil },
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    self.path = path
    try WorkGroup.current.requireSameFile(path)
    if try VideoFormat(ofContentAt: path) != nil {
      guard size == nil else { throw FitPipelineError.resized(path: path, noun: "clip") }
      guard page == 1 else { throw FitPipelineError.noPages(path: path, noun: "clip") }
      let clip = try VideoFrames(reading: path, frames: frames, progress: progress)
      content = .video(clip)
      description = FittedSignal(clip)
      format = nil
      remarks = [clip.info.droppedRemark].compactMap { $0 }
      return
    }
    guard frames == nil else { throw FitPipelineError.noFrames(path: path) }
    switch try SignalFile.read(path, page: page) {
    case .image(let read):
      let stored = read.choosingRange(.automatic)
      let (width, height) = size ?? (stored.width, stored.height)
      description = .image(width: width, height: height, channels: stored.channels)
      if size == nil,
        let rows = try grid(description).flatMap({ PictureBand.rows(of: $0, over: .current) })
      {
        // The samples take a quarter of the values' memory or less, so the whole picture never becomes values.
        let image = try stored.rows(rows.held).finiteImage(path: path)
        content = .band(PictureBand(image, held: rows.held, own: rows.own, height: height))
      } else {
        let whole = try stored.finiteImage(path: path)
        content = .image(
          size.map { whole.resized(width: $0.width, height: $0.height, by: kernel) } ?? whole)
      }
      format = stored.format(width: width, height: height)
      remarks = stored.notes + [stored.rangeRemark].compactMap { $0 }
    case .audio(let sound):
      format = nil
      remarks = []
      guard size == nil else { throw FitPipelineError.resized(path: path, noun: "sound") }
      guard page == 1 else { throw FitPipelineError.noPages(path: path, noun: "sound") }
      // Samples are divided by their largest magnitude.
      guard sound.peak > 0 else { throw FitError.silence }
      content = .audio(sound)
      description = FittedSignal(sound)
    }
  }

  /// The name of the quality measure in decibels.
  public var measure: String {
    if case .audio = content { return "SNR" }
    return "PSNR"
  }

  /// The samples to which a grid is fitted.
  var gridSignal: any GridSignal {
    switch content {
    case .image(let image): PictureSignal(image)
    case .band(let band): band
    case .audio(let sound): SoundSignal(sound)
    case .video(let clip): VideoSignal(clip)
    }
  }

  /// The objective for one network; nil for a clip, which can only be fitted by grids.
  func objective() throws -> (any FieldObjective)? {
    switch content {
    case .image(let image): SampleObjective(image)
    case .band(let band): throw FitPipelineError.dividedPicture(path: path, rows: band.height)
    case .audio(let sound): try SampleObjective(sound)
    case .video: nil
    }
  }

  /// Measures the quality of a field over all samples.
  ///
  /// The members of a group call it together, each with the cells of a grid that it holds.
  public func quality(of field: any Field) -> FitQuality {
    let group = WorkGroup.current
    if case .band(let band) = content, let grid = field as? SirenGrid {
      let quality = band.quality(of: grid, over: group)
      return FitQuality(
        measure: measure,
        decibels: Quality.peakSignalToNoise(meanSquaredError: quality.mse), mse: quality.mse,
        similarity: quality.similarity)
    }
    let field = (field as? SirenGrid)?.whole(over: group) ?? field
    switch content {
    case .band:
      return FitQuality(measure: measure, decibels: .nan, mse: .nan)
    case .image(let truth):
      let quality = ImageQuality(of: Self.picture(field, like: truth), comparedWith: truth)
      return FitQuality(
        measure: measure, decibels: quality.psnr, mse: quality.mse, similarity: quality.ssim)
    case .audio(let truth):
      let peak = truth.peak
      let quality = AudioQuality(
        of: Self.sound(field, like: truth).samples, comparedWith: truth.samples.map { $0 / peak })
      return FitQuality(measure: measure, decibels: quality.snr, mse: quality.mse)
    case .video(let clip):
      var sum = 0.0
      for index in 0..<clip.frameCount {
        let truth = clip.frame(index)
        let time = FieldRenderer.time(ofFrame: Double(index), of: clip.frameCount)
        let found = Self.picture(FieldSlice(field, at: time), like: truth)
        sum += Quality.meanSquaredError(found, truth)
      }
      let mse = sum / Double(clip.frameCount)
      return FitQuality(
        measure: measure, decibels: Quality.peakSignalToNoise(meanSquaredError: mse), mse: mse)
    }
  }

  /// Renders a field of two coordinates as a picture.
  static func picture(_ field: any Field, like image: Image) -> Image {
    FieldRenderer.image(of: field, width: image.width, height: image.height)
  }

  /// Renders a field of one coordinate as a sound whose peak is 1.
  static func sound(_ field: any Field, like sound: AudioSignal) -> AudioSignal {
    FieldRenderer.sound(
      of: field,
      .init(
        original: sound.frameCount, originalRate: sound.sampleRate,
        sampleRate: sound.sampleRate, frames: sound.frameCount), peak: 1)
  }

  /// Whether the best constant would have done as well; for a constant signal nothing can be better.
  func isNoBetterThanConstant(_ quality: FitQuality) -> Bool {
    let signal = gridSignal
    let variance = signal.variance
    guard variance > 1e-9 else { return false }
    return quality.decibels <= signal.decibels(ofLoss: variance)
  }

  /// The rows of a picture that this member of a group holds; nil if it holds the whole signal.
  package var heldRows: Range<Int>? {
    if case .band(let band) = content { band.held } else { nil }
  }

  /// A function that renders a field as a small picture, for a clip its middle frame; nil for a sound.
  public var preview: (@Sendable (any Field) -> Image)? {
    switch content {
    case .image(let image): FieldRenderer.preview(width: image.width, height: image.height)
    case .audio, .band: nil
    case .video(let clip):
      FieldRenderer.preview(width: clip.info.width, height: clip.info.height) {
        FieldSlice($0, at: 0)
      }
    }
  }
}
