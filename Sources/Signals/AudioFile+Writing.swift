import Files
import Foundation

/// How samples are stored in a WAV file.
public enum WAVSampleFormat: String, Sendable, CaseIterable {
  /// 32-bit floating point: nothing is lost, nothing clipped.
  case float32
  /// 16-bit integers: every player reads them; values are clipped to -1...1.
  case integer16
}

extension AudioFile {
  /// A sound as the bytes of a WAV file (RIFF, little-endian).
  ///
  /// Floating point files carry the `fact` chunk that the format asks of them. With integers a sample
  /// of 1 is 32,767; a value that isn't a number becomes 0.
  ///
  /// - Throws: `FileError` for more than 4 GiB of samples, which the format cannot say.
  public static func encodeWAV(
    _ sound: AudioSignal, _ format: WAVSampleFormat = .float32, path: String = ""
  ) throws -> Data {
    let width = format == .float32 ? 4 : 2
    let (size, overflow) = sound.samples.count.multipliedReportingOverflow(by: width)
    guard !overflow, size <= 0xFFFF_0000, sound.channels <= 0xFFFF / 4 else {
      throw FileError(
        kind: .tooLarge, path: path,
        reason: "a WAV file holds at most 4 GiB, \(sound.samples.count) samples need \(size) bytes",
        advice: "write a shorter sound or a lower rate")
    }
    var data = Data(capacity: 64 + size)
    let append = { (data: inout Data, value: Int, bytes: Int) in
      for shift in 0..<bytes { data.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }
    data.append(contentsOf: "RIFF".utf8)
    append(&data, size + (format == .float32 ? 50 : 36), 4)
    data.append(contentsOf: "WAVEfmt ".utf8)
    append(&data, format == .float32 ? 18 : 16, 4)
    append(&data, format == .float32 ? 3 : 1, 2)
    append(&data, sound.channels, 2)
    append(&data, sound.sampleRate, 4)
    append(&data, sound.sampleRate * sound.channels * width, 4)
    append(&data, sound.channels * width, 2)
    append(&data, 8 * width, 2)
    if format == .float32 {
      append(&data, 0, 2)
      data.append(contentsOf: "fact".utf8)
      append(&data, 4, 4)
      append(&data, sound.frameCount, 4)
    }
    data.append(contentsOf: "data".utf8)
    append(&data, size, 4)
    switch format {
    case .float32:
      let patterns = sound.samples.map { $0.bitPattern.littleEndian }
      patterns.withUnsafeBytes { data.append(contentsOf: $0) }
    case .integer16:
      let integers = sound.samples.map { sample -> Int16 in
        sample.isNaN ? 0 : Int16((min(1, max(-1, sample)) * 32_767).rounded()).littleEndian
      }
      integers.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return data
  }

  /// Writes a sound as a WAV file, whole or not at all; see `encodeWAV(_:_:path:)`.
  ///
  /// - Parameter overwrite: whether an existing file may be replaced.
  /// - Throws: `FileError`.
  public static func writeWAV(
    _ sound: AudioSignal, to path: String, format: WAVSampleFormat = .float32, overwrite: Bool
  ) throws {
    try AtomicFile.write(
      encodeWAV(sound, format, path: path), to: path, overwrite: overwrite)
  }
}
