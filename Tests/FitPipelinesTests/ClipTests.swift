import Fields
import FitPipelines
import Fitting
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite("Clips") struct ClipTests {
  /// A bright spot that moves to the right, as an uncompressed clip.
  static func clip(_ folder: TemporaryFolder, frames: Int = 9) throws -> String {
    let path = folder.file("clip.y4m")
    let rate = try #require(FrameRate(10))
    let writer = try VideoWriter(
      path, width: 30, height: 20, channels: 3, frameRate: rate)
    for frame in 0..<frames {
      var image = Image(width: 30, height: 20, channels: 3)
      for row in 0..<20 {
        for column in 0..<30 {
          let (x, y) = (Double(column - 8 - frame) / 5, Double(row - 9) / 5)
          for channel in 0..<3 {
            image[row, column, channel] = Float(
              0.2 + 0.2 * Double(channel) + 0.3 * exp(-x * x - y * y))
          }
        }
      }
      try writer.write(image)
    }
    try writer.finish()
    return path
  }

  private func settings(_ folder: TemporaryFolder) -> FitPipelineSettings {
    var settings = FitPipelineSettings(output: folder.file("model"), program: "test 1")
    settings.limits = FitLimits(steps: 600)
    settings.cells = [1, 1, 2]
    return settings
  }

  @Test("A clip is fitted, its file describes it, and its frames are rendered")
  func fit() throws {
    let folder = try TemporaryFolder()
    let source = try FitSource(try Self.clip(folder))
    #expect(
      source.description == .video(width: 30, height: 20, channels: 3, frames: 9, rate: 10))
    let result = try FitPipeline(settings(folder)).run(on: source)
    #expect(result.quality.decibels > 35, "\(result.quality)")
    let model = try FieldFile.read(folder.file("model"))
    #expect(model.signal == source.description)

    let view = FieldRenderer.View(width: 30, height: 20)
    let times = try FieldRenderer.Times(frames: 9, rate: 10, newRate: 20)
    #expect(times.count == 17)
    let path = folder.file("again.y4m")
    try ClipRendering(.picture(.value), view).write(
      model.field, times, frames: 9, rate: 20, to: path, overwrite: false)
    let again = try VideoFrames(reading: path)
    let truth = try VideoFrames(reading: folder.file("clip.y4m"))
    #expect(again.frameCount == 17 && again.info.frameRate == FrameRate(20))
    for frame in 0..<9 {
      let quality = ImageQuality(of: again.frame(2 * frame), comparedWith: truth.frame(frame))
      #expect(quality.psnr > 33, "frame \(frame): \(quality.psnr)")
    }
    // In the middle of its way the spot moves: darker behind it, brighter before it.
    let rate = ClipRendering(.rate, view).picture(of: model.field, at: 0, frames: 9)
    #expect(rate[9, 8, 0] < 0.48 && rate[9, 16, 0] > 0.52 && abs(rate[0, 29, 0] - 0.5) < 0.02)
  }

  @Test("A part of a clip is read, and options that do not apply to clips are refused")
  func options() throws {
    let folder = try TemporaryFolder()
    let path = try Self.clip(folder)
    let part = try FitSource(path, frames: 2..<5)
    #expect(part.description == .video(width: 30, height: 20, channels: 3, frames: 3, rate: 10))
    #expect(throws: (any Error).self) { try FitSource(path, frames: 7..<12) }
    #expect(throws: FitPipelineError.resized(path: path, noun: "clip")) {
      try FitSource(path, resizedTo: (8, 8))
    }
    #expect(throws: FitPipelineError.noPages(path: path, noun: "clip")) {
      try FitSource(path, page: 2)
    }
    let sound = folder.file("sound.wav")
    try AudioFile.encodeWAV(AudioSignal(sampleRate: 8, channels: 1, samples: [0, 0.5, -0.5, 0]))
      .write(to: URL(filePath: sound))
    let error = #expect(throws: FitPipelineError.self) { try FitSource(sound, page: 2) }
    #expect(error?.isUsage == true)
    #expect(error?.description == "--page is for pictures, '\(sound)' is a sound")
    var own = settings(folder)
    own.recipe = .notebook
    #expect(throws: FitPipelineError.clipByNotebook) {
      try FitPipeline(own).run(on: part)
    }
    own.recipe = .standard
    own.initial = folder.file("network")
    var random = Xoshiro256(seed: 1)
    let network = Siren(
      SirenArchitecture(coordinates: 3, hiddenWidth: 4, hiddenLayers: 1, outputs: 3),
      random: &random)
    try FieldFile.write(network, to: folder.file("network"), overwrite: false)
    #expect(throws: FitPipelineError.clipOfOneNetwork) {
      try FitPipeline(own).run(on: part)
    }
  }

  /// Frames per second, and the fraction that stands in the file.
  private static let writtenRates: [(Double, String)] = [
    (12.5, "25/2"), (0.5, "1/2"), (15.5, "31/2"), (33.333, "33333/1000"), (9.99, "999/100"),
    (4.999, "4999/1000"), (100.0 / 3, "100/3"), (0.001, "1/1000"), (1e6, "1000000"), (24, "24"),
    (23.976, "24000/1001"), (23.98, "24000/1001"), (29.97, "30000/1001"), (59.94, "60000/1001"),
    (24_000.0 / 1_001, "24000/1001"), (15_000.0 / 1_001, "15000/1001"),
  ]

  @Test(
    "A written clip has the frame rate that was asked for, as a fraction",
    arguments: Self.writtenRates)
  func frameRates(rate: Double, fraction: String) throws {
    let folder = try TemporaryFolder()
    let field = SirenGrid(
      CellGrid([2, 4, 4].map { CellAxis(samples: $0, cells: 1, overlap: 1) }),
      SirenArchitecture(coordinates: 3, hiddenWidth: 4, hiddenLayers: 0, outputs: 1), seed: 1)
    let path = folder.file("clip.y4m")
    try ClipRendering(.picture(.value), .init(width: 4, height: 4)).write(
      field, FieldRenderer.Times(frames: 2, rate: 1, newRate: 1), frames: 2, rate: rate, to: path,
      overwrite: false)
    #expect(try VideoFrames(reading: path).info.frameRate?.description == fraction)
  }

  @Test(
    "Times span the clip with both ends",
    arguments: [(9, 10.0, 10.0, nil, 9), (9, 10.0, 5.0, 0.0...0.4, 3), (1, 25.0, 25.0, nil, 1)]
      as [(Int, Double, Double, ClosedRange<Double>?, Int)])
  func times(
    frames: Int, rate: Double, newRate: Double, seconds: ClosedRange<Double>?, expected: Int
  ) throws {
    let times = try FieldRenderer.Times(
      frames: frames, rate: rate, newRate: newRate, seconds: seconds)
    #expect(times.count == expected)
    if seconds == nil, frames > 1 {
      #expect(abs(times.start + times.step * Double(times.count - 1) - 1) < 1e-9)
    }
  }
  @Test(
    "Times that no clip has are refused",
    arguments: [0, -1, Double.nan, .infinity, 1e300])
  func impossibleTimes(rate: Double) {
    #expect(throws: RenderingError.self) {
      try FieldRenderer.Times(frames: 9, rate: 10, newRate: rate)
    }
    // One of a model's file, in whose time the clip lasts for ever.
    #expect(throws: RenderingError.self) {
      try FieldRenderer.Times(frames: 9, rate: rate == 1e300 ? 1e-300 : rate, newRate: 1e9)
    }
  }
}
