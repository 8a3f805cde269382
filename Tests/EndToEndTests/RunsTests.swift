import Foundation
import Signals
import TestSupport
import Testing

/// `siren-hyper runs` and `train --tensorboard`.
@Suite(.serialized) struct RunsTests {
  private let folder: TemporaryFolder
  private let data: String

  /// Two trainings: a hypernetwork of 8 updates, and a closed form.
  init() throws {
    folder = try TemporaryFolder()
    data = try Program.faces(60, in: folder)
  }

  private func hyper(_ arguments: String...) throws -> Program.Outcome {
    try Program.hyper.run(arguments, in: folder.path)
  }

  private func train(_ model: String, _ more: String...) throws {
    let outcome = try Program.hyper.run(
      [
        "train", "--dataset", data, "--size", "16", "-o", model, "--quiet", "--prior",
        "hypernetwork", "--steps", "8", "--batch", "4",
      ] + more, in: folder.path)
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
  }

  private func objects(_ outcome: Program.Outcome) throws -> [[String: Any]] {
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private var catalog: String { data + "/.siren/catalog.sqlite" }

  @Test func aTrainingIsListedShownComparedAndPlotted() throws {
    _ = try hyper("dataset", "index", data)
    let before = try hyper("runs", "list", "--dataset", data)
    #expect(before.exitCode == 0 && before.output.isEmpty)
    #expect(before.errors == "no training is recorded yet\n")
    try train("one.safetensors")
    try train("two.safetensors", "--learning-rate", "0.001", "--seed", "2")
    let closed = try hyper(
      "train", "--dataset", data, "--size", "16", "--no-residual", "-o", "three.safetensors",
      "--quiet")
    #expect(closed.exitCode == 0, "\(closed.errors)")
    try FileManager.default.removeItem(atPath: folder.file("two.safetensors"))

    // From another folder: the paths of the models are absolute.
    let list = try Program.hyper.run(["runs", "list", "--dataset", data])
    #expect(list.exitCode == 0, "\(list.errors)")
    let lines = list.output.split(separator: "\n").map(String.init)
    try #require(lines.count == 4)
    #expect(
      lines[0].split(separator: " ") == [
        "id", "started", "kind", "pictures", "steps", "time", "validation", "state", "model",
      ])
    #expect(lines[1].contains(" subspace ") && lines[1].hasSuffix("/three.safetensors"))
    #expect(lines[2].contains(" mse ") && lines[2].hasSuffix("/two.safetensors (gone)"))
    #expect(lines[3].contains(" hypernetwork ") && lines[3].hasSuffix("/one.safetensors"))
    let rows = try objects(try hyper("runs", "list", "--dataset", data, "--json", "--limit", "2"))
    #expect(rows.map { $0["id"] as? Int } == [3, 2])
    #expect(rows[1]["model_exists"] as? Bool == false && rows[1]["state"] as? String == "finished")
    #expect(rows[1]["steps"] as? Int == 8)

    let show = try hyper("runs", "show", "2", "--dataset", data)
    #expect(show.exitCode == 0, "\(show.errors)")
    for text in [
      "siren-hyper train --dataset", "--learning-rate 0.001", "\nsettings\n", "learning rate",
      "training pictures", "\nvalidations: mean squared error\n", "(gone)", "best validation",
    ] {
      #expect(show.output.contains(text), "\(text) in \(show.output)")
    }
    let shown = try #require(
      try objects(try hyper("runs", "show", "2", "--dataset", data, "--json")).first)
    let validations = try #require(shown["validations"] as? [[String: Any]])
    #expect(validations.count > 1 && validations.last?["step"] as? Int == 8)

