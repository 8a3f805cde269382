import Files

/// The first line of a YUV4MPEG2 stream.
struct Y4MHeader {
  static let signature = Array("YUV4MPEG2".utf8)
  /// The longest first line that is read, in bytes.
  static let longestLine = 4096

  var width: Int
  var height: Int
  var frameRate: FrameRate?
  var layout: ChromaLayout
  /// Whether samples use all values; nil if the line does not say so.
  var isFullRange: Bool?
  /// Names of what the line says beside that.
  var dropped: [String] = []

  /// Bytes of a frame without its own header line.
  var frameBytes: Int { layout.sampleCount(width: width, height: height) * layout.sampleBytes }

  /// Parses a line and checks the size.
  ///
  /// - Throws: `FileError`.
  init(_ line: [UInt8], path: String, limits: VideoLimits) throws {
    func fail(_ kind: FileError.Kind, _ reason: String, _ advice: String) -> FileError {
      FileError(kind: kind, path: path, reason: reason, advice: advice)
    }
    let export = "export the clip again"
    let words = String(decoding: line, as: UTF8.self).split(separator: " ")
    guard words.first == "YUV4MPEG2" else {
      throw fail(.corrupt, "the y4m doesn't begin with the word YUV4MPEG2", export)
    }
    var (width, height): (Int?, Int?) = (nil, nil)
    var (chroma, oldChroma): (String?, String?) = (nil, nil)
    frameRate = nil
    isFullRange = nil
    for word in words.dropFirst() {
      let value = String(word.dropFirst())
      switch word.first {
      case "W": width = Int(value)
      case "H": height = Int(value)
      case "C": chroma = value
      case "F":
        let parts = value.split(separator: ":", maxSplits: 1).map { Int($0) ?? -1 }
        // 0:0 means that the rate is unknown.
        if parts != [0, 0] {
          guard parts.count == 2, let rate = FrameRate(parts[0], per: parts[1]) else {
            throw fail(.corrupt, "the y4m claims the frame rate \(value.debugDescription)", export)
          }
          frameRate = rate
        }
      case "A":
        let parts = value.split(separator: ":").map { Int($0) ?? 0 }
        // 0:0 means that the shape of pixels is unknown.
        if parts.count == 2, parts[0] > 0, parts[1] > 0, parts[0] != parts[1] {
          dropped.append("the pixel aspect ratio \(parts[0]):\(parts[1])")
        }
      case "I":
        if ["t", "b", "m"].contains(value) { dropped.append("interlacing") }
      case "X":
        if value == "COLORRANGE=FULL" { isFullRange = true }
        if value == "COLORRANGE=LIMITED" { isFullRange = false }
        if value.hasPrefix("YSCSS=") { oldChroma = value.dropFirst(6).lowercased() }
      default: break
      }
    }
    guard let width, let height else {
      throw fail(.corrupt, "the y4m's first line names no width and height", export)
    }
    try VideoReader.check(width: width, height: height, frames: nil, path: path, limits: limits)
    let name = chroma ?? oldChroma ?? "420jpeg"
    guard let layout = ChromaLayout(y4mName: name) else {
      throw fail(
        .unsupported, "y4m with the samples \(name.debugDescription) isn't decoded",
        "convert it to 420, 422, 444 or mono of 8 to 16 bits")
    }
    self.width = width
    self.height = height
    self.layout = layout
  }
}
