import DifferentiableCore
import Files
import Foundation
import GridPriors
import ImagePriors
import TestSupport
import Testing

/// Files of grid priors: what is written is read, and nothing in a file is trusted.
@Suite("Files of grid priors") struct GridPriorFileTests {
  private static func example() -> GridPrior {
    var prior = TinyGrid.prior(seed: 4)
    prior.calibration =
      DeviationCalibration(logarithms: [-3, -1, 2], factors: [0.5, 1, 2]) ?? prior.calibration
    return prior
  }

  @Test("A prior read is the prior written")
  func roundTrip() throws {
    let prior = Self.example()
    #expect(prior.calibration.logarithms.count == 3)
    let folder = try TemporaryFolder()
    let path = folder.file("grid.safetensors")
    try prior.write(to: path, provenance: ["training": "none"], overwrite: false)
    #expect(try GridPrior.read(path) == prior)
    #expect(
      try SafetensorsArchive(
        data: Data(contentsOf: URL(fileURLWithPath: path)), path: path
      ).metadata["training"] == "none")
    #expect(throws: (any Error).self) { try prior.write(to: path, overwrite: false) }
    try prior.write(to: path, overwrite: true)
    #expect(try folder.names() == ["grid.safetensors"])
  }

  /// The problem with a file that differs from a good one.
  private func problem(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout SafetensorsArchive) -> Void
  ) throws -> String {
    var archive = try Self.example().archive()
    change(&archive)
    let folder = try TemporaryFolder()
    let path = try folder.write(archive.encoded(), to: "grid.safetensors")
    let error = #expect(throws: PriorError.self, sourceLocation: sourceLocation) {
      try GridPrior.read(path)
    }
    guard case .notAPrior(path, let problem) = error else { return "\(String(describing: error))" }
    return problem
  }

  private func replacing(_ text: String, _ other: String) throws -> String {
    try problem { archive in
      let old = archive.metadata["configuration"] ?? ""
      let new = old.replacing(text, with: other)
      #expect(new != old, "nothing was replaced")
      archive.metadata["configuration"] = new
    }
  }

  @Test("Another program's file")
  func kinds() throws {
    let message = "its metadata does not say 'siren-hyper grid prior'"
    #expect(try problem { $0.metadata["kind"] = "another" } == message)
    #expect(try problem { $0.metadata["kind"] = nil } == message)
    #expect(try problem { $0.metadata["configuration"] = nil } == message)
    let unreadable = "its configuration cannot be read"
    for text in ["", "grid", "[1]", "{}", "{\"widths\": 3}"] {
      #expect(try problem { $0.metadata["configuration"] = text } == unreadable)
    }
    #expect(try replacing("\"patch\":2", "\"patch\":2.5") == unreadable)
    #expect(try replacing("\"patch\":2", "\"patch\":1e300") == unreadable)
  }

  @Test(
    "Sizes out of range",
    arguments: [
      ("\"windowSize\":16", "\"windowSize\":7"), ("\"windowSize\":16", "\"windowSize\":1025"),
      ("[8,12]", "[]"), ("[8,12]", "[8,12,8,8,8,8,8,8,8]"), ("[8,12]", "[8,0]"),
      ("[8,12]", "[8,-12]"), ("[8,12]", "[8,1025]"), ("\"patch\":2", "\"patch\":0"),
      ("\"patch\":2", "\"patch\":17"), ("\"patch\":2", "\"patch\":-9223372036854775808"),
      ("\"cellSize\":8", "\"cellSize\":1"), ("\"cellSize\":8", "\"cellSize\":65"),
      ("\"cellSize\":8", "\"cellSize\":9223372036854775807"),
      ("\"cellOverlap\":2", "\"cellOverlap\":0"), ("\"cellOverlap\":2", "\"cellOverlap\":5"),
    ])
  func sizes(text: String, other: String) throws {
    #expect(try replacing(text, other) == "its configuration has a size out of range")
  }

  @Test("A network that is larger than the file is not allocated")
  func tooLarge() throws {
    let available = Self.example().parameterCount + 6
    var configuration = TinyGrid.configuration
    configuration.widths = [1_024, 1_024]
    #expect(
      try replacing("[8,12]", "[1024,1024]")
        == "its configuration needs \(configuration.parameterCount) parameters, but the file has "
        + "\(available)")
  }

  @Test("Missing and misshapen arrays, and values that are not finite")
  func arrays() throws {
    let archive = try Self.example().archive()
    let first = archive.arrays[0]
    #expect(first.name.hasPrefix("network."))
    // As many values as before, so that the number of values is no help.
    #expect(
      try problem {
        $0.arrays[0] = .init(name: "other", shape: first.shape, values: first.values)
      } == "it lacks '\(first.name)'")
    #expect(
      try problem {
        $0.arrays[0] = .init(name: first.name, shape: [first.values.count], values: first.values)
      } == "'\(first.name)' has shape [\(first.values.count)], expected \(first.shape)")
    for value in [Float.nan, .infinity] {
      #expect(
        try problem {
          $0.arrays[0] = .init(
            name: first.name, shape: first.shape, values: [value] + first.values.dropFirst())
        } == "'\(first.name)' has values that are not finite")
    }
  }

  @Test("A calibration that is none")
  func calibration() throws {
    func calibration(_ shape: [Int], _ values: [Float]) throws -> String {
      try problem {
        $0.arrays.removeLast()
        $0.arrays.append(.init(name: "calibration", shape: shape, values: values))
      }
    }
    let message = "its 'calibration' is not two ascending rows"
    #expect(try calibration([2, 2], [0, -1, 1, 1]) == message)
    #expect(try calibration([2, 2], [0, 0, 1, 1]) == message)
    #expect(try calibration([2, 2], [0, 1, 1, 0]) == message)
    #expect(try calibration([1, 4], [0, 1, 2, 3]) == message)
    #expect(try calibration([3, 1], [0, 1, 2]) == message)
    #expect(try calibration([4], [0, 1, 1, 1]) == "'calibration' has shape [4], expected 2 axes")
    #expect(
      try calibration([2, 1], [.nan, 1]) == "'calibration' has values that are not finite")
    #expect(try calibration([2, 0], []) == message)
    #expect(try problem { $0.arrays.removeLast() } == "it lacks 'calibration'")
  }

  @Test("What is no file")
  func noFile() throws {
    let folder = try TemporaryFolder()
    for path in [folder.file("absent"), folder.path] {
      let error = #expect(throws: PriorError.self) { try GridPrior.read(path) }
      #expect(error?.description.contains(path) == true)
    }
    let text = try folder.write("no model at all", to: "text.safetensors")
    #expect(throws: SafetensorsError.self) { try GridPrior.read(text) }
  }
}
