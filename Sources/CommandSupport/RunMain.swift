import ArgumentParser
import Files
import Foundation
import MessagePassing
import Numerics
import Synchronization

/// Whether some output could not be written; a later flush may succeed with nothing left to write.
private let hasLostOutput = Atomic<Bool>(false)

/// Flushes the standard streams.
///
/// - Returns: whether this and every earlier flush succeeded.
@discardableResult
func flushOutput() -> Bool {
  if fflush(nil) != 0 { hasLostOutput.store(true, ordering: .relaxed) }
  return !hasLostOutput.load(ordering: .relaxed)
}

/// The end of a program: its exit code and its last output.
public struct CommandOutcome: Sendable, Equatable {
  /// 0 for success, 1 for data, 2 for usage.
  public var exitCode: Int32
  /// The text for standard output: the help or the version.
  public var output = ""
  /// The text for standard error.
  public var message = ""

  /// An outcome from its parts.
  public init(exitCode: Int32, output: String = "", message: String = "") {
    self.exitCode = exitCode
    self.output = output
    self.message = message
  }
}

/// A command whose work the processes of a group share: each of them runs it.
///
/// Every other command runs in the first process alone, and the others wait for its end.
package protocol SharedCommand {
  /// Whether the work is shared with these options.
  var isShared: Bool { get }
}

extension SharedCommand {
  /// Shared with any options.
  package var isShared: Bool { true }
}

/// Runs a program's root command and ends the process with the right exit code.
///
/// The exit code is 0 for success, `--help` and `--version`. It is 2 for an invalid command line, and
/// 1 for every other error, which prints one line `Error: ...` on standard error.
///
/// A program that `mpirun` started as one of several processes joins the others first.
public func runMain<Root: ParsableCommand>(_ root: Root.Type) -> Never {
  if let problem = FileLimit.problem {
    printMessage("Error: \(singleLine(problem))")
    exit(2)
  }
  let name = root.configuration.commandName ?? "\(root)"
  let processes: ProcessGroup
  do {
    processes = try ProcessGroup.join("\(name) \(root.configuration.version)")
  } catch {
    printMessage("Error: " + singleLine("\(error)"))
    exit(error is ProcessGroupError ? 2 : 1)
  }
  let outcome = WorkGroup.$current.withValue(processes.group) {
    commandOutcome(root, arguments: Array(CommandLine.arguments.dropFirst()))
  }
  if !outcome.output.isEmpty { print(outcome.output) }
  if !outcome.message.isEmpty { printMessage(outcome.message) }
  // A full disk shows here at the latest. The exit code must not be 0 if the result was not written.
  guard flushOutput() else {
    printMessage("Error: the result could not be written to standard output")
    processes.leave(
      code: outcome.exitCode == 0 ? 1 : outcome.exitCode, message: "its output could not be written"
    )
  }
  processes.leave(code: outcome.exitCode, message: outcome.message)
}

/// Parses arguments, runs the command that they name, and returns its outcome.
///
/// - Parameter arguments: the arguments without the program's name.
public func commandOutcome<Root: ParsableCommand>(
  _ root: Root.Type, arguments: [String]
) -> CommandOutcome {
  do {
    var command = try root.parseAsRoot(arguments)
    let group = WorkGroup.current
    if group.isAlone || (command as? any SharedCommand)?.isShared == true {
      try command.run()
    } else if group.isFirst {
      printMessage(
        "Note: this command is not shared; \(group.count - 1) of \(group.count) processes wait")
      try WorkGroup.$current.withValue(.alone) { try command.run() }
    }
    return CommandOutcome(exitCode: 0)
  } catch {
    return outcome(of: error, root: root)
  }
}

private func outcome<Root: ParsableCommand>(
  of error: any Error, root: Root.Type
) -> CommandOutcome {
  if let failure = error as? CommandFailure {
    return CommandOutcome(
      exitCode: failure.exitCode, message: "Error: " + singleLine(failure.description))
  }
  if let code = error as? ExitCode { return CommandOutcome(exitCode: code.rawValue) }
  switch root.exitCode(for: error) {
  case .success:
    return CommandOutcome(exitCode: 0, output: root.fullMessage(for: error))
  case .validationFailure:
    return CommandOutcome(exitCode: 2, message: root.fullMessage(for: error))
  default:
    return CommandOutcome(exitCode: 1, message: "Error: " + singleLine(describe(error)))
  }
}

/// The message of an error; the description of a Foundation error would include its user info.
///
/// Every command that writes files takes `OverwriteOptions`, which the libraries do not know.
private func describe(_ error: any Error) -> String {
  if let error = error as? FileError, error.kind == .exists {
    return FileError(
      kind: error.kind, path: error.path, reason: error.reason,
      advice: "pass another name, or --force to replace it"
    ).description
  }
  let text = "\(error)"
  guard text.hasPrefix("Error Domain=") || error is any LocalizedError else { return text }
  let foundation = error as NSError
  let path = foundation.userInfo[NSFilePathErrorKey] as? String
  return (path.map { $0 + ": " } ?? "") + foundation.localizedDescription
}
