import Foundation
import TestSupport
import Testing

/// A collection at its edges: the full disk, and several programs at once.
@Suite(.serialized) struct CatalogEdgeTests {
  /// The outcome of one run of `siren-hyper`, with its arguments.
  private struct Run: Sendable {
    var arguments: [String]
    var exitCode: Int32
    var errors: String
  }

  /// A limit on the size of files, which cuts a write off in its middle as a full disk does.
  @Test func pixelsThatDoNotFitOnTheDiskAreUsedFromMemory() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(60, in: folder)
    let model = folder.file("prior.safetensors")
    let training = try Program.hyper.run(
      "train", "--dataset", data, "--size", "16", "-o", model, "--quiet")
    #expect(training.exitCode == 0, "\(training.errors)")
    let evaluate = [
      "evaluate", "--dataset", data, "--model", model, "--context", "10", "--json", "--split",
      "train", "--limit", "20", "--quiet",
    ]
    func evaluation(_ outcome: Program.Outcome) -> [String] {
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      // The time is not a result.
      return outcome.output.split(separator: "\n").map { line in
        String(line).replacing(/"seconds[a-z_]*":[0-9.e-]+/, with: "")
      }
    }
    let expected = evaluation(try Program.hyper.run(evaluate))
    #expect(!expected.isEmpty)

    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: data + "/.siren").sorted()
    }
    let caches = try files().filter { $0.hasSuffix(".cache") }
    #expect(caches.count == 2)
    for name in caches { try FileManager.default.removeItem(atPath: data + "/.siren/" + name) }
    // Blocks of 512 bytes: room for the header and for 12 of about 54 pictures.
    let limited = try Program(name: "siren-hyper", preparation: "trap '' XFSZ; ulimit -f 20")
      .run(evaluate)
    #expect(evaluation(limited) == expected)
    #expect(try files().filter { $0.contains("-pixels-train") } == [])
    #expect(try files().filter { $0.hasSuffix(".tmp") } == [])
  }

  @Test func statisticsAsJSONAreThoseOfTheText() throws {
    let folder = try TemporaryFolder()
    let data = try Program.faces(5, in: folder)
    try FileManager.default.copyItem(
      atPath: data + "/face-00001.png", toPath: data + "/copy.png")
    _ = try Program.hyper.run("dataset", "index", data)
    try FileManager.default.removeItem(atPath: data + "/face-00002.png")
    _ = try Program.hyper.run("dataset", "index", data)
    _ = try Program.hyper.run("dataset", "remove", data, "face-00003.png")
    let outcome = try Program.hyper.run("dataset", "stats", data, "--json")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let expected = ["pictures": 4, "usable": 4, "broken": 0, "missing": 1, "removed": 1]
    for (name, count) in expected { #expect(object[name] as? Int == count, "\(name)") }
    #expect(object["duplicates"] as? Int == 1)
    let sizes = try ["face-00000", "face-00001", "copy", "face-00004"].map {
      try #require(
        try FileManager.default.attributesOfItem(atPath: data + "/\($0).png")[.size] as? Int)
    }
    #expect(object["bytes"] as? Int == sizes.reduce(0, +))
    #expect(
      object["sizes"] as? [[String: Int]]
        == [["width": 16, "height": 16, "channels": 3, "pictures": 4]])
  }

  @Test func severalProgramsMayBeginAtOnce() throws {
    for round in 0..<3 {
      let folder = try TemporaryFolder()
      let data = try Program.faces(60, in: folder)
      let catalog = data + "/.siren/catalog.sqlite"
      try? FileManager.default.removeItem(atPath: catalog)
      let commands = [
        ["dataset", "index", data], ["dataset", "index", data], ["dataset", "stats", data],
        ["dataset", "list", data], ["dataset", "index", data],
        ["train", "--dataset", data, "--size", "16", "-o", folder.file("m.safetensors")],
      ]
      let runs = Runs()
      DispatchQueue.concurrentPerform(iterations: commands.count) { number in
        do {
          let outcome = try Program.hyper.run(commands[number] + ["--quiet"])
          runs.add(
            Run(
              arguments: commands[number], exitCode: outcome.exitCode, errors: outcome.errors))
        } catch {
          runs.add(Run(arguments: commands[number], exitCode: -1, errors: "\(error)"))
        }
      }
      #expect(runs.all.count == commands.count)
      for run in runs.all {
        // Who only reads may have come before there was anything to read.
        let isEarly =
          ["stats", "list"].contains(run.arguments[1])
          && run.errors.contains("there is no catalog yet")
        #expect(
          run.exitCode == 0 || isEarly, "round \(round): \(run.arguments): \(run.errors)")
      }
      let stats = try Program.hyper.run("dataset", "stats", data, "--json")
      #expect(stats.output.contains("\"usable\":60"), "\(stats.output)")
    }
  }

  /// The outcomes of runs on several threads.
  private final class Runs: @unchecked Sendable {
    private let lock = NSLock()
    private var runs: [Run] = []

    func add(_ run: Run) { lock.withLock { runs.append(run) } }
    var all: [Run] { lock.withLock { runs } }
  }
}
