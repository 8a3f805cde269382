import Fitting
import Signals
import Testing

@Suite("What to render of a fitted signal") struct RenderingSizeTests {
  private let picture = FittedSignal.image(width: 300, height: 200, channels: 3)
  private let clip = FittedSignal.video(width: 64, height: 48, channels: 3, frames: 9, rate: 25)
  private let sound = FittedSignal.audio(sampleRate: 1_000, frames: 3_001, channels: 2, peak: 0.5)

  private func size(
    _ signal: FittedSignal?, _ size: (width: Int, height: Int)? = nil, scale: Double = 1
  ) throws -> [Int] {
    let view = try FieldRenderer.View(of: signal, size: size, scale: scale, range: -2...2)
    #expect(view.range == -2...2)
    return [view.width, view.height]
  }

  @Test("A view has the size of the signal, a given one, or a multiple")
  func views() throws {
    #expect(try size(picture) == [300, 200])
    #expect(try size(clip, scale: 0.5) == [32, 24])
    #expect(try size(picture, (width: 7, height: 9), scale: 2) == [14, 18])
    #expect(try size(picture, scale: 1e-6) == [1, 1])
    #expect(try size(nil) == [256, 256])
    #expect(try size(sound) == [256, 256])
    #expect(try size(picture, (width: 10_000, height: 10_000)) == [10_000, 10_000])
  }

  @Test("A picture of too many pixels is refused")
  func largeViews() {
    let huge = FittedSignal.image(width: 1 << 31, height: 1 << 31, channels: 3)
    #expect(throws: RenderingError.largePicture(width: 10_000, height: 10_001)) {
      try size(picture, (width: 10_000, height: 10_001))
    }
    #expect(throws: RenderingError.self) { try size(huge, scale: 1_000) }
    #expect(throws: RenderingError.self) { try size(picture, scale: 1e300) }
    #expect(throws: RenderingError.self) { try size(picture, scale: .infinity) }
  }

  @Test("A sound's timing follows from its length, a rate, a duration or a range")
  func timings() throws {
    let usual = try FieldRenderer.timing(of: sound, channels: 2)
    #expect((usual.sampleRate, usual.frames, usual.start) == (1_000, 3_001, -1))
    let twice = try FieldRenderer.timing(of: sound, channels: 2, sampleRate: 2_000)
    #expect(twice.frames == 6_001 && abs(twice.step - usual.step / 2) < 1e-12)
    let second = try FieldRenderer.timing(of: sound, channels: 2, seconds: 1)
    #expect(second.frames == 1_000 && second.step == usual.step)
    let middle = try FieldRenderer.timing(of: sound, channels: 2, range: -0.5...0.5)
    #expect((middle.frames, middle.start) == (1_501, -0.5))
    let unknown = try FieldRenderer.timing(of: nil, channels: 1, seconds: 2)
    #expect((unknown.sampleRate, unknown.frames) == (44_100, 88_200))
    #expect(sound.peak == 0.5 && picture.peak == 1)
  }

  @Test("A sound without a length, without samples or with too many is refused")
  func soundErrors() {
    #expect(throws: RenderingError.unknownLength) {
      try FieldRenderer.timing(of: nil, channels: 1)
    }
    #expect(throws: RenderingError.soundLength(frames: 0, most: 200_000_000)) {
      try FieldRenderer.timing(of: sound, channels: 2, seconds: 0)
    }
    for signal in [sound, nil] {
      #expect(throws: RenderingError.self) {
        try FieldRenderer.timing(of: signal, channels: 2, seconds: 1e15)
      }
    }
  }
}
