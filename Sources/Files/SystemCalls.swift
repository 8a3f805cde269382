#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system calls for files, which return an error text with the result.
enum SystemCalls {
  /// The system's message for the last failed call, in lower case for use within a sentence.
  static func message(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    let message = String(cString: text)
    return message.prefix(1).lowercased() + message.dropFirst()
  }

  /// Writes all bytes, although one call may write fewer; returns 0 or the system's error.
  static func writeAll(
    _ bytes: UnsafeRawBufferPointer, _ write: (UnsafeRawPointer, Int) -> Int
  ) -> Int32 {
    var position = 0
    while position < bytes.count, let base = bytes.baseAddress {
      let written = write(base + position, bytes.count - position)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return written < 0 ? errno : EIO }
      position += written
    }
    return 0
  }

  /// The kind of file at a path after following links.
  enum Target {
    case nothing
    case file(size: Int, mode: mode_t)
    case folder
    /// A device, pipe or socket.
    case special
    case failed(Int32)
  }

  static func target(of path: String) -> Target {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return errno == ENOENT || errno == ENOTDIR ? .nothing : .failed(errno)
    }
    return target(of: status)
  }

  static func target(ofDescriptor descriptor: Int32) -> Target {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .failed(errno) }
    return target(of: status)
  }

  /// The target of a symbolic link, as written in it.
  ///
  /// The outer value is nil if there is no link, and the inner one if the target is not UTF-8 text.
  static func link(at path: String) -> String?? {
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
      let count = buffer.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
      }
      filled = max(0, count)
    }
    return bytes.isEmpty ? .none : .some(String(validating: bytes, as: UTF8.self))
  }

  private static func target(of status: stat) -> Target {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file(size: Int(status.st_size), mode: status.st_mode & 0o7777)
    case S_IFDIR: .folder
    default: .special
    }
  }
}
