import Files
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite struct AudioFileTests {
  private let sound = AudioSignal(
    sampleRate: 8_000, channels: 2,
    samples: (0..<2_000).map { Float(sin(Double($0) * 0.05)) * 0.5 })

  @Test func floatingPointComesBackExactly() throws {
    let bytes = [UInt8](try AudioFile.encodeWAV(sound))
    #expect(try AudioFile.decode(bytes, path: "s") == sound)
  }

  @Test func integersComeBackWithinAStep() throws {
    let read = try AudioFile.decode([UInt8](try AudioFile.encodeWAV(sound, .integer16)), path: "s")
    #expect(read.frameCount == 1_000 && read.channels == 2 && read.sampleRate == 8_000)
    expectClose(actual: read.samples, expected: sound.samples, absolute: 1 / 32_000)
    // Samples that are too loud are clipped and never wrapped.
    let loud = AudioSignal(sampleRate: 8, channels: 1, samples: [3, -3, .nan])
    let clipped = try AudioFile.decode(
      [UInt8](try AudioFile.encodeWAV(loud, .integer16)), path: "s")
    expectClose(actual: clipped.samples, expected: [1, -1, 0], absolute: 1e-4)
  }

  /// The fixtures hold 0.5 sin(2 pi 440 t), 4,000 frames at 16 kHz, left, and its negative, right.
  @Test(arguments: ["tone.wav", "tone.flac", "tone.ogg"])
  func everyFormatIsRead(name: String) throws {
    let read = try AudioFile.decode(try Fixtures.bytes(name), path: name)
    #expect(read.sampleRate == 16_000 && read.channels == 2 && read.frameCount == 4_000)
    let expected = (0..<4_000).flatMap { frame -> [Float] in
      let value = Float(0.5 * sin(2 * Double.pi * 440 * Double(frame) / 16_000))
      return [value, -value]
    }
    let quality = AudioQuality(of: read.samples, comparedWith: expected)
    #expect(quality.snr > (name == "tone.ogg" ? 15 : 60), "\(quality)")
  }

  @Test(arguments: ["tone.wav", "tone.flac", "tone.ogg"])
  func noShortenedFileIsASound(name: String) throws {
    let bytes = try Fixtures.bytes(name)
    for count in [0, 3, 12, 30, 50, bytes.count / 2, bytes.count - 5] {
      let error = #expect(throws: FileError.self, "\(name) of \(count) bytes") {
        try AudioFile.decode(Array(bytes.prefix(count)), path: "cut.wav")
      }
      #expect(error.map { !"\($0)".contains("\n") && "\($0)".hasPrefix("cut.wav: ") } == true)
    }
  }

  @Test(arguments: ["tone.wav", "tone.flac", "tone.ogg"])
  func damagedBytesNeverStopTheProgram(name: String) throws {
    let bytes = try Fixtures.bytes(name)
    var generator = Xoshiro256(seed: 5)
    var refused = 0
    for _ in 0..<60 {
      var damaged = bytes
      for _ in 0..<4 {
        damaged[generator.uniform(below: min(200, bytes.count))] = UInt8(
          generator.uniform(below: 256))
      }
      do {
        let read = try AudioFile.decode(
          damaged, path: name, limits: AudioLimits(maximumSamples: 100_000))
        #expect(read.samples.allSatisfy(\.isFinite) && read.samples.count <= 100_000)
      } catch is FileError {
        refused += 1
      }
    }
    #expect(refused > 10)
  }

  @Test func filesThatAreNotSounds() throws {
    let silentHeader = [UInt8](try AudioFile.encodeWAV(sound)).prefix(58)
    var noSamples = Array(silentHeader)
    for position in 54..<58 { noSamples[position] = 0 }
    var invalid = sound
    invalid.samples[7] = .nan
    let cases: [(bytes: [UInt8], kind: FileError.Kind, text: String)] = [
      (Array("text".utf8), .unknownFormat, "neither WAV, FLAC nor Ogg"),
      (noSamples, .empty, "holds no samples"),
      ([UInt8](try AudioFile.encodeWAV(invalid)), .corrupt, "frame 3 of the WAV is nan"),
    ]
    for (bytes, kind, text) in cases {
      let error = #expect(throws: FileError.self) {
        try AudioFile.decode(bytes, path: "f")
      }
      #expect(
        error?.kind == kind && error?.reason.contains(text) == true, "\(String(describing: error))")
    }
    let large = #expect(throws: FileError.self) {
      try AudioFile.decode(
        [UInt8](try AudioFile.encodeWAV(sound)), path: "f", limits: AudioLimits(maximumSamples: 10))
    }
    #expect(large?.kind == .tooLarge)
  }

  @Test("What is not samples is named: MP3 in a WAV and alone, and a WAV of unknown length")
  func whatIsNotSamples() throws {
    var mp3 = [UInt8](try AudioFile.encodeWAV(sound, .integer16))
    mp3[20] = 0x55
    var streamed = [UInt8](try AudioFile.encodeWAV(sound, .integer16))
    for position in 40..<44 { streamed[position] = 0 }
    let cases: [(bytes: [UInt8], text: String)] = [
      (mp3, "this WAV holds MP3, not samples"),
      (
        streamed,
        "this WAV does not say how long it is: its data chunk claims 0 bytes and 4000 follow"
      ),
      (Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 0, 0, 0], "this is MP3"),
      ([0xFF, 0xFB, 0x90, 0x00, 0, 0, 0, 0, 0, 0, 0, 0], "this is MP3"),
    ]
    let folder = try TemporaryFolder()
    for (index, entry) in cases.enumerated() {
      let path = try folder.write(entry.bytes, to: "\(index).wav")
      for read in [{ _ = try AudioFile.read($0) }, { _ = try SignalFile.read($0) }]
        as [(String) throws -> Void]
      {
        let error = #expect(throws: FileError.self) { try read(path) }
        #expect(error?.reason.contains(entry.text) == true, "\(String(describing: error))")
        #expect(error?.advice.contains("ffmpeg") == true || error?.advice.contains("WAV") == true)
      }
    }
  }

  /// The sound of `encodeWAV(sound, .integer16)` as RF64, whose chunk `ds64` claims a size of the samples.
  private func rf64(claiming size: UInt64) throws -> [UInt8] {
    let plain = [UInt8](try AudioFile.encodeWAV(sound, .integer16))
    func little(_ value: UInt64) -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let long = [UInt8](repeating: 0xFF, count: 4)
    var bytes = Array("RF64".utf8) + long + Array("WAVEds64".utf8) + [28, 0, 0, 0]
    bytes += little(UInt64(plain.count + 28)) + little(size) + little(1_000) + [0, 0, 0, 0]
    return bytes + plain[12..<40] + long + plain[44...]
  }

  @Test("A shortened RF64 is refused, whose size stands in a chunk of its own")
  func longWAV() throws {
    let bytes = try rf64(claiming: 4_000)
    let plain = [UInt8](try AudioFile.encodeWAV(sound, .integer16))
    #expect(
      try AudioFile.decode(bytes, path: "s") == AudioFile.decode(plain, path: "s"))
    let cases: [(missing: Int, size: UInt64)] = [
      (1, 4_000), (1_500, 4_000), (0, 6_000), (0, 1 << 40),
    ]
    for (missing, size) in cases {
      let cut = Array(try rf64(claiming: size).dropLast(missing))
      let error = #expect(throws: FileError.self) { try AudioFile.decode(cut, path: "s") }
      #expect(error?.kind == .truncated)
      let expected = "its header claims \(size) bytes of samples, \(4_000 - missing) are there"
      #expect(error?.reason.hasSuffix(expected) == true, "\(String(describing: error))")
    }
    let streamed = #expect(throws: FileError.self) {
      try AudioFile.decode(rf64(claiming: 0), path: "s")
    }
    #expect(streamed?.reason.contains("its data chunk claims 0 bytes and 4000 follow") == true)
    // Never a crash, whatever the chunk claims.
    let largest = UInt64(Int.max)
    let extremes: [UInt64] = [.max, .max - 1, largest + 1, largest, largest - 40]
    for size in extremes {
      _ = try? AudioFile.decode(rf64(claiming: size), path: "s")
    }
  }

  @Test func samplesBeyondFullScaleAreCounted() {
    let loud = AudioSignal(sampleRate: 8, channels: 1, samples: [1, -1, 1.5, -3, 0])
    #expect(loud.clippedCount == 2 && loud.peak == 3)
    #expect(loud.scaled(by: 1 / loud.peak).clippedCount == 0)
  }

  @Test func aFilesKindFollowsFromItsContent() throws {
    let folder = try TemporaryFolder()
    let misnamed = try folder.write(try AudioFile.encodeWAV(sound), to: "sound.png")
    #expect(try SignalFile.read(misnamed) == .audio(sound))
    let picture = Image.pattern(width: 4, height: 3, channels: 1)
    try ImageFile.writePNG(picture, to: folder.file("picture.wav"), overwrite: false)
    #expect(
      try SignalFile.read(folder.file("picture.wav"))
        == .image(StoredPicture(picture, as: .ordinary(channels: 1))))
    let text = try folder.write("neither", to: "text.flac")
    #expect(throws: FileError.self) { try SignalFile.read(text) }
    #expect(throws: (any Error).self) { try SignalFile.read(folder.path) }
  }

  @Test func soundsAreWrittenWholeOrNotAtAll() throws {
    let folder = try TemporaryFolder()
    try AudioFile.writeWAV(sound, to: folder.file("s.wav"), overwrite: false)
    #expect(try AudioFile.read(folder.file("s.wav")) == sound)
    #expect(throws: FileError.self) {
      try AudioFile.writeWAV(sound, to: folder.file("s.wav"), overwrite: false)
    }
    #expect(try folder.names() == ["s.wav"])
  }

  @Test func qualityOfSounds() {
    let quality = AudioQuality(of: [1, 1], comparedWith: [1, 2])
    expectClose(actual: quality.mse, expected: 0.5)
    expectClose(actual: quality.snr, expected: 10 * log10(2.5 / 0.5), absolute: 1e-9)
    #expect(AudioQuality(of: [1], comparedWith: [1]).snr == .infinity)
  }
}
