import Foundation

/// A file with the input that is being read, which stays if that ends the program.
struct KeptInput {
  let path: String
  private let file: FileHandle

  /// Creates the file, empty, or empties it.
  init(_ path: String) throws {
    self.path = path
    try Data().write(to: URL(fileURLWithPath: path))
    file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  /// Replaces the content.
  func keep(_ bytes: [UInt8]) throws {
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: bytes)
  }

  /// Removes the file, because nothing in it is left to be found.
  func remove() {
    try? file.close()
    try? FileManager.default.removeItem(atPath: path)
  }
}
