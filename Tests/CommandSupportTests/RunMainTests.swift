import ArgumentParser
import CommandSupport
import Foundation
import Testing

private struct Program: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "program", version: "0.1.0")

  @Option var fail: String?
  @OptionGroup var threads: ThreadOptions

  struct LibraryError: Error, CustomStringConvertible {
    var description: String { "a.png: is damaged\nsecond line" }
  }

  func validate() throws {
    if fail == "validation" { throw ValidationError("expected something else") }
  }

  func run() throws {
    switch fail {
    case "usage": throw CommandFailure.usage("--keep 200%: expected at most 100%")
    case "data": throw CommandFailure.data("a.png: no such file")
    case "library": throw LibraryError()
    case "foundation": _ = try Data(contentsOf: URL(fileURLWithPath: "/nowhere/at/all"))
    case "code": throw ExitCode(7)
    default: break
    }
  }
}

@Suite struct RunMainTests {
  private func run(_ arguments: String...) -> CommandOutcome {
    commandOutcome(Program.self, arguments: arguments)
  }

  @Test func successSaysNothing() {
    #expect(run() == CommandOutcome(exitCode: 0))
  }

  @Test func helpAndVersionGoToStandardOutput() {
    #expect(run("--version") == CommandOutcome(exitCode: 0, output: "0.1.0"))
    let help = run("--help")
    #expect(help.exitCode == 0)
    #expect(help.output.contains("USAGE: program"))
    #expect(help.message.isEmpty)
  }

  @Test(arguments: [["--unknown"], ["--threads", "many"], ["--threads", "0"], ["surplus"]])
  func wrongCommandLinesExitWithTwo(arguments: [String]) {
    let outcome = commandOutcome(Program.self, arguments: arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.message.hasPrefix("Error: "))
    #expect(outcome.output.isEmpty)
  }

  @Test func validationExitsWithTwo() {
    let outcome = run("--fail", "validation")
    #expect(outcome.exitCode == 2)
    #expect(outcome.message.hasPrefix("Error: expected something else"))
  }

  @Test func failuresAreOneLineWithTheirCode() {
    #expect(
      run("--fail", "usage")
        == CommandOutcome(exitCode: 2, message: "Error: --keep 200%: expected at most 100%"))
    #expect(
      run("--fail", "data") == CommandOutcome(exitCode: 1, message: "Error: a.png: no such file"))
    #expect(
      run("--fail", "library")
        == CommandOutcome(exitCode: 1, message: "Error: a.png: is damaged second line"))
    #expect(run("--fail", "code") == CommandOutcome(exitCode: 7))
  }

  @Test func foundationErrorsAreReadable() {
    let outcome = run("--fail", "foundation")
    #expect(outcome.exitCode == 1)
    #expect(outcome.message.contains("/nowhere/at/all"))
    #expect(!outcome.message.contains("UserInfo"))
    #expect(!outcome.message.contains("\n"))
  }
}
