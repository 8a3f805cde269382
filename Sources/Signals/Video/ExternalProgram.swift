import Files
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Another program that runs beside this one and is ended with this object.
///
/// Its messages go to a scratch file, so it never waits for a reader of them.
final class ExternalProgram: ByteInput {
  /// The stream that is connected to this program.
  enum Connection {
    /// Its standard output is read.
    case output
    /// Its standard input is written.
    case input
  }

  private let process = Process()
  private let complaints: ScratchFile
  private let name: String
  private let path: String
  private let connection: Connection
  /// Our end of the connection, -1 when closed.
  private var descriptor: Int32
  private let ended = DispatchSemaphore(value: 0)
  private var hasEnded = false

  /// Starts a program.
  ///
  /// - Parameter path: the file that it works on, for messages.
  /// - Throws: `FileError` of kind `unreadable`.
  init(_ program: String, _ arguments: [String], connection: Connection, path: String) throws {
    name = (program as NSString).lastPathComponent
    self.path = path
    self.connection = connection
    complaints = try ScratchFile()
    // A socket and not a pipe, because writing to a socket without a reader does not end this
    // program.
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Self.stream, 0, &ends) == 0 else {
      throw Self.notStarted(program, path, String(cString: strerror(errno)))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #if canImport(Darwin)
      var yes: Int32 = 1
      setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
    #endif
    descriptor = ends[0]
    let other = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = connection == .input ? other : FileHandle.nullDevice
    process.standardOutput = connection == .output ? other : FileHandle.nullDevice
    process.standardError = FileHandle(
      fileDescriptor: complaints.descriptor, closeOnDealloc: false)
    let ended = ended
    process.terminationHandler = { _ in ended.signal() }
    do {
      try process.run()
    } catch {
      close(ends[1])
      // Without a process there is nothing to wait for.
      hasEnded = true
      throw Self.notStarted(program, path, error.localizedDescription)
    }
    close(ends[1])
  }

  deinit {
    closeConnection()
    if !hasEnded {
      // The program has nothing to finish. Its input is kept here, and its output is discarded.
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      ended.wait()
    }
  }

  func read(upTo count: Int) throws -> [UInt8] {
    guard descriptor >= 0 else { return [] }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while let base = buffer.baseAddress {
        let received = recv(descriptor, base, count, 0)
        if received < 0 && errno == EINTR { continue }
        if received < 0 && errno != ECONNRESET { failure = errno }
        filled = max(0, received)
        break
      }
    }
    guard failure == 0 else { throw failed("reading from it failed") }
    return bytes
  }

  /// Sends bytes to the program.
  ///
  /// - Throws: `FileError` with what the program says if it takes no more.
  func write(_ bytes: [UInt8]) throws {
    var position = 0
    while position < bytes.count {
      let sent = bytes.withUnsafeBytes { buffer in
        send(
          descriptor, buffer.baseAddress.map { $0 + position }, bytes.count - position,
          Self.noSignal)
      }
      if sent < 0 && errno == EINTR { continue }
      guard sent > 0 else {
        closeConnection()
        waitForEnd()
        throw failed("it ended before the clip did")
      }
      position += sent
    }
  }

  /// Ends the connection and waits for the program's end.
  ///
  /// - Throws: `FileError` with what the program says if it failed.
  func finish() throws {
    closeConnection()
    waitForEnd()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw failed(
        process.terminationReason == .exit
          ? "it ended with code \(process.terminationStatus)"
          : "it was ended by signal \(process.terminationStatus)")
    }
  }

  /// The reason for the program's failure: its own message, or a general one.
  func failed(_ otherwise: String) -> FileError {
    let text = String(decoding: complaints.end(upTo: 4096), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    let words = lines.last { !$0.isEmpty } ?? otherwise
    let isReading = connection == .output
    return FileError(
      kind: isReading ? .unreadable : .unwritable, path: path,
      reason: "the program \(name) failed: \(words)",
      advice: isReading
        ? "check the clip with \(name), or convert it to y4m" : "write y4m and convert it")
  }

  private func closeConnection() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  private func waitForEnd() {
    guard !hasEnded else { return }
    ended.wait()
    hasEnded = true
  }

  private static func notStarted(_ program: String, _ path: String, _ reason: String) -> FileError {
    FileError(
      kind: .unreadable, path: path, reason: "the program \(program) cannot be started (\(reason))",
      advice: "check its installation")
  }

  #if canImport(Darwin)
    private static let stream = SOCK_STREAM
    private static let noSignal: Int32 = 0
  #else
    #if canImport(Musl)
      private static let stream = SOCK_STREAM
    #else
      private static let stream = Int32(SOCK_STREAM.rawValue)
    #endif
    private static let noSignal = Int32(MSG_NOSIGNAL)
  #endif
}