    let compare = try hyper("runs", "compare", "1", "2", "3", "--dataset", data)
    #expect(compare.exitCode == 0, "\(compare.errors)")
    let table = compare.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(table.contains(["learning", "rate", "0.0004", "0.001", "-"]))
    #expect(table.contains(["seed", "1", "2", "1"]))
    #expect(table.contains(["prior", "hypernetwork", "hypernetwork", "subspace"]))
    #expect(!compare.output.contains("channels"))
    // The closed form has no validation.
    let validation = try #require(table.first { $0.first == "validation" })
    #expect(validation.filter { $0 == "*" }.count == 1 && validation.last == "-")
    let both = try objects(
      try hyper("runs", "compare", "2", "1", "--dataset", data, "--json"))
    let differences = try #require(both.first?["differences"] as? [String: [Any]])
    #expect(Set(differences.keys) == ["learning rate", "seed"])
    #expect(differences["learning rate"] as? [Double] == [0.001, 0.0004])

    for name in ["curves.png", "curve.svg"] {
      let ids = name == "curve.svg" ? ["1"] : ["1", "2"]
      let plot = try Program.hyper.run(
        ["runs", "plot"] + ids + ["--dataset", data, "-o", name], in: folder.path)
      #expect(plot.exitCode == 0, "\(plot.errors)")
      #expect(plot.output.hasPrefix("\(name): validation of run"))
    }
    #expect(try ImageFile.read(folder.file("curves.png")).width > 1_000)
    let svg = try String(contentsOfFile: folder.file("curve.svg"), encoding: .utf8)
    #expect(svg.contains("<svg") && svg.contains("time of training (s)") && svg.contains("mean"))
    let exists = try hyper("runs", "plot", "1", "--dataset", data, "-o", "curves.png")
    #expect(exists.exitCode == 1 && exists.errors.contains("--force"))
    let without = try hyper("runs", "plot", "1", "3", "--dataset", data, "-o", "other.png")
    #expect(
      without.exitCode == 1
        && without.errors
          == "Error: \(catalog): run 3 has no validation to plot (a closed form alone, an end before "
          + "the first validation, or a record of an earlier version); omit it\n"
    )
    #expect(try !folder.names().contains("other.png"))
  }

  @Test func unknownRunsAndWrongUsageAreExplained() throws {
    _ = try hyper("dataset", "index", data)
    let unknown = "Error: \(catalog): there is no run 9; 'siren-hyper runs list' lists the runs\n"
    for arguments in [
      ["show", "9"], ["compare", "9", "8"], ["plot", "9", "-o", folder.file("a.png")],
    ] {
      let outcome = try Program.hyper.run(["runs"] + arguments + ["--dataset", data])
      #expect(outcome.exitCode == 1 && outcome.errors == unknown, "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
    for (arguments, message) in [
      (["show", "0"], "The number of a run is 0, expected at least 1."),
      (["show", "two"], "'two'"), (["show"], "id"),
      (["compare", "1"], "One training is given, expected two or more to compare."),
      (["compare", "1", "1"], "Run 1 is given twice, omit one."),
      (["plot", "1"], "--output"),
      (["plot", "1", "-o", "a.jpg"], "--output is 'a.jpg', expected a name that ends in .png or"),
      (["list", "--limit", "0"], "--limit is 0, expected at least 1."),
    ] {
      let outcome = try Program.hyper.run(["runs"] + arguments + ["--dataset", data])
      #expect(outcome.exitCode == 2, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
    }
    let nowhere = try hyper("runs", "list", "--dataset", folder.path)
    #expect(nowhere.exitCode == 1 && nowhere.errors.contains("there is no catalog yet"))
  }

  @Test(.enabled(if: hasSQLite, "python3 has no sqlite3"))
  func recordsAreReadBesideAWriter() throws {
    try train("one.safetensors")
    // A program holds the catalog's write lock until its standard input ends.
    let script = """
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1], isolation_level=None)
      c.execute('BEGIN IMMEDIATE'); c.execute('DELETE FROM runs')
      print('locked', flush=True); sys.stdin.read()
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [Self.python, "-c", script, catalog]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    try #require(output.fileHandleForReading.readData(ofLength: 6) == Data("locked".utf8))
    let list = try hyper("runs", "list", "--dataset", data, "--json")
    #expect(try objects(list).count == 1)
  }

  // MARK: TensorBoard

  private static let python = ProcessInfo.processInfo.environment["SIREN_PYTHON"] ?? "python3"

  private static func run(python arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static let hasSQLite = (try? run(python: ["-c", "import sqlite3"]))?.code == 0

  private static let hasTensorBoard =
    (try? run(python: ["-c", "import tensorboard"]))?.code == 0

  @Test func tensorBoardFoldersAreCheckedBeforeTheWork() throws {
    let file = try folder.write("text", to: "logs")
    let outcome = try hyper("train", "--dataset", data, "--tensorboard", file)
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors == "Error: \(file): this is a file, and a folder is needed; name a folder\n")
    for (option, message) in [
      ("--no-residual", "--no-residual leaves nothing to train; omit --tensorboard."),
      ("--windows", "--windows without --for or --steps trains no network; omit --tensorboard."),
    ] {
      let outcome = try hyper("train", "--dataset", data, option, "--tensorboard", "new")
      #expect(outcome.exitCode == 2 && outcome.errors.contains(message), "\(outcome.errors)")
    }
    #expect(try folder.names() == ["faces", "logs"])
  }

  @Test(
    .enabled(
      if: hasTensorBoard, "set SIREN_PYTHON to a Python that has tensorboard"))
  func tensorBoardReadsWhatIsWritten() throws {
    try train("one.safetensors", "--tensorboard", folder.file("logs/one"))
    let script = """
      import json, sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      a = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'tensors': 0})
      a.Reload()
      read = {}
      for tag in a.Tags()['scalars']:
          read[tag] = [[e.step, e.value, e.wall_time] for e in a.Scalars(tag)]
      print(json.dumps(read))
      """
    let (code, output) = try Self.run(python: ["-c", script, folder.file("logs/one")])
    #expect(code == 0)
    let read = try JSONDecoder().decode([String: [[Double]]].self, from: Data(output.utf8))
    let loss = try #require(read["loss"])
    #expect(loss.map { $0[0] } == (1...8).map(Double.init))
    #expect(loss.allSatisfy { $0[1] > 0 && $0[1].isFinite })
    #expect(loss.allSatisfy { abs($0[2] - Date().timeIntervalSince1970) < 600 })
    let rates = try #require(read["learning_rate"])
    #expect(rates.count == 8 && rates.allSatisfy { $0[1] > 0 && $0[1] <= 4e-4 + 1e-9 })

    let shown = try #require(
      try objects(try hyper("runs", "show", "1", "--dataset", data, "--json")).first)
    let validations = try #require(shown["validations"] as? [[String: Any]])
    let curve = try #require(read["validation/mse"])
    #expect(curve.map { Int($0[0]) } == validations.map { $0["step"] as? Int })
    for (point, validation) in zip(curve, validations) {
      #expect(Float(point[1]) == (validation["value"] as? Double).map { Float($0) })
    }
    #expect(read.keys.filter { $0.hasPrefix("validation/mse_") }.count > 1)
  }

  @Test func theFileBeginsWithTheVersionAndHasEveryUpdate() throws {
    try train("one.safetensors", "--tensorboard", folder.file("logs"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("logs"))
    try #require(names.count == 1 && names[0].hasPrefix("events.out.tfevents."))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("logs/" + names[0])))
    var (position, records) = (0, 0)
    while position < bytes.count {
      let length = Int(bytes[position])
      #expect(bytes[(position + 1)..<(position + 8)].allSatisfy { $0 < 2 })
      position += 16 + length + 256 * Int(bytes[position + 1])
      records += 1
    }
    #expect(position == bytes.count && records == 9)
    #expect(bytes[12..<40].contains(Data("brain.Event:2".utf8)))
  }
}

extension Data {
  fileprivate func contains(_ part: Data) -> Bool { range(of: part) != nil }
}
