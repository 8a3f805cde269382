import Foundation
import Signals

#if canImport(Glibc)
  import Glibc
#endif

/// The status of a file in the file system.
struct FileStatus: Sendable, Equatable {
  var bytes: Int
  /// Modification time in nanoseconds since 1970.
  var modified: Int
  var isRegular: Bool
  var isFolder: Bool
  var isLink: Bool
  /// The device and the number of the file on it.
  var identity: [UInt64]

  init(_ status: stat) {
    let kind = status.st_mode & S_IFMT
    isRegular = kind == S_IFREG
    isFolder = kind == S_IFDIR
    isLink = kind == S_IFLNK
    bytes = Int(status.st_size)
    identity = [
      UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino),
    ]
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    // Times past the year 2262 do not fit; any fixed value serves to notice a change.
    let (nanoseconds, overflow) = Int(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carried) = nanoseconds.addingReportingOverflow(Int(time.tv_nsec))
    modified = overflow || carried ? 0 : sum
  }
}

/// A failed system call with the system's message.
struct FileProblem: Error, CustomStringConvertible {
  var code: Int32
  var description: String

  init(code: Int32) {
    self.code = code
    description = String(cString: strerror(code)).lowercased()
  }

  init(_ description: String) {
    code = 0
    self.description = description
  }

  /// Whether a description is the system's message for missing permissions.
  static func isAboutPermissions(_ description: String) -> Bool {
    [EACCES, EPERM].contains { FileProblem(code: $0).description == description }
  }
}

/// Reads files under one folder and never leaves it: no `..`, no absolute path, and no symbolic link
/// unless the collection follows them.
struct FolderReader: Sendable {
  /// The folder, as an absolute path without symbolic links.
  let root: String
  /// Whether symbolic links inside the folder are followed, also out of it.
  var followsLinks = false

  /// Larger files are refused rather than read.
  static let largestFile = ImageLimits.standard.maximumBytes

  /// Opens a regular file, walking component by component so that no link is followed.
  ///
  /// - Returns: an open descriptor that the caller closes, and its status.
  private func open(_ path: String) throws(FileProblem) -> (descriptor: Int32, status: FileStatus) {
    guard let components = RelativePath.components(path) else {
      throw FileProblem("the path leads out of the folder")
    }
    let refusingLinks = followsLinks ? 0 : O_NOFOLLOW
    var descriptor = Self.openRetrying { openFolder(AT_FDCWD, root) }
    guard descriptor >= 0 else { throw FileProblem(code: errno) }
    for (position, component) in components.enumerated() {
      let parent = descriptor
      let isLast = position == components.count - 1
      descriptor = Self.openRetrying {
        isLast
          // Without O_NONBLOCK a named pipe would wait for its writer forever.
          ? openat(parent, component, O_RDONLY | refusingLinks | O_CLOEXEC | O_NONBLOCK)
          : openFolder(parent, component, refusingLinks)
      }
      let code = errno
      close(parent)
      guard descriptor >= 0 else {
        throw code == ELOOP ? FileProblem("is a symbolic link") : FileProblem(code: code)
      }
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw FileProblem(code: code)
    }
    let fileStatus = FileStatus(status)
    guard fileStatus.isRegular else {
      close(descriptor)
      throw FileProblem("is not a regular file")
    }
    return (descriptor, fileStatus)
  }

  private func openFolder(_ parent: Int32, _ name: String, _ flags: Int32 = 0) -> Int32 {
    openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags)
  }

  private static func openRetrying(_ call: () -> Int32) -> Int32 {
    var descriptor = call()
    while descriptor < 0 && errno == EINTR { descriptor = call() }
    return descriptor
  }

  /// The number of bytes that identify the format of a file.
  static let firstCount = ImageFormat.signatureLength

  /// The first bytes of a file, fewer than `firstCount` if it is shorter.
  func firstBytes(_ path: String) throws(FileProblem) -> [UInt8] {
    let (descriptor, _) = try open(path)
    defer { close(descriptor) }
    return try Self.read(descriptor, atMost: Self.firstCount)
  }

  /// All bytes of a file, and its status from before they were read.
  func contents(_ path: String) throws(FileProblem) -> (bytes: [UInt8], status: FileStatus) {
    let (descriptor, status) = try open(path)
    defer { close(descriptor) }
    return (try Self.contents(descriptor, status), status)
  }

  /// All bytes of a file, and its status from before they were read; nil if its first bytes are
  /// not wanted.
  func contents(
    _ path: String, ifItBeginsAs isWanted: ([UInt8]) -> Bool
  ) throws(FileProblem) -> (bytes: [UInt8], status: FileStatus)? {
    let (descriptor, status) = try open(path)
    defer { close(descriptor) }
    guard isWanted(try Self.read(descriptor, atMost: Self.firstCount)) else { return nil }
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileProblem(code: errno) }
    return (try Self.contents(descriptor, status), status)
  }

  private static func contents(
    _ descriptor: Int32, _ status: FileStatus
  ) throws(FileProblem) -> [UInt8] {
    guard status.bytes <= Self.largestFile else {
      throw FileProblem(
        "the file has \(status.bytes) bytes, more than the \(Self.largestFile) accepted")
    }
    // One byte more than expected, so that a file that grew is noticed.
    let bytes = try Self.read(descriptor, atMost: status.bytes + 1)
    guard bytes.count == status.bytes else {
      throw FileProblem("the file changed while it was read")
    }
    return bytes
  }

  private static func read(_ descriptor: Int32, atMost count: Int) throws(FileProblem) -> [UInt8] {
    // The standard library would write a length of 0 into the empty array that all threads share.
    guard count > 0 else { return [] }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        guard let base = buffer.baseAddress else { return }
        #if canImport(Glibc)
          let got = Glibc.read(descriptor, base + filled, count - filled)
        #else
          let got = Darwin.read(descriptor, base + filled, count - filled)
        #endif
        if got > 0 {
          filled += got
        } else if got == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    guard failure == 0 else { throw FileProblem(code: failure) }
    return bytes
  }
}
