import Foundation
import Synchronization

/// The process that computes, for the signal handler; 0 before it is started.
private let watched = Atomic<Int32>(0)

/// A process that starts another one and waits for its end.
///
/// A rank that is killed cannot say so, and `mpirun` would end with the number of the signal. So each rank is two
/// processes: one computes, and the other reports its end and returns an exit code that the job ends with.
enum RankWatch {
  /// Tells the process that computes that it is watched.
  static let mark = "SIREN_WATCHED_RANK"

  /// Starts this program again, passes signals on to it, and waits for its end.
  ///
  /// - Parameters:
  ///   - describe: names this rank.
  /// - Returns: the exit code of the process; 1 if a signal ended it, which is then reported.
  /// - Throws: ``ProcessGroupError/noChild(reason:)``.
  static func run(_ describe: String) throws -> Int32 {
    // Launchers send signals to this process or to its group; only this process passes them on, so that one request
    // to stop is not two.
    for number in [SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT] {
      signal(number) { number in
        let child = watched.load(ordering: .relaxed)
        if child > 0 { kill(child, number) }
      }
    }
    let child = try start()
    watched.store(child, ordering: .relaxed)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      if errno != EINTR {
        throw ProcessGroupError.noChild(reason: String(cString: strerror(errno)))
      }
    }
    let ended = status & 0x7f
    if ended == 0 { return (status >> 8) & 0xff }
    FileHandle.standardError.write(
      Data(
        ("Error: \(describe) was ended by signal \(ended) (\(String(cString: strsignal(ended)))); "
          + "the other ranks end too, and the last checkpoint can be resumed on any number of ranks\n")
          .utf8))
    return 1
  }

  private static func start() throws -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
    posix_spawnattr_setpgroup(&attributes, 0)
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    var environment = ProcessInfo.processInfo.environment
    environment[mark] = "1"
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var child = pid_t()
    let problem = posix_spawn(&child, program, nil, &attributes, arguments, variables)
    guard problem == 0 else {
      throw ProcessGroupError.noChild(reason: String(cString: strerror(problem)))
    }
    return child
  }
}
