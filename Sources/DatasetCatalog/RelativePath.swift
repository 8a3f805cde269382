import Foundation

/// Paths as a catalog stores them: relative, `/` between components, never leading upwards.
///
/// Paths are split by bytes, as in the system. Swift's characters differ from it in two ways. A `/`
/// followed by a combining mark is one character that differs from `/`. Canonically equivalent
/// names compare as equal, although they are different files.
enum RelativePath {
  private static let separator = UInt8(ascii: "/")

  /// The names between the separators; nil if the text of the path leads out of the folder that it
  /// is relative to.
  ///
  /// Symbolic links can lead out too, but `FolderReader` does not follow them.
  static func components(_ path: String) -> [String]? {
    guard !path.utf8.contains(0) else { return nil }
    let names = path.utf8.split(separator: separator, omittingEmptySubsequences: false)
      .map { Array($0) }
    let dot = UInt8(ascii: ".")
    guard names.allSatisfy({ !$0.isEmpty && $0 != [dot] && $0 != [dot, dot] }) else { return nil }
    // In UTF-8 a separator is a single byte, so every piece is valid text.
    return names.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether a path stays inside the folder that it is relative to, by its text alone.
  static func isSafe(_ path: String) -> Bool { components(path) != nil }

  /// The rest of a path behind a folder; nil if the path is not inside the folder.
  static func path(_ path: String, inside folder: String) -> String? {
    let start = Array(folder.utf8) + [separator]
    guard path.utf8.starts(with: start) else { return nil }
    return String(decoding: path.utf8.dropFirst(start.count), as: UTF8.self)
  }
}

/// Paths of files anywhere, also split by bytes.
enum FilePath {
  /// The folder (empty for a bare name, `/` for one in the root) and the name behind its last
  /// separator.
  static func split(_ path: String) -> (folder: String, name: String) {
    let bytes = Array(path.utf8)
    guard let last = bytes.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    return (
      String(decoding: bytes[..<max(last, 1)], as: UTF8.self),
      String(decoding: bytes[(last + 1)...], as: UTF8.self)
    )
  }

  /// The path of a name in a folder; the inverse of `split`.
  static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder == "/" ? folder + name : folder + "/" + name
  }

  /// The paths of a folder's files with the given beginning and end; empty if it cannot be listed.
  static func files(beginningWith start: String, endingIn suffix: String) -> [String] {
    let (folder, prefix) = split(start)
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
    return (names ?? [])
      .filter { $0.utf8.starts(with: prefix.utf8) && $0.hasSuffix(suffix) }
      .map { join(folder, $0) }
  }
}

/// A path as a key.
///
/// Two keys are equal if their bytes are equal.
struct PathKey: Hashable, Sendable {
  private let bytes: [UInt8]

  init(_ path: String) { bytes = Array(path.utf8) }
}
