import Foundation
import TestSupport
import Testing

/// One of the built programs, run as a user runs it.
struct Program {
  let name: String
  /// Commands of a shell that prepare the process, limits for example; nil runs the program alone.
  var preparation: String?

  /// The outcome of a run.
  struct Outcome {
    let exitCode: Int32
    let output: String
    let errors: String
  }

  static let hyper = Program(name: "siren-hyper")
  static let siren = Program(name: "siren")

  /// Programs lie beside the test bundle.
  var location: URL? {
    let candidates =
      Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
      + [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
    return candidates.map { $0.appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Runs the program; standard error is not a terminal.
  func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - environment: variables beside those of the tests.
  ///   - folder: the current folder; nil is that of the tests.
  ///   - device: what standard output goes to instead of the outcome, which is then empty.
  func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil,
    outputTo device: String? = nil
  ) throws -> Outcome {
    try Run(self, arguments, environment: environment, in: folder, outputTo: device).finish()
  }

  /// Runs the program and interrupts it, as Ctrl-C does, once it has printed a text.
  ///
  /// The text shows how far the program has come, so the moment does not depend on the speed of the
  /// machine. Give it work that lasts long after the text.
  ///
  /// - Throws: an expectation that failed, if the program ends without the text.
  func interrupt(
    _ arguments: [String], afterPrinting text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let run = try Run(self, arguments, environment: [:], in: nil)
    // Long after any program here should have printed it; what hangs is interrupted too.
    let deadline = Date(timeIntervalSinceNow: 120)
    while run.process.isRunning && !run.printed.contains(text) && Date() < deadline {
      Thread.sleep(forTimeInterval: 0.005)
    }
    run.process.interrupt()
    let outcome = try run.finish()
    try #require(
      outcome.output.contains(text),
      "the program ended without '\(text)': \(outcome.output)\(outcome.errors)",
      sourceLocation: sourceLocation)
    return outcome
  }

  /// A running program, whose output goes to files.
  private final class Run {
    let process = Process()
    private let folder: TemporaryFolder

    init(
      _ program: Program, _ arguments: [String], environment: [String: String],
      in currentFolder: String?, outputTo device: String? = nil
    ) throws {
      let executable = try #require(
        program.location, "the program is not built beside the tests")
      process.executableURL = executable
      process.arguments = arguments
      if let preparation = program.preparation {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
          ["-c", preparation + "; exec \"$0\" \"$@\"", executable.path] + arguments
      }
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      if let currentFolder {
        process.currentDirectoryURL = URL(fileURLWithPath: currentFolder)
      }
      folder = try TemporaryFolder()
      let files = try ["out", "err"].map {
        try FileHandle(forWritingTo: URL(fileURLWithPath: folder.write("", to: $0)))
      }
      process.standardOutput =
        try device.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) } ?? files[0]
      process.standardError = files[1]
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }

    /// The standard output so far.
    var printed: String { (try? text("out")) ?? "" }

    /// Waits for the program's end.
    func finish() throws -> Outcome {
      process.waitUntilExit()
      return Outcome(
        exitCode: process.terminationStatus, output: try text("out"), errors: try text("err"))
    }

    private func text(_ name: String) throws -> String {
      String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: folder.file(name))), as: UTF8.self)
    }
  }
}

extension Program {
  /// A folder of drawn faces of 16x16.
  static func faces(_ count: Int, in folder: TemporaryFolder) throws -> String {
    let path = folder.path + "/faces"
    let outcome = try hyper.run(
      "dataset", "synthesize", path, "--count", "\(count)", "--size", "16", "--quiet")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return path
  }
}
