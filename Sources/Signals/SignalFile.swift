import Files

/// The content of a file, detected from its bytes.
public enum Signal: Sendable, Equatable {
  /// A picture, as its file stores it.
  case image(StoredPicture)
  /// A sound.
  case audio(AudioSignal)
}

/// Files that hold a picture or a sound.
public enum SignalFile {
  /// Reads a picture (PNG, JPEG, TIFF, WebP, NPY, NPZ) or a sound (WAV, FLAC, Ogg); its name doesn't matter.
  ///
  /// - Parameter page: of a file of several pictures the one to read, counted from 1.
  /// - Throws: `FileError`.
  public static func read(
    _ path: String, page: Int = 1, imageLimits: ImageLimits = .standard,
    audioLimits: AudioLimits = .standard
  ) throws -> Signal {
    let file = try BoundedFile(
      path: path, maximumBytes: max(imageLimits.maximumBytes, audioLimits.maximumBytes),
      adviceIfTooLarge: "give a smaller file, \(FileLimit.bytes.advice)")
    let start = try file.bytes(upTo: min(12, file.size))
    if AudioFormat(signatureOf: start) != nil {
      return .audio(try AudioFile.read(path, limits: audioLimits))
    }
    guard !AudioFormat.isMP3(start) else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "this is MP3, and sounds are read from WAV, FLAC and Ogg",
        advice: "convert it with another program, such as 'ffmpeg -i sound.mp3 sound.flac'")
    }
    if let format = try ShapeFormat(ofContentAt: path) {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "this is a shape (\(format.rawValue)), expected a picture or a sound",
        advice: "fit it with 'siren fit'")
    }
    do {
      return .image(try PictureFile.read(path, page: page, limits: imageLimits))
    } catch let error as FileError where error.kind == .unknownFormat {
      throw FileError(
        kind: .unknownFormat, path: path,
        reason:
          "this is neither a picture (\(ImageFormat.names)), a sound (WAV, FLAC, Ogg) nor a shape "
          + "(\(ShapeFormat.names))",
        advice: "convert it to one of them with another program")
    }
  }
}
