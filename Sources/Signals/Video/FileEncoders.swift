import Files
import Foundation

/// Writes y4m with 8 bits of limited range, in full chroma detail (4:4:4) or grey.
///
/// The matrix is BT.601 below 720 rows and BT.709 otherwise.
final class Y4MEncoder: FrameEncoder {
  private let file: AtomicFileWriter
  private let conversion: YUVConversion

  init(
    _ path: String, width: Int, height: Int, channels: Int, frameRate: FrameRate, overwrite: Bool
  ) throws {
    file = try AtomicFileWriter(path, overwrite: overwrite)
    conversion = YUVConversion(matrix: .assumed(height: height), isFullRange: false)
    let layout = channels == 1 ? "mono" : "444"
    try file.append(
      Array(
        ("YUV4MPEG2 W\(width) H\(height) F\(frameRate.numerator):\(frameRate.denominator) Ip A1:1 "
          + "C\(layout) XCOLORRANGE=LIMITED\n").utf8))
  }

  func write(_ frame: Image) throws {
    try file.append(Array("FRAME\n".utf8))
    try file.append(conversion.planes(of: frame))
  }

  func finish() throws { try file.finish() }
}

/// Writes an animated PNG.
final class AnimatedPNGFileEncoder: FrameEncoder {
  private let file: AtomicFileWriter
  private let path: String
  private var encoder: AnimatedPNGEncoder

  /// Begins a file.
  ///
  /// The rate is rounded to a fraction of two numbers of 16 bits.
  init(_ path: String, frameRate: FrameRate, overwrite: Bool) throws {
    self.path = path
    file = try AtomicFileWriter(path, overwrite: overwrite)
    encoder = AnimatedPNGEncoder(delay: Self.delay(frameRate))
  }

  func write(_ frame: Image) throws { try file.append(encoder.piece(of: frame, path: path)) }

  func finish() throws {
    try file.append(encoder.end)
    let count = encoder.frameCountChunk
    try file.replace(count.bytes, at: count.place)
    try file.finish()
  }

  private static func delay(_ rate: FrameRate) -> (numerator: UInt16, denominator: UInt16) {
    if let seconds = UInt16(exactly: rate.denominator), let parts = UInt16(exactly: rate.numerator)
    {
      return (seconds, parts)
    }
    let seconds = 1 / rate.framesPerSecond
    // The finest of these units that can express the duration.
    for parts: UInt16 in [50_000, 1000, 1] where seconds * Double(parts) <= 65_535 {
      return (UInt16(max(1, (seconds * Double(parts)).rounded())), parts)
    }
    return (.max, 1)
  }
}

/// Writes a folder of pictures `frame-000001.png` and so on.
final class PictureFolderEncoder: FrameEncoder {
  private let folder: AtomicFolder
  private let path: String
  private var count = 0

  init(_ path: String, overwrite: Bool) throws {
    self.path = path
    folder = try AtomicFolder(path, overwrite: overwrite, isReplaceable: Self.isFrame)
  }

  /// Checks that a folder can probably be written; nothing is created.
  static func check(_ path: String, overwrite: Bool) throws {
    try AtomicFolder.check(path, overwrite: overwrite, isReplaceable: isFrame)
  }

  func write(_ frame: Image) throws {
    count += 1
    let digits = String(count)
    let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
    try folder.write(ImageFile.encodePNG(frame, path: path), to: "frame-\(zeros)\(digits).png")
  }

  func finish() throws { try folder.finish() }

  /// Whether a name is that of a frame written here.
  private static func isFrame(_ name: String) -> Bool {
    guard name.hasPrefix("frame-"), name.hasSuffix(".png") else { return false }
    let digits = name.utf8.dropFirst(6).dropLast(4)
    return digits.count >= 6 && digits.allSatisfy { (48...57).contains($0) }
  }
}
