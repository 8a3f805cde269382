import CImageCodecs
import Files

/// Where the bytes of a picture file are.
enum PictureBytes {
  /// All of them.
  case memory(ArraySlice<UInt8>)
  /// In an open file, of which a TIFF's codec reads only what it needs.
  case file(BoundedFile)

  /// Calls `body` with the bytes as the codecs take them.
  func withCodecBytes<Result>(_ body: (ImageCodecBytes) throws -> Result) rethrows -> Result {
    switch self {
    case .memory(let bytes):
      try bytes.withUnsafeBufferPointer {
        try body(ImageCodecBytes(bytes: $0.baseAddress, count: $0.count, descriptor: -1))
      }
    case .file(let file):
      try withExtendedLifetime(file) {
        try body(ImageCodecBytes(bytes: nil, count: file.size, descriptor: file.descriptor))
      }
    }
  }
}
