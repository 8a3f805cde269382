import Foundation
import Numerics

#if MPI
  import COpenMPI
#endif

/// The processes of a job that `mpirun` or `srun` started, joined to a `WorkGroup`.
///
/// Without a launcher, or with one process, it is this process alone, and nothing else of it has an effect.
package struct ProcessGroup: Sendable {
  /// The members.
  package let group: WorkGroup
  #if MPI
    private let transport: OpenMPITransport?
  #endif

  /// The name of this machine.
  static var host: String { ProcessInfo.processInfo.hostName }

  /// Joins the job.
  ///
  /// In a job, the process that the launcher started watches over another one, which returns from here. Other members
  /// than the first print nothing: their standard output and error go nowhere.
  ///
  /// - Parameter program: the name and the version of the program, which all members must share.
  /// - Throws: ``ProcessGroupError``, or `WorkGroupError` if a member is another program, was given other arguments, or
  ///   computes with other instructions.
  package static func join(_ program: String) throws -> ProcessGroup {
    let environment = ProcessInfo.processInfo.environment
    guard let launched = LaunchedProcess(environment) else { return ProcessGroup() }
    #if MPI
      guard environment[RankWatch.mark] != nil else {
        exit(try RankWatch.run("rank \(launched.rank) on \(host)"))
      }
      unsetenv(RankWatch.mark)
      // A request to stop that comes before a command listens to it must not kill.
      signal(SIGUSR1, SIG_IGN)
      siren_end_with_parent()
      let joined = try ProcessGroup(OpenMPITransport(expected: launched.count))
      try joined.check(program)
      if !joined.group.isFirst { silence() }
      return joined
    #else
      throw ProcessGroupError.builtWithout(count: launched.count)
    #endif
  }

  /// This process alone.
  private init() {
    group = .alone
    #if MPI
      transport = nil
    #endif
  }

  /// Ends the process after its work.
  ///
  /// Members of a job that succeeded wait for each other. A member that failed ends the job. Other members than the
  /// first wait before they do, because most failures are those of all members, and the first reports them.
  ///
  /// - Parameters:
  ///   - code: the exit code.
  ///   - message: why the work failed; the first member has printed it.
  package func leave(code: Int32, message: String) -> Never {
    #if MPI
      if let transport {
        if code == 0 {
          transport.leave()
        } else {
          if !group.isFirst {
            Thread.sleep(forTimeInterval: Self.grace)
            Self.print("rank \(group.rank) on \(Self.host): \(message)")
          }
          // Without the library's own end, on which it would wait for the other members.
          fflush(nil)
          _exit(code)
        }
      }
    #endif
    exit(code)
  }

  #if MPI
    /// Seconds in which the first member reports the failure of all.
    private static let grace = 3.0
    /// The standard error of a member that prints nothing.
    private nonisolated(unsafe) static var spared: Int32 = STDERR_FILENO

    private init(_ transport: OpenMPITransport) {
      self.transport = transport
      group = WorkGroup(transport)
    }

    /// Ends the process at once, and so the job.
    static func end(_ message: String) -> Never {
      print(message)
      _exit(1)
    }

    private static func print(_ message: String) {
      let bytes = Array((message + "\n").utf8)
      _ = bytes.withUnsafeBytes { write(spared, $0.baseAddress, $0.count) }
    }

    private static func silence() {
      spared = dup(STDERR_FILENO)
      let nowhere = open("/dev/null", O_WRONLY)
      guard spared >= 0, nowhere >= 0 else { return }
      dup2(nowhere, STDOUT_FILENO)
      dup2(nowhere, STDERR_FILENO)
      close(nowhere)
    }

    private func check(_ program: String) throws {
      try group.requireSame(program + " (\(Self.fingerprint))", "the program")
      try group.requireSame(CommandLine.arguments.dropFirst().joined(separator: " "), "the command")
      try group.requireSame(
        Processor.path + ", " + Processor.matrixKernels, "the processor's instructions")
    }

    /// A hash of the program's file, since two builds of a version may compute different bits.
    private static var fingerprint: String {
      guard let file = FileHandle(forReadingAtPath: "/proc/self/exe") else { return "unknown" }
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      while let data = try? file.read(upToCount: 1 << 20), !data.isEmpty {
        data.withUnsafeBytes { bytes in
          for word in bytes.bindMemory(to: UInt8.self) {
            hash = (hash ^ UInt64(word)) &* 0x100_0000_01b3
          }
        }
      }
      return String(hash, radix: 16)
    }
  #endif
}
