import Files
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file of events in a folder, which TensorBoard shows while it grows.
///
/// ```swift
/// let file = try EventFile(folder: "logs/first")
/// try file.add(ScalarEvent(time: now, step: 1, scalars: [("loss", 0.5)]))
/// try file.flush()
/// ```
///
/// A folder is a run of TensorBoard. Its other event files, of earlier parts of a training, are kept.
/// Events are written in pieces of whole records, so what another program reads is never cut off.
public final class EventFile {
  /// The folder.
  public let folder: String
  /// The file; nil before the first event.
  public private(set) var path: String?

  private let clock: () -> Double
  /// The system's call; tests inject failures here.
  private let writeBytes: (Int32, UnsafeRawPointer?, Int) -> Int
  private var descriptor: Int32 = -1
  private var buffer: [UInt8] = []
  /// Bytes in the file, a whole number of records.
  private var size = 0
  private var lastFlush: Double

  /// Seconds between two writes, and the bytes that are written at once.
  private static let interval = 2.0
  private static let largestBuffer = 1 << 16

  /// Prepares a folder, which is created if necessary; the file is created by the first event.
  ///
  /// - Throws: `FileError` if the folder cannot be created or written to.
  public convenience init(folder: String) throws {
    try self.init(folder: folder, clock: { Date().timeIntervalSince1970 })
  }

  /// The same with another clock, of seconds since 1970, and another way to write.
  package init(
    folder: String, clock: @escaping () -> Double,
    write: @escaping (Int32, UnsafeRawPointer?, Int) -> Int = { systemWrite($0, $1, $2) }
  ) throws {
    writeBytes = write
    self.folder = folder
    self.clock = clock
    lastFlush = clock()
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw Self.unwritable(folder, "this is a file, and a folder is needed", "name a folder")
      }
    } else {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw Self.unwritable(
          folder, "the folder cannot be created", "check the permissions, or name another folder")
      }
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw Self.unwritable(
        folder, "the folder cannot be written to (\(Self.message(errno)))",
        "check the permissions, or name another folder")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Adds an event; it is written within two seconds if more events follow, or by ``flush()``.
  ///
  /// - Throws: `FileError` if the file cannot be written. The events that were to be written are lost,
  ///   the file ends behind a whole record, and the next event is tried again.
  public func add(_ event: ScalarEvent) throws { try append(event.record) }

  /// Tells TensorBoard that a training starts again at a step.
  ///
  /// It no longer shows what earlier files of the folder have from that step on.
  ///
  /// - Throws: `FileError`, as ``add(_:)``.
  public func start(at step: Int) throws {
    try append(ScalarEvent.start(time: clock(), step: step))
  }

  /// Writes all events that were added.
  ///
  /// - Throws: `FileError`, as ``add(_:)``.
  public func flush() throws {
    guard !buffer.isEmpty else { return }
    lastFlush = clock()
    let bytes = buffer
    buffer = []
    if descriptor < 0 { try create() }
    try write(bytes)
  }

  private func append(_ record: [UInt8]) throws {
    buffer += record
    if buffer.count >= Self.largestBuffer || clock() - lastFlush >= Self.interval { try flush() }
  }

  private func create() throws {
    let seconds = Int(clock())
    // TensorBoard reads the files of a folder in the order of their names.
    let name = "\(folder)/events.out.tfevents.\(seconds).siren"
    for suffix in [""] + (1...99).map({ String(format: ".%02d", $0) }) {
      descriptor = open(name + suffix, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        path = name + suffix
        return try write(ScalarEvent.version(time: clock()))
      }
      guard errno == EEXIST else { break }
    }
    throw Self.unwritable(
      folder, "no file can be created in it (\(Self.message(errno)))",
      "check the permissions and the free space")
  }

  private func write(_ bytes: [UInt8]) throws {
    var position = 0
    while position < bytes.count {
      let written = bytes[position...].withUnsafeBytes {
        writeBytes(descriptor, $0.baseAddress, $0.count)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        let reason = Self.message(written < 0 ? errno : EIO)
        // Records behind one that is cut off could not be read.
        if ftruncate(descriptor, off_t(size)) != 0 || size == 0 { abandon() }
        throw Self.unwritable(
          path ?? folder, "it cannot be written (\(reason))", "check the free space")
      }
      position += written
    }
    size += bytes.count
  }

  /// Gives the file up; the next event begins another one.
  private func abandon() {
    close(descriptor)
    descriptor = -1
    if size == 0, let path { unlink(path) }
    path = nil
    size = 0
  }

  private static func message(_ code: Int32) -> String {
    let message = String(cString: strerror(code))
    return message.prefix(1).lowercased() + message.dropFirst()
  }

  private static func unwritable(_ path: String, _ reason: String, _ advice: String) -> FileError {
    FileError(kind: .unwritable, path: path, reason: reason, advice: advice)
  }
}

/// The system's call `write`, whose name the class uses too.
package func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
