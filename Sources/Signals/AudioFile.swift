import Files
import Foundation

/// Sound files: reading WAV, FLAC and Ogg, writing WAV.
///
/// Every file is treated as hostile. Its format is detected from its content, its size is checked against
/// `AudioLimits`, memory grows only with the samples that are present, and damage is an error.
public enum AudioFile {
  /// Reads and decodes a sound file.
  ///
  /// - Returns: samples as floating point numbers, full scale -1...1; integers are divided by their
  ///   full scale.
  /// - Throws: `FileError`: also for a file that ends early, without any frame, or with a sample
  ///   that is not a finite number.
  public static func read(_ path: String, limits: AudioLimits = .standard) throws -> AudioSignal {
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumBytes,
      adviceIfTooLarge: "cut the sound first, \(FileLimit.bytes.advice)")
    let start = try file.bytes(upTo: min(12, file.size))
    guard AudioFormat(signatureOf: start) != nil else { throw notASound(path, start) }
    return try decode(file.bytes(upTo: file.size), path: path, limits: limits)
  }

  /// Decodes the bytes of a sound file; see `read(_:limits:)`.
  ///
  /// - Parameter path: the origin of the bytes, for messages only.
  /// - Throws: `FileError`.
  public static func decode(
    _ bytes: [UInt8], path: String, limits: AudioLimits = .standard
  ) throws -> AudioSignal {
    let fail = { (kind: FileError.Kind, reason: String, advice: String) in
      FileError(kind: kind, path: path, reason: reason, advice: advice)
    }
    guard let format = AudioFormat(signatureOf: bytes) else { throw notASound(path, bytes) }
    let name = format.rawValue
    let copyAgain = "copy the file again from its source"
    if format == .wav, let compression = AudioFormat.compression(inWAV: bytes) {
      throw fail(
        .unsupported, "this WAV holds \(compression), not samples",
        "convert it with another program, such as 'ffmpeg -i sound.wav sound.flac'")
    }
    if format == .wav, let rest = AudioFormat.bytesOfUnknownLength(inWAV: bytes) {
      throw fail(
        .unsupported,
        "this WAV does not say how long it is: its data chunk claims 0 bytes and \(rest) follow, so a "
          + "program streamed it or ended before the recording did",
        "repair it, such as with 'ffmpeg -ignore_length 1 -i sound.wav repaired.wav'")
    }
    if let missing = format.missingEnd(of: bytes) {
      throw fail(.truncated, "the \(name) is cut short: \(missing)", copyAgain)
    }
    let decoder: AudioDecoder
    do {
      decoder = try AudioDecoder(bytes)
    } catch {
      throw fail(
        .corrupt, "the \(name) cannot be decoded (\(error.text))",
        "convert it to WAV with another program")
    }
    guard (1...64).contains(decoder.channels), (1...10_000_000).contains(decoder.sampleRate) else {
      throw fail(
        .corrupt,
        "the \(name) claims \(decoder.channels) channels at \(decoder.sampleRate) Hz, expected "
          + "1 to 64 channels and a rate up to 10 MHz", "check where the file comes from")
    }
    guard decoder.frameCount > 0 else {
      throw fail(.empty, "the \(name) holds no samples", "record or export it again")
    }
    guard decoder.frameCount <= limits.maximumSamples / decoder.channels else {
      throw fail(
        .tooLarge,
        "\(decoder.frameCount) frames of \(decoder.channels) channels are over the limit of "
          + "\(limits.maximumSamples) samples",
        "cut the sound or mix its channels first, \(FileLimit.samples.advice)")
    }
    var samples: [Float] = []
    while samples.count < decoder.frameCount * decoder.channels {
      // Blocks, so that a header that lies about its length takes no memory for what never comes.
      let block = decoder.read(frames: min(1 << 16, decoder.frameCount))
      if block.isEmpty { break }
      samples += block
    }
    guard samples.count == decoder.frameCount * decoder.channels else {
      throw fail(
        .truncated,
        "\(samples.count / decoder.channels) of the \(decoder.frameCount) frames that the \(name) "
          + "claims could be decoded" + (decoder.failure.map { " (\($0))" } ?? ""), copyAgain)
    }
    if let position = samples.firstIndex(where: { !$0.isFinite }) {
      throw fail(
        .corrupt,
        "frame \(position / decoder.channels) of the \(name) is \(samples[position]), not a finite "
          + "number", "repair it with an audio editor")
    }
    return AudioSignal(
      sampleRate: decoder.sampleRate, channels: decoder.channels, samples: samples)
  }

  private static func notASound(_ path: String, _ start: [UInt8]) -> FileError {
    FileError(
      kind: .unknownFormat, path: path,
      reason: (AudioFormat.isMP3(start) ? "this is MP3, " : "this is ")
        + "neither WAV, FLAC nor Ogg",
      advice: "convert it to WAV with another program")
  }
}
