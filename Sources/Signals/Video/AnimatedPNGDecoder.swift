import Files

/// The frames of an animated PNG, each composed on the canvas as the specification's section 11.3.2.2
/// describes.
///
/// The canvas starts as transparent black, or as black if the file has no transparency. A frame is
/// decoded as a plain PNG of its chunks.
final class AnimatedPNGDecoder: FrameDecoder {
  let info: VideoInfo
  private let path: String
  private let file: BoundedFile
  private let index: AnimatedPNGIndex
  private var position = 0
  private var canvas: Image

  /// Opens a file and walks its chunks.
  ///
  /// - Throws: `FileError`.
  init(_ path: String, limits: VideoLimits) throws {
    self.path = path
    file = try BoundedFile(path: path, maximumBytes: limits.maximumFileBytes)
    index = try AnimatedPNGIndex(file, path: path, limits: limits)
    let header = index.header
    info = VideoInfo(
      format: .animatedPNG, width: header.storedWidth, height: header.storedHeight,
      channels: header.header.channels, frameCount: index.frames.count, frameRate: index.frameRate,
      isDeep: header.header.bitDepth > 8)
    // Memory for the canvas is allocated after the first frame is decoded.
    canvas = Image(width: 1, height: 1, channels: 1)
  }

  func next() throws -> Image? {
    guard position < index.frames.count else { return nil }
    let frame = index.frames[position]
    let picture = try decoded(frame)
    if position == 0 {
      canvas = Image(width: info.width, height: info.height, channels: info.channels)
    }
    // The previous content of the area, for frames that are removed afterwards.
    let before = frame.disposal == .restore && position > 0 ? canvas : nil
    draw(picture, frame)
    let shown = canvas
    switch frame.disposal {
    case .keep: break
    case .clear: clear(frame)
    // There is nothing before the first frame, so its area is cleared.
    case .restore: if let before { canvas = before } else { clear(frame) }
    }
    position += 1
    return shown
  }

  func skip() throws -> Bool { try next() != nil }

  private func decoded(_ frame: AnimatedPNGIndex.Frame) throws -> Image {
    var header = index.headerChunk
    header.replaceSubrange(
      0..<8, with: PNGChunk("", numbers: [UInt32(frame.width), UInt32(frame.height)]).payload)
    var bytes = PNGHeaderParser.signature + PNGChunk("IHDR", payload: header).encoded
    for chunk in index.sharedChunks { bytes += chunk.encoded }
    // Without compression a frame takes little more than its samples. Much longer data cannot be a
    // frame of this size.
    let limit = 4096 + 4 * (frame.width + 16) * (frame.height + 8) * 8
    var dataCount = 0
    var place = frame.dataStart
    while let head = try AnimatedPNGIndex.head(in: file, at: place), head.type != "fcTL",
      head.type != "IEND"
    {
      if head.type == "IDAT" || head.type == "fdAT" {
        dataCount += head.length
        guard dataCount <= limit else {
          throw HeaderParser.corrupt(
            path, "frame \(position) has more data than \(frame.width)x\(frame.height) pixels need")
        }
        let contents = try AnimatedPNGIndex.contents(of: head, in: file, path: path, limit: limit)
        let data = head.type == "IDAT" ? contents : Array(contents.dropFirst(4))
        bytes += PNGChunk("IDAT", payload: data).encoded
      }
      place = head.end
    }
    bytes += PNGChunk("IEND", payload: []).encoded
    do {
      return try ImageFile.decode(
        bytes, path: path, limits: ImageLimits(maximumPixels: frame.width * frame.height))
    } catch let error as FileError {
      throw FileError(
        kind: error.kind, path: path, reason: "frame \(position): \(error.reason)",
        advice: error.advice)
    }
  }

  private func draw(_ picture: Image, _ frame: AnimatedPNGIndex.Frame) {
    let channels = info.channels
    let hasAlpha = channels == 2 || channels == 4
    for row in 0..<frame.height {
      let source = row * frame.width * channels
      let target = ((frame.y + row) * info.width + frame.x) * channels
      if frame.isBlended && hasAlpha {
        for column in 0..<frame.width {
          blend(picture.values, source + column * channels, target + column * channels)
        }
      } else {
        for offset in 0..<frame.width * channels {
          canvas.values[target + offset] = picture.values[source + offset]
        }
      }
    }
  }

  /// Composes one pixel over the canvas; alpha is not premultiplied (section 13.16).
  private func blend(_ values: [Float], _ source: Int, _ target: Int) {
    let colors = info.channels - 1
    let front = values[source + colors]
    let back = canvas.values[target + colors] * (1 - front)
    let alpha = front + back
    for channel in 0..<colors where alpha > 0 {
      canvas.values[target + channel] =
        (values[source + channel] * front + canvas.values[target + channel] * back) / alpha
    }
    canvas.values[target + colors] = alpha
  }

  private func clear(_ frame: AnimatedPNGIndex.Frame) {
    let width = frame.width * info.channels
    for row in frame.y..<frame.y + frame.height {
      let start = (row * info.width + frame.x) * info.channels
      for offset in start..<start + width { canvas.values[offset] = 0 }
    }
  }
}
