import Numerics

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Temporary files beside those that they will become.
///
/// On Linux most have no name until they are finished, so nothing of a killed program stays. Those that need one are
/// locked as long as their writer lives. The next program that writes in the same folder removes unlocked ones. A
/// lock, unlike a number of a process, is seen from other containers and is gone with its process.
enum TemporaryFiles {
  private static let prefix = ".write-"
  private static let suffix = ".tmp"

  /// Folders in which this program has looked for abandoned files.
  private static let swept = Guarded<Set<String>>([])

  /// A path in the folder of `path`, hidden and not yet taken.
  static func path(beside path: String) -> String {
    AtomicFile.folder(of: path) + "/" + prefix
      + String(UInt64.random(in: .min ... .max), radix: 36) + suffix
  }

  /// An open file in a folder that has no name; nil where the system or the file system has none.
  static func unnamed(in folder: String) -> Int32? {
    #if os(Linux)
      let descriptor = open(folder, temporaryFlag | O_WRONLY | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { return nil }
      // Its name is given through this path, which some containers lack.
      guard access("/proc/self/fd/\(descriptor)", F_OK) == 0 else {
        close(descriptor)
        return nil
      }
      return descriptor
    #else
      return nil
    #endif
  }

  /// An open file in a folder for reading and writing that can never be given a name; nil where there is none.
  static func anonymous(in folder: String) -> Int32? {
    #if os(Linux)
      let descriptor = open(folder, temporaryFlag | O_RDWR | O_EXCL | O_CLOEXEC, 0o600)
      return descriptor >= 0 ? descriptor : nil
    #else
      return nil
    #endif
  }

  #if os(Linux)
    /// `O_TMPFILE`, a sum of two that Swift does not import.
    private static let temporaryFlag: Int32 = 0o20_000_000 | O_DIRECTORY
  #endif

  /// Gives an unnamed file a name, unless the name is taken; returns 0 or the system's error.
  static func link(_ descriptor: Int32, to path: String) -> Int32 {
    #if os(Linux)
      let source = "/proc/self/fd/\(descriptor)"
      return linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno
    #else
      return ENOTSUP
    #endif
  }

  /// Creates and locks a named file beside `path`; throws the system's error.
  static func named(beside path: String) throws(SystemError) -> (path: String, descriptor: Int32) {
    for _ in 0..<16 {
      let name = self.path(beside: path)
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0 && (errno == EEXIST || errno == EINTR) { continue }
      guard descriptor >= 0 else { throw SystemError(code: errno) }
      lock(descriptor)
      var status = stat()
      // Another program may have found it abandoned before it was locked.
      if fstat(descriptor, &status) == 0 && status.st_nlink > 0 { return (name, descriptor) }
      close(descriptor)
    }
    throw SystemError(code: EEXIST)
  }

  /// Creates and locks a folder beside `path`; throws the system's error.
  static func folder(beside path: String) throws(SystemError) -> (path: String, descriptor: Int32) {
    for _ in 0..<16 {
      let name = self.path(beside: path)
      guard mkdir(name, 0o777) == 0 else {
        if errno == EEXIST || errno == EINTR { continue }
        throw SystemError(code: errno)
      }
      let descriptor = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else {
        if errno == ENOENT { continue }
        let code = errno
        rmdir(name)
        throw SystemError(code: code)
      }
      lock(descriptor)
      var status = stat()
      if stat(name, &status) == 0 { return (name, descriptor) }
      close(descriptor)
    }
    throw SystemError(code: EEXIST)
  }

  /// Locks a file as long as this program keeps it open.
  ///
  /// A file system without locks refuses them to those who look for abandoned files as well.
  static func lock(_ descriptor: Int32) { _ = flock(descriptor, LOCK_EX | LOCK_NB) }

  /// Removes what killed programs have left in a folder, the first time that this program writes there.
  static func removeAbandoned(in folder: String) {
    let isNew = swept.withLock { $0.insert(folder).inserted }
    guard isNew, let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let name, isTemporary(name) { removeIfAbandoned(folder + "/" + name) }
    }
  }

  /// Whether a file of this name was made here.
  private static func isTemporary(_ name: String) -> Bool {
    let bytes = name.utf8
    guard bytes.starts(with: prefix.utf8), name.hasSuffix(suffix) else { return false }
    let middle = bytes.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
    return (1...13).contains(middle.count) && UInt64(Substring(middle), radix: 36) != nil
  }

  private static func removeIfAbandoned(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
    switch SystemCalls.target(ofDescriptor: descriptor) {
    case .file: unlink(path)
    case .folder: remove(folder: path)
    default: break
    }
  }

  /// Removes a folder of files; one that holds folders stays.
  static func remove(folder: String) {
    guard let listing = opendir(folder) else { return }
    while let entry = readdir(listing) {
      // A name need not be UTF-8.
      _ = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        bytes.baseAddress.map {
          unlinkat(dirfd(listing), $0.assumingMemoryBound(to: CChar.self), 0)
        }
      }
    }
    closedir(listing)
    rmdir(folder)
  }

  /// Exchanges two files or folders in one step; false where the system or the file system cannot.
  static func exchange(_ first: String, _ second: String) -> Bool {
    #if canImport(Darwin)
      return renamex_np(first, second, UInt32(RENAME_SWAP)) == 0
    #else
      // Its header is in no module.
      typealias Rename =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
      guard let symbol = dlsym(nil, "renameat2") else { return false }
      let exchange: UInt32 = 2
      return unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, first, AT_FDCWD, second, exchange)
        == 0
    #endif
  }
}

/// The number of a failed system call's error.
struct SystemError: Error {
  var code: Int32
}
