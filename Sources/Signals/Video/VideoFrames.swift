import Files

/// The frames of a clip, decoded once and kept in a temporary file, for reading any part again and again.
///
/// The file has no name and is mapped into memory, so the system keeps in memory as many used pages
/// as fit. Samples are stored with 8 bits, or with 16 if the clip has more than 8. Several threads
/// may read at the same time.
public final class VideoFrames: Sendable {
  /// The clip, with the number of frames that are kept.
  public let info: VideoInfo
  /// Number of frames that are kept, at least 1.
  public let frameCount: Int
  private let bytes: MappedBytes

  /// Decodes a clip.
  ///
  /// - Parameters:
  ///   - frames: the frames to keep, counted from 0; nil for all.
  ///   - progress: called with the number of frames so far; an error that it throws ends the
  ///     reading.
  /// - Throws: `FileError`, for frames over the limits and for a full disk in particular.
  public convenience init(
    reading path: String, frames: Range<Int>? = nil, limits: VideoLimits = .standard,
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    try self.init(
      VideoReader(path, limits: limits), frames: frames, limits: limits, progress: progress)
  }

  /// Decodes the frames that a reader has not read yet.
  ///
  /// - Parameters:
  ///   - frames: the frames to keep, counted from the next one; nil for all.
  ///   - progress: called with the number of frames so far; an error that it throws ends the
  ///     reading.
  /// - Throws: `FileError`, for frames over the limits and for a full disk in particular.
  public init(
    _ reader: VideoReader, frames: Range<Int>? = nil, limits: VideoLimits = .standard,
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    let info = reader.info
    let frameBytes = info.width * info.height * info.channels * (info.isDeep ? 2 : 1)
    let available = info.frameCount.map { $0 - reader.position }
    if let frames {
      guard frames.lowerBound >= 0, !frames.isEmpty else {
        throw Self.noSuchFrames(reader.path, frames, available)
      }
      if let available, frames.upperBound > available {
        throw Self.noSuchFrames(reader.path, frames, available)
      }
    }
    func checkSize(_ count: Int) throws {
      guard count <= limits.maximumStoredBytes / frameBytes else {
        throw FileError(
          kind: .tooLarge, path: reader.path,
          reason: "\(count) frames of \(info.width)x\(info.height) with \(info.channels) channels "
            + "take more than the \(limits.maximumStoredBytes) bytes that decoded clips may have",
          advice: "cut the clip or shrink its frames first")
      }
    }
    try checkSize(frames?.count ?? available ?? 1)
    if let frames, try reader.skip(frames.lowerBound) < frames.lowerBound {
      throw Self.noSuchFrames(reader.path, frames, nil)
    }
    let file = try ScratchFile()
    var count = 0
    while count < frames?.count ?? Int.max, let image = try reader.nextFrame() {
      try checkSize(count + 1)
      try Self.append(image, isDeep: info.isDeep, to: file)
      count += 1
      try progress(count)
    }
    guard count > 0, count == frames?.count ?? count else {
      throw Self.noSuchFrames(reader.path, frames ?? 0..<1, count)
    }
    bytes = try file.mapped()
    frameCount = count
    var kept = info
    kept.frameCount = count
    self.info = kept
  }

  /// A box of the clip.
  ///
  /// - Parameters: ranges within the clip.
  /// - Returns: values 0...1, row-major `[frames, rows, columns, channels]`.
  public func values(frames: Range<Int>, rows: Range<Int>, columns: Range<Int>) -> [Float] {
    precondition(
      frames.lowerBound >= 0 && frames.upperBound <= frameCount && rows.lowerBound >= 0
        && rows.upperBound <= info.height && columns.lowerBound >= 0
        && columns.upperBound <= info.width,
      "frames \(frames), rows \(rows), columns \(columns) are not within the clip")
    let rowCount = columns.count * info.channels
    return filled(frames.count * rows.count * rowCount) { target, sample in
      var place = 0
      for frame in frames {
        for row in rows {
          let start =
            ((frame * info.height + row) * info.width + columns.lowerBound) * info.channels
          for offset in 0..<rowCount { target[place + offset] = sample(start + offset) }
          place += rowCount
        }
      }
    }
  }

  /// Single pixels of the clip.
  ///
  /// - Parameter pixels: `(frame * height + row) * width + column` of each.
  /// - Returns: values 0...1, row-major `[pixels, channels]`.
  public func values(ofPixels pixels: [Int]) -> [Float] {
    let limit = frameCount * info.height * info.width
    precondition(
      pixels.allSatisfy { (0..<limit).contains($0) }, "a pixel is not within the clip's \(limit)")
    let channels = info.channels
    return filled(pixels.count * channels) { target, sample in
      for (number, pixel) in pixels.enumerated() {
        for channel in 0..<channels {
          target[number * channels + channel] = sample(pixel * channels + channel)
        }
      }
    }
  }

  /// A whole frame.
  ///
  /// - Parameter index: 0 to `frameCount - 1`.
  public func frame(_ index: Int) -> Image {
    Image(
      width: info.width, height: info.height, channels: info.channels,
      values: values(frames: index..<index + 1, rows: 0..<info.height, columns: 0..<info.width))
  }

  /// Values written by `body`, which receives the samples of the clip as numbers 0...1.
  private func filled(
    _ count: Int,
    _ body: (UnsafeMutableBufferPointer<Float>, (Int) -> Float) -> Void
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { target, filled in
      bytes.withBytes { source in
        if info.isDeep {
          let samples = source.assumingMemoryBound(to: UInt16.self)
          body(target) { Float(samples[$0]) / 65_535 }
        } else {
          body(target) { Float(source[$0]) / 255 }
        }
      }
      filled = count
    }
  }

  private static func append(_ image: Image, isDeep: Bool, to file: ScratchFile) throws {
    func clipped(_ value: Float) -> Float { value > 0 ? min(value, 1) : 0 }
    if isDeep {
      let samples = image.values.map { UInt16(clipped($0) * 65_535 + 0.5) }
      try samples.withUnsafeBytes { try file.append($0) }
    } else {
      let samples = image.values.map { UInt8(clipped($0) * 255 + 0.5) }
      try samples.withUnsafeBytes { try file.append($0) }
    }
  }

  private static func noSuchFrames(_ path: String, _ frames: Range<Int>, _ count: Int?) -> FileError
  {
    FileError(
      kind: .empty, path: path,
      reason: "there are no frames \(frames.lowerBound) to \(frames.upperBound - 1)"
        + (count.map { ", the clip has \($0)" } ?? ", the clip is shorter"),
      advice: "give a range within the clip, counted from 0")
  }
}
