import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reads whole files, if they are regular files of a reasonable size.
///
/// A pipe or a device must neither hang a program nor fill its memory.
public enum RegularFile {
  /// All bytes of a file.
  ///
  /// - Parameter maximumBytes: larger files are refused before memory is taken.
  /// - Throws: ``FileError`` of kind `missing`, `notAFile`, `tooLarge` or `unreadable`.
  public static func read(_ path: String, maximumBytes: Int) throws -> Data {
    let file = try BoundedFile(path: path, maximumBytes: maximumBytes)
    return try file.data(upTo: file.size)
  }
}

/// An open regular file of limited size, closed when it is released.
package final class BoundedFile {
  /// The open file, as long as this object lives.
  package let descriptor: Int32
  private let path: String
  /// The file's size when it was opened, in bytes.
  package let size: Int

  /// Opens a file for reading.
  ///
  /// - Parameters:
  ///   - maximumBytes: larger files are refused.
  ///   - advice: what to try with a file that is too large.
  /// - Throws: ``FileError`` of kind `missing`, `notAFile`, `tooLarge` or `unreadable`.
  package init(
    path: String, maximumBytes: Int, adviceIfTooLarge advice: String = "give a smaller file"
  ) throws {
    // With O_NONBLOCK, opening a pipe without a writer does not wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      let isMissing = code == ENOENT || code == ENOTDIR
      throw FileError(
        kind: isMissing ? .missing : .unreadable, path: path,
        reason: isMissing
          ? "there is no such file" : "it cannot be opened (\(SystemCalls.message(code)))",
        advice: isMissing ? "check the path" : "check the path and its permissions")
    }
    switch SystemCalls.target(ofDescriptor: descriptor) {
    case .file(let size, _) where size <= maximumBytes:
      self.descriptor = descriptor
      self.path = path
      self.size = size
    case .file(let size, _):
      close(descriptor)
      throw FileError.tooManyBytes(
        path: path, byteCount: size, limit: maximumBytes, advice: advice)
    case .folder:
      close(descriptor)
      throw FileError(
        kind: .notAFile, path: path, reason: "this is a folder, not a file",
        advice: "name one file in it")
    default:
      close(descriptor)
      throw FileError(
        kind: .notAFile, path: path, reason: "this is a device or a pipe, not a file",
        advice: "save it as a file first")
    }
  }

  deinit { close(descriptor) }

  /// The file's first `count` bytes, fewer if it has shrunk meanwhile.
  ///
  /// - Throws: ``FileError`` of kind `unreadable`.
  package func bytes(upTo count: Int) throws -> [UInt8] {
    try bytes(from: 0, count: count)
  }

  /// `count` bytes from an offset, or fewer if the file ends before.
  ///
  /// - Throws: ``FileError`` of kind `unreadable`.
  package func bytes(from start: Int, count: Int) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      (filled, failure) = fill(UnsafeMutableRawBufferPointer(buffer), from: start)
    }
    try check(failure)
    return bytes
  }

  /// The same as `Data`, from which millions of numbers are read without another copy.
  package func data(upTo count: Int) throws -> Data {
    guard count > 0, let memory = malloc(count) else { return Data(try bytes(upTo: count)) }
    let (filled, failure) = fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    let data = Data(bytesNoCopy: memory, count: filled, deallocator: .free)
    try check(failure)
    return data
  }

  /// Calls `body` with the file's bytes piece by piece.
  ///
  /// Reading ends at the size that the file had when it was opened, or at its end if it has shrunk
  /// meanwhile. Memory is allocated for one piece.
  ///
  /// - Throws: ``FileError`` of kind `unreadable`, and what `body` throws.
  package func forEachPiece(
    of length: Int = 1 << 18, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 64)
    defer { piece.deallocate() }
    var start = 0
    while start < size {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(length, size - start)])
      let (filled, failure) = fill(wanted, from: start)
      try check(failure)
      guard filled > 0 else { return }
      try body(UnsafeRawBufferPointer(rebasing: wanted[..<filled]))
      start += filled
    }
  }

  /// Reads from an offset; returns the number of bytes, and the system's error or 0.
  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from start: Int = 0
  ) -> (filled: Int, failure: Int32) {
    var filled = 0
    while filled < buffer.count, let base = buffer.baseAddress {
      let received = pread(descriptor, base + filled, buffer.count - filled, off_t(start + filled))
      if received < 0 && errno == EINTR { continue }
      if received < 0 { return (filled, errno) }
      guard received > 0 else { break }
      filled += received
    }
    return (filled, 0)
  }

  private func check(_ failure: Int32) throws {
    guard failure == 0 else {
      throw FileError(
        kind: .unreadable, path: path,
        reason: "reading it failed (\(SystemCalls.message(failure)))", advice: "check the disk")
    }
  }
}
