import Foundation
import TestSupport
import Testing

/// One of the built programs, run as a user runs it.
struct Program {
  let name: String
  /// Commands of a shell that prepare the process, limits for example; nil runs the program alone.
  var preparation: String?

  /// What a run left behind.
  struct Outcome {
    let exitCode: Int32
    let output: String
    let errors: String
  }

  static let hyper = Program(name: "siren-hyper")
  static let siren = Program(name: "siren")

  /// Programs lie beside the test bundle.
  private var location: URL? {
    let candidates =
      Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
      + [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
    return candidates.map { $0.appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Runs the program; standard error is not a terminal.
  func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// Runs the program and, if told, interrupts it after some seconds.
  ///
  /// - Parameters:
  ///   - environment: variables beside those of the tests.
  ///   - folder: the current folder; nil is that of the tests.
  func run(
    _ arguments: [String], signalAfter seconds: Double? = nil, environment: [String: String] = [:],
    in folder: String? = nil
  ) throws -> Outcome {
    let process = Process()
    let executable = try #require(location, "the program is not built beside the tests")
    process.executableURL = executable
    process.arguments = arguments
    if let preparation {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments =
        ["-c", preparation + "; exec \"$0\" \"$@\"", executable.path] + arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let temporary = FileManager.default.temporaryDirectory
    let stamp = UUID().uuidString
    let (out, err) = (
      temporary.appendingPathComponent("out-\(stamp)"),
      temporary.appendingPathComponent("err-\(stamp)")
    )
    for file in [out, err] { try Data().write(to: file) }
    defer { for file in [out, err] { try? FileManager.default.removeItem(at: file) } }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    if let seconds {
      Thread.sleep(forTimeInterval: seconds)
      process.interrupt()
    }
    process.waitUntilExit()
    return Outcome(
      exitCode: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: err), as: UTF8.self))
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
