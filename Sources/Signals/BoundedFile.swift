import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Files that are read whole, and only if they are regular files of a reasonable size: a pipe or a
/// device must neither hang a program nor fill its memory.
public enum RegularFile {
  /// All bytes of a file.
  ///
  /// - Parameter maximumBytes: larger files are refused before memory is taken.
  /// - Throws: `ImageFileError` of kind `missing`, `notAFile`, `tooLarge` or `unreadable`; its
  ///   `reason` suits files that aren't pictures too.
  public static func read(_ path: String, maximumBytes: Int) throws -> Data {
    let file = try BoundedFile(path: path, maximumBytes: maximumBytes)
    return Data(try file.bytes(upTo: file.size))
  }
}

/// An open regular file of limited size, closed when it is released.
final class BoundedFile {
  private let descriptor: Int32
  private let path: String
  /// The file's size when it was opened, in bytes.
  let size: Int

  /// Opens a file for reading.
  ///
  /// - Throws: `ImageFileError` of kind `missing`, `notAFile`, `tooLarge` or `unreadable`.
  init(path: String, maximumBytes: Int) throws {
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      let isMissing = code == ENOENT || code == ENOTDIR
      throw ImageFileError(
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
      throw ImageFile.tooManyBytes(path: path, byteCount: size, limit: maximumBytes)
    case .folder:
      close(descriptor)
      throw ImageFileError(
        kind: .notAFile, path: path, reason: "this is a folder, not a file",
        advice: "name one file in it")
    default:
      close(descriptor)
      throw ImageFileError(
        kind: .notAFile, path: path, reason: "this is a device or a pipe, not a file",
        advice: "save it as a file first")
    }
  }

  deinit { close(descriptor) }

  /// The file's first `count` bytes, fewer if it has shrunk meanwhile.
  ///
  /// - Throws: `ImageFileError` of kind `unreadable`.
  func bytes(upTo count: Int) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let received = pread(descriptor, base + filled, count - filled, off_t(filled))
        if received < 0 && errno == EINTR { continue }
        if received < 0 { failure = errno }
        guard received > 0 else { break }
        filled += received
      }
    }
    guard failure == 0 else {
      throw ImageFileError(
        kind: .unreadable, path: path,
        reason: "reading it failed (\(SystemCalls.message(failure)))", advice: "check the disk")
    }
    return bytes
  }
}
