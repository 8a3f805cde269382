import Foundation

/// A file without a name, for readers that take a path.
enum UnnamedFile {
  /// Calls `body` with the path of a file of some bytes, which is gone afterwards.
  static func with<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    var name = Array("/dev/shm/siren-fuzz-XXXXXX".utf8CString)
    var descriptor = mkstemp(&name)
    if descriptor < 0 {
      name = Array(
        (FileManager.default.temporaryDirectory.path + "/siren-fuzz-XXXXXX").utf8CString)
      descriptor = mkstemp(&name)
    }
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    unlink(name)
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { write(descriptor, $0 + written, buffer.count - written) } ?? 0
      }
      guard count > 0 else { throw CocoaError(.fileWriteUnknown) }
      written += count
    }
    return try body("/dev/fd/\(descriptor)")
  }
}
