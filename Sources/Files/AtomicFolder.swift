import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A folder of files that appears whole or not at all.
///
/// The files go into a temporary folder beside it. `finish()` gives it the folder's name. Without
/// that call it is removed with everything in it when this value is released. What a killed program
/// has left is removed by the next one that writes beside it; see ``TemporaryFiles``. A link is followed, even to a
/// folder that does not exist yet, and stays.
package final class AtomicFolder {
  private let path: String
  /// The path with links followed.
  private let destination: String
  private let temporaryPath: String
  /// The open temporary folder, which is locked.
  private let descriptor: Int32
  private let overwrite: Bool
  private let isReplaceable: (String) -> Bool
  private var isFinished = false

  /// Creates the temporary folder.
  ///
  /// - Parameters:
  ///   - overwrite: whether an existing folder may be replaced.
  ///   - isReplaceable: whether a file of this name may be deleted. An existing folder that holds anything else is
  ///     never replaced.
  /// - Throws: ``FileError``.
  package init(
    _ path: String, overwrite: Bool, isReplaceable: @escaping (String) -> Bool
  ) throws {
    self.path = path
    self.overwrite = overwrite
    self.isReplaceable = isReplaceable
    destination = try Self.destination(of: path)
    try Self.check(
      destination, path: path, overwrite: overwrite, isReplaceable: isReplaceable)
    TemporaryFiles.removeAbandoned(in: AtomicFile.folder(of: destination))
    do {
      (temporaryPath, descriptor) = try TemporaryFiles.folder(beside: destination)
    } catch {
      throw AtomicFile.unwritable(path, error.code)
    }
  }

  deinit {
    if !isFinished { TemporaryFiles.remove(folder: temporaryPath) }
    close(descriptor)
  }

  /// Checks that `init` will probably succeed; nothing is created.
  ///
  /// - Throws: ``FileError``.
  package static func check(
    _ path: String, overwrite: Bool, isReplaceable: (String) -> Bool
  ) throws {
    try check(
      destination(of: path), path: path, overwrite: overwrite, isReplaceable: isReplaceable)
  }

  /// The folder to write for a path.
  private static func destination(of path: String) throws -> String {
    let name = path.utf8.contains(0) ? "" : withoutSlashes(path)
    // A link that took part in the exchange would be replaced, and its folder emptied.
    let destination = try name.isEmpty ? "" : AtomicFile.endOfLinks(name, isFolder: true)
    // The root, also through a link, has no name.
    guard !destination.isEmpty else {
      throw FileError(
        kind: .unwritable, path: path, reason: "this is not the name of a folder to write",
        advice: "give the name of a new folder")
    }
    return destination
  }

  private static func check(
    _ destination: String, path: String, overwrite: Bool, isReplaceable: (String) -> Bool
  ) throws {
    switch SystemCalls.target(of: destination) {
    case .nothing:
      try AtomicFile.checkFolder(AtomicFile.folder(of: destination), path: path)
    case .folder:
      guard overwrite else {
        throw FileError(
          kind: .exists, path: path, reason: "the folder exists already",
          advice: "name another folder or ask to overwrite it")
      }
      try AtomicFile.checkFolder(AtomicFile.folder(of: destination), path: path)
      try checkContents(of: destination, path: path, isReplaceable: isReplaceable)
    case .file, .special:
      throw FileError(
        kind: .unwritable, path: path, reason: "this is a file, not a folder",
        advice: "name another folder")
    case .failed(let code):
      throw AtomicFile.unwritable(path, code)
    }
  }

  /// Writes a file in the folder.
  ///
  /// - Parameter name: without a slash.
  /// - Throws: ``FileError``.
  package func write(_ data: Data, to name: String) throws {
    precondition(!name.contains("/"), "\(name) is not the name of a file in a folder")
    let file = open(temporaryPath + "/" + name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw AtomicFile.unwritable(path, errno) }
    let failure = data.withUnsafeBytes { bytes in
      SystemCalls.writeAll(bytes) { systemWrite(file, $0, $1) }
    }
    // Without this a file could be empty after a power failure, although the folder has its name.
    let synchronizing = failure != 0 || fsync(file) == 0 ? 0 : errno
    // Some file systems report a full disk only here.
    let closing = close(file) == 0 ? 0 : errno
    guard let code = [failure, synchronizing, closing].first(where: { $0 != 0 }) else { return }
    throw AtomicFile.unwritable(path, code)
  }

  /// Gives the folder its name.
  ///
  /// Nothing may be written afterwards.
  ///
  /// - Throws: ``FileError``; an old folder then stays as it was.
  package func finish() throws {
    precondition(!isFinished, "the folder \(path) is finished already")
    // Check again, because the folder may have changed meanwhile.
    try Self.check(
      destination, path: path, overwrite: overwrite, isReplaceable: isReplaceable)
    if case .folder = SystemCalls.target(of: destination) {
      try replace()
    } else {
      guard rename(temporaryPath, destination) == 0 else {
        throw AtomicFile.unwritable(path, errno)
      }
    }
    isFinished = true
    AtomicFile.synchronizeFolder(of: destination)
  }

  /// Puts the new folder in the place of the old one.
  private func replace() throws {
    // In one step, so that there is a folder at every moment.
    if TemporaryFiles.exchange(temporaryPath, destination) {
      TemporaryFiles.remove(folder: temporaryPath)
      return
    }
    // If the program is killed between these two calls, the old folder keeps a name that nobody removes.
    let old = temporaryPath + ".old"
    guard rename(destination, old) == 0 else { throw AtomicFile.unwritable(path, errno) }
    guard rename(temporaryPath, destination) == 0 else {
      let code = errno
      _ = rename(old, destination)
      throw AtomicFile.unwritable(path, code)
    }
    TemporaryFiles.remove(folder: old)
  }

  /// A path without slashes at its end.
  static func withoutSlashes(_ path: String) -> String {
    var end = path[...]
    while end.hasSuffix("/") { end = end.dropLast() }
    return String(end)
  }

  private static func checkContents(
    of folder: String, path: String, isReplaceable: (String) -> Bool
  ) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw AtomicFile.unwritable(path, EACCES)
    }
    guard let other = names.sorted().first(where: { !isReplaceable($0) }) else { return }
    throw FileError(
      kind: .unwritable, path: path,
      reason:
        "the folder holds \(other.debugDescription), which is none of the files that would be "
        + "replaced", advice: "name another folder")
  }
}

/// The system's call, which a method above shares its name with.
private func systemWrite(
  _ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int
) -> Int {
  write(descriptor, bytes, count)
}
