import Foundation

/// A fresh folder for one test's files, removed with everything in it when it is released.
///
///     let folder = try TemporaryFolder()
///     let path = folder.file("picture.png")
public final class TemporaryFolder: Sendable {
  /// The folder's absolute path, without a slash at the end.
  public let path: String

  /// Creates an empty folder with a unique name in the system's temporary folder.
  public init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("siren-hyper-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  deinit {
    // A test may have taken the permission to write away.
    try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file or folder in this folder; nothing is created.
  public func file(_ name: String) -> String { path + "/" + name }

  /// Writes bytes to a file in this folder and returns its path.
  @discardableResult
  public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Writes text to a file in this folder and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(text.utf8, to: name)
  }

  /// Creates a folder in this folder, with those in between, and returns its path.
  @discardableResult
  public func makeFolder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: file(name), withIntermediateDirectories: true)
    return file(name)
  }

  /// The names of all that is in this folder, hidden files included, in order.
  public func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// Runs a test's body with a fresh folder, which is there until the body ends.
public func withTemporaryFolder<Result>(
  _ body: (TemporaryFolder) throws -> Result
) throws -> Result {
  let folder = try TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder) }
}
