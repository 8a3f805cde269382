import Foundation
import Numerics

extension WorkGroup {
  /// Throws if a member sees another file of this name than the first.
  ///
  /// - Throws: `WorkGroupError` on all members.
  package func requireSameFile(_ path: String) throws {
    if isAlone { return }
    try requireSame(Self.fingerprint(path), "the file '\(path.onOneLine)'")
  }

  /// The length and the 64-bit FNV-1a hash of a file's content.
  private static func fingerprint(_ path: String) -> String {
    guard let file = FileHandle(forReadingAtPath: path) else { return "not readable" }
    defer { try? file.close() }
    var (hash, length): (UInt64, Int) = (0xcbf2_9ce4_8422_2325, 0)
    while let data = try? file.read(upToCount: 1 << 20), !data.isEmpty {
      length += data.count
      data.withUnsafeBytes { bytes in
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      }
    }
    return "\(length) bytes (\(String(hash, radix: 16)))"
  }
}
