import Foundation
import Numerics

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes files atomically.
public enum AtomicFile {
  /// Writes a file whole or not at all.
  ///
  /// The bytes go into a temporary file in the same folder, which is synchronized with the disk and
  /// then takes the place of the old one. On Linux it has no name until then, so that the system removes
  /// it if the program is killed. Elsewhere the next program that writes in the folder removes it. A link
  /// is followed, even to a file that does not exist yet. A replaced file's
  /// permissions are kept. Without `overwrite`, a file that another program creates meanwhile is
  /// not replaced either, if the file system supports hard links. On failure the temporary file is
  /// removed and the old file stays as it was. Of a group of processes, only the first writes what all of them have; see
  /// `WorkGroup`.
  ///
  /// - Throws: `FileError`.
  public static func write(_ data: Data, to path: String, overwrite: Bool) throws {
    guard WorkGroup.current.isFirst else { return }
    let file = try AtomicFileWriter(path, overwrite: overwrite)
    try data.withUnsafeBytes { try file.append($0) }
    try file.finish()
  }

  /// Checks that `write` will probably succeed, so that a long command fails before its work.
  ///
  /// The folder must exist and be writable, the path must not name a folder or device, and the
  /// file must not exist unless `overwrite`. Nothing is created.
  ///
  /// - Throws: `FileError`.
  public static func checkWritable(_ path: String, overwrite: Bool) throws {
    guard WorkGroup.current.isFirst else { return }
    _ = try checkedDestination(path, overwrite: overwrite)
  }

  /// The path without links of the file that a path names, or that `write` would create there.
  ///
  /// Two paths have the same place if they name one file, however they are spelled. A path in a folder
  /// that does not exist is returned as it is.
  package static func place(of path: String) -> String {
    if let existing = try? resolved(path) { return existing }
    guard let end = try? endOfLinks(path), let folder = try? resolved(folder(of: end)) else {
      return path
    }
    let name = String(decoding: end.utf8.split(separator: separator).last ?? [], as: UTF8.self)
    return folder + "/" + name
  }

  struct Destination {
    /// The path with links followed.
    var path: String
    /// The permissions of the file that will be replaced.
    var mode: mode_t?
  }

  static func checkedDestination(
    _ path: String, overwrite: Bool
  ) throws -> Destination {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(
        kind: .unwritable, path: path, reason: "this is not a file name",
        advice: "give the name of a file")
    }
    var destination = Destination(path: path, mode: nil)
    switch SystemCalls.target(of: path) {
    case .nothing where path.hasSuffix("/"):
      throw notAFile(path, "this names a folder")
    case .nothing:
      destination.path = try endOfLinks(path)
    case .file(_, let mode):
      guard overwrite else { throw exists(path) }
      destination = Destination(path: try resolved(path), mode: mode)
    case .folder:
      throw notAFile(path, "this is a folder")
    case .special:
      throw notAFile(path, "this is a device or a pipe")
    case .failed(let code):
      throw unwritable(path, code)
    }
    try checkFolder(folder(of: destination.path), path: path)
    return destination
  }

  static func checkFolder(_ folder: String, path: String) throws {
    switch SystemCalls.target(of: folder) {
    case .folder:
      guard access(folder, W_OK | X_OK) == 0 else { throw unwritable(path, errno) }
    case .nothing:
      throw FileError(
        kind: .folderMissing, path: path,
        reason: "the folder \(folder.onOneLine) does not exist",
        advice: "create the folder or name another one")
    default:
      throw FileError(
        kind: .folderMissing, path: path, reason: "\(folder.onOneLine) is not a folder",
        advice: "name a file in an existing folder")
    }
  }

  static func folder(of path: String) -> String {
    // By bytes, as the system does: before a combining mark "/" is part of another character.
    let bytes = path.utf8
    guard let slash = bytes.lastIndex(of: separator) else { return "." }
    return slash == bytes.startIndex ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
  }

  private static let separator = UInt8(ascii: "/")

  /// The path of an existing file without links.
  private static func resolved(_ path: String) throws -> String {
    guard let real = realpath(path, nil) else { throw unwritable(path, errno) }
    defer { free(real) }
    guard let text = String(validatingCString: real) else { throw unreadableLink(path) }
    return text
  }

  /// The file to create for a path without a file: the path itself, or the end of its links.
  private static func endOfLinks(_ path: String) throws -> String {
    var end = path
    // The system follows no more links than this either.
    for _ in 0..<40 {
      switch SystemCalls.link(at: end) {
      case .none where end.hasSuffix("/"):
        throw notAFile(path, "this is a link to \(end.onOneLine), a folder that doesn't exist")
      case .none:
        return end
      case .some(nil):
        throw unreadableLink(path)
      case .some(let target?):
        end = target.utf8.first == separator ? target : folder(of: end) + "/" + target
      }
    }
    throw unwritable(path, ELOOP)
  }

  static func move(
    _ temporary: String, to destination: String, overwrite: Bool, path: String
  ) throws {
    if !overwrite {
      // A hard link, unlike a rename, refuses to replace a file.
      if link(temporary, destination) == 0 {
        unlink(temporary)
        return
      }
      if errno == EEXIST { throw exists(path) }
      // On file systems without hard links, the check before has to suffice.
    }
    guard rename(temporary, destination) == 0 else { throw unwritable(path, errno) }
  }

  /// Synchronizes the folder, so that the new name is durable.
  ///
  /// If that fails, the file is still complete.
  static func synchronizeFolder(of path: String) {
    let descriptor = open(folder(of: path), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }

  static func exists(_ path: String) -> FileError {
    FileError(
      kind: .exists, path: path, reason: "the file already exists",
      advice: "name another file or overwrite it")
  }

  private static func notAFile(_ path: String, _ reason: String) -> FileError {
    FileError(
      kind: .notAFile, path: path, reason: reason, advice: "give the name of a file")
  }

  private static func unreadableLink(_ path: String) -> FileError {
    FileError(
      kind: .unwritable, path: path, reason: "this is a link to a name that is not UTF-8 text",
      advice: "name the file that the link leads to")
  }

  static func unwritable(_ path: String, _ code: Int32) -> FileError {
    FileError(
      kind: .unwritable, path: path, reason: "it cannot be written (\(SystemCalls.message(code)))",
      advice: "check the permissions and the free space, or name another file")
  }
}
