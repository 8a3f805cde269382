#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that is written in pieces and appears whole or not at all; see ``AtomicFile``.
///
/// The pieces go into a temporary file in the same folder, without a name where the system has such
/// files. `finish()` gives it the file's name. Without that call it is removed when the writer is
/// released, or when the program ends in any way; see ``TemporaryFiles``.
package final class AtomicFileWriter {
  /// The path of the temporary file, for another program that writes it.
  ///
  /// There is a file only for a writer whose `isNamed` was true, and elsewhere than on Linux.
  package let temporaryPath: String
  /// Whether the temporary file has its name.
  private let hasName: Bool

  private let path: String
  private let overwrite: Bool
  private let destination: AtomicFile.Destination
  private let descriptor: Int32
  private var isFinished = false

  /// Creates the temporary file.
  ///
  /// - Parameter isNamed: whether the temporary file must have a path, for another program that writes it.
  /// - Throws: ``FileError``.
  package init(_ path: String, overwrite: Bool, isNamed: Bool = false) throws {
    self.path = path
    self.overwrite = overwrite
    destination = try AtomicFile.checkedDestination(path, overwrite: overwrite)
    let folder = AtomicFile.folder(of: destination.path)
    TemporaryFiles.removeAbandoned(in: folder)
    if !isNamed, let unnamed = TemporaryFiles.unnamed(in: folder) {
      (temporaryPath, descriptor) = (TemporaryFiles.path(beside: destination.path), unnamed)
      hasName = false
      // It may be given a temporary name in the end.
      TemporaryFiles.lock(unnamed)
      return
    }
    hasName = true
    do {
      (temporaryPath, descriptor) = try TemporaryFiles.named(beside: destination.path)
    } catch {
      throw AtomicFile.unwritable(path, error.code)
    }
  }

  deinit {
    if !isFinished && hasName { unlink(temporaryPath) }
    // Last, because it releases the lock.
    close(descriptor)
  }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError`` of kind `unwritable`.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    try check(SystemCalls.writeAll(bytes) { write(descriptor, $0, $1) })
  }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError`` of kind `unwritable`.
  package func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try append($0) }
  }

  /// Replaces bytes that were written before.
  ///
  /// Later pieces still go to the end.
  ///
  /// - Throws: ``FileError`` of kind `unwritable`.
  package func replace(_ bytes: [UInt8], at start: Int) throws {
    var place = off_t(start)
    let failure = bytes.withUnsafeBytes { buffer in
      SystemCalls.writeAll(buffer) { base, count in
        let written = pwrite(descriptor, base, count, place)
        place += off_t(max(0, written))
        return written
      }
    }
    try check(failure)
  }

  /// Synchronizes the file with the disk and gives it its name.
  ///
  /// Nothing may be written afterwards.
  ///
  /// - Throws: ``FileError``; the old file then stays as it was.
  package func finish() throws {
    precondition(!isFinished, "the file \(path) is finished already")
    if let mode = destination.mode { _ = fchmod(descriptor, mode) }
    guard fsync(descriptor) == 0 else { throw AtomicFile.unwritable(path, errno) }
    if hasName {
      try AtomicFile.move(temporaryPath, to: destination.path, overwrite: overwrite, path: path)
    } else {
      try nameFile()
    }
    isFinished = true
    AtomicFile.synchronizeFolder(of: destination.path)
  }

  /// Gives the unnamed file its name.
  private func nameFile() throws {
    let code = TemporaryFiles.link(descriptor, to: destination.path)
    guard code != 0 else { return }
    guard code == EEXIST else { throw AtomicFile.unwritable(path, code) }
    guard overwrite else { throw AtomicFile.exists(path) }
    // Only a file with a name can replace another one. If the program is killed between these two
    // calls, the temporary name stays until the next one writes in this folder.
    let linking = TemporaryFiles.link(descriptor, to: temporaryPath)
    guard linking == 0 else { throw AtomicFile.unwritable(path, linking) }
    guard rename(temporaryPath, destination.path) == 0 else {
      let renaming = errno
      unlink(temporaryPath)
      throw AtomicFile.unwritable(path, renaming)
    }
  }

  private func check(_ failure: Int32) throws {
    guard failure == 0 else { throw AtomicFile.unwritable(path, failure) }
  }
}
