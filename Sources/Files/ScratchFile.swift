import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A temporary file without a name, for data that would fill memory.
///
/// It lies in the system's temporary folder and never has a name, or loses it at once, so the system
/// removes it even if the program is killed.
package final class ScratchFile {
  /// The open file, into which another program may write.
  package let descriptor: Int32
  /// Bytes written so far by `append`.
  package private(set) var count = 0
  private let folder: String

  /// Creates the file.
  ///
  /// - Throws: ``FileError`` of kind `unwritable`.
  package init() throws {
    folder = FileManager.default.temporaryDirectory.path
    if let anonymous = TemporaryFiles.anonymous(in: folder) {
      descriptor = anonymous
      return
    }
    var name = Array((folder + "/siren-scratch-XXXXXX").utf8CString)
    let opened = mkstemp(&name)
    guard opened >= 0 else { throw Self.unwritable(folder, errno) }
    descriptor = opened
    unlink(name)
    _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
  }

  /// Takes ownership of an open file, for tests.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
    folder = "scratch file"
  }

  deinit { close(descriptor) }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError`` of kind `unwritable`, for example on a full disk.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    let failure = SystemCalls.writeAll(bytes) { write(descriptor, $0, $1) }
    guard failure == 0 else { throw Self.unwritable(folder, failure) }
    count += bytes.count
  }

  /// The last bytes of the file, at most `limit`, including those of another program.
  package func end(upTo limit: Int) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return [] }
    let size = Int(status.st_size)
    let length = min(size, limit)
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
      filled = max(0, pread(descriptor, buffer.baseAddress, length, off_t(size - length)))
    }
  }

  /// Maps the appended bytes into memory, read-only.
  ///
  /// Reading the mapping cannot fail for lack of space. Every byte was written before, and no other
  /// program can shorten a file without a name.
  ///
  /// - Throws: ``FileError`` of kind `unreadable`.
  package func mapped() throws -> MappedBytes {
    try MappedBytes(descriptor: descriptor, count: count, folder: folder)
  }

  private static func unwritable(_ folder: String, _ code: Int32) -> FileError {
    FileError(
      kind: .unwritable, path: folder,
      reason: "a temporary file cannot be written here (\(SystemCalls.message(code)))",
      advice: "free space, or set TMPDIR to a folder with more")
  }
}

/// The bytes of a file in memory, read-only, for any thread.
package final class MappedBytes: @unchecked Sendable {
  // Unchecked, because the memory is never written and is unmapped with the last reference.
  private let bytes: UnsafeRawBufferPointer

  /// Number of bytes.
  package var count: Int { bytes.count }

  fileprivate init(descriptor: Int32, count: Int, folder: String) throws {
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let memory = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let memory, memory != MAP_FAILED else {
      throw FileError(
        kind: .unreadable, path: folder,
        reason: "a temporary file of \(count) bytes cannot be mapped into memory "
          + "(\(SystemCalls.message(errno)))", advice: "read fewer frames")
    }
    bytes = UnsafeRawBufferPointer(start: memory, count: count)
  }

  deinit {
    guard let memory = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: memory), bytes.count)
  }

  /// Calls `body` with the bytes, which are valid until it returns.
  package func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) { try body(bytes) }
  }
}
