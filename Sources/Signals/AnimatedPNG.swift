import Foundation

/// Pictures shown one after the other, as an animated PNG (PNG specification, third edition,
/// section 11.3.6).
///
/// Browsers play it, and other programs show the first picture.
public enum AnimatedPNG {
  /// The pictures and then their reverse, without showing either end twice, so that the animation
  /// has no jump.
  public static func thereAndBack(_ frames: [Image]) -> [Image] {
    frames + frames.dropFirst().dropLast().reversed()
  }

  /// Encodes pictures as an endless animation.
  ///
  /// - Parameters:
  ///   - frames: at least one, all of one size and of equally many channels, 1 to 4.
  ///   - milliseconds: the duration of each picture, 1...65,535.
  /// - Throws: `FileError` for more than 4 channels, or when memory runs out.
  public static func encode(_ frames: [Image], milliseconds: Int) throws -> Data {
    precondition(
      !frames.isEmpty && (1...65_535).contains(milliseconds),
      "\(frames.count) pictures of \(milliseconds) ms do not make an animation")
    let (width, height) = (frames[0].width, frames[0].height)
    precondition(
      frames.allSatisfy {
        $0.width == width && $0.height == height && $0.channels == frames[0].channels
      }, "the pictures of an animation differ in size or channels")
    var encoder = AnimatedPNGEncoder(delay: (UInt16(milliseconds), 1000))
    var result: [UInt8] = []
    for frame in frames { result += try encoder.piece(of: frame, path: "") }
    let count = encoder.frameCountChunk
    result.replaceSubrange(count.place..<count.place + count.bytes.count, with: count.bytes)
    return Data(result + encoder.end)
  }
}

/// Encodes an animated PNG picture by picture.
///
/// The number of pictures stands before the first, so its chunk is written again at the end.
struct AnimatedPNGEncoder {
  /// How long each picture is shown, in seconds: numerator and denominator.
  let delay: (numerator: UInt16, denominator: UInt16)
  /// Pictures so far.
  private(set) var frameCount = 0
  private var sequence: UInt32 = 0
  private var place = 0

  init(delay: (numerator: UInt16, denominator: UInt16)) { self.delay = delay }

  /// The bytes that a further picture adds.
  ///
  /// - Throws: `FileError` for more than 4 channels, or when memory runs out.
  mutating func piece(of frame: Image, path: String) throws -> [UInt8] {
    let chunks = PNGChunk.chunks(of: try ImageFile.encodePNG(frame, path: path))
    var result: [UInt8] = []
    if frameCount == 0 {
      result = PNGHeaderParser.signature
      // Everything before the samples describes all pictures.
      for chunk in chunks.prefix(while: { $0.type != "IDAT" }) { result += chunk.encoded }
      place = result.count
      result += frameCountChunk.bytes
    }
    // Its place, how long it is shown, and that it replaces the one before.
    var control = PNGChunk(
      "fcTL", numbers: [sequence, UInt32(frame.width), UInt32(frame.height), 0, 0])
    control.payload += [delay.numerator, delay.denominator].flatMap {
      [UInt8($0 >> 8), UInt8($0 & 0xFF)]
    }
    control.payload += [0, 0]
    result += control.encoded
    sequence += 1
    for chunk in chunks where chunk.type == "IDAT" {
      guard frameCount > 0 else {
        result += chunk.encoded
        continue
      }
      result +=
        PNGChunk("fdAT", payload: PNGChunk("", numbers: [sequence]).payload + chunk.payload)
        .encoded
      sequence += 1
    }
    frameCount += 1
    return result
  }

  /// The chunk with the number of pictures so far, and its place in the file.
  var frameCountChunk: (place: Int, bytes: [UInt8]) {
    (place, PNGChunk("acTL", numbers: [UInt32(frameCount), 0]).encoded)
  }

  /// The bytes behind the last picture.
  var end: [UInt8] { PNGChunk("IEND", payload: []).encoded }
}
