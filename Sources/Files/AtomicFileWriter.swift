#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file that is written in pieces and appears whole or not at all; see ``AtomicFile``.
///
/// The pieces go into a temporary file in the same folder. `finish()` gives it the file's name.
/// Without that call it is removed when the writer is released.
package final class AtomicFileWriter {
  /// The temporary file's path, for another program that writes it.
  package let temporaryPath: String

  private let path: String
  private let overwrite: Bool
  private let destination: AtomicFile.Destination
  private let descriptor: Int32
  private var isFinished = false

  /// Creates the temporary file.
  ///
  /// - Throws: ``FileError``.
  package init(_ path: String, overwrite: Bool) throws {
    self.path = path
    self.overwrite = overwrite
    destination = try AtomicFile.checkedDestination(path, overwrite: overwrite)
    temporaryPath = AtomicFile.temporaryPath(beside: destination.path)
    let opened = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard opened >= 0 else { throw AtomicFile.unwritable(path, errno) }
    descriptor = opened
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(temporaryPath) }
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
    try AtomicFile.move(temporaryPath, to: destination.path, overwrite: overwrite, path: path)
    isFinished = true
    AtomicFile.synchronizeFolder(of: destination.path)
  }

  private func check(_ failure: Int32) throws {
    guard failure == 0 else { throw AtomicFile.unwritable(path, failure) }
  }
}
