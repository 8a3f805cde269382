import DifferentiableCore
import Files
import Foundation
import HyperNetworks
import ImagePriors
import PriorTestSupport
import TestSupport
import Testing
import Training

/// Files of priors read back equal, and nothing in a file is trusted.
@Suite struct HyperNetworkFileTests {
  @Test("A prior reads back equal", arguments: EncoderKind.allCases, HeadKind.allCases)
  func aPriorSurvives(encoder: EncoderKind, head: HeadKind) throws {
    let model = HyperNetworkPrior(SmallPrior.configuration(encoder, head), seed: 5)
    let folder = try TemporaryFolder()
    let path = folder.file("prior.safetensors")
    try model.write(to: path, provenance: ["pictures": "some"], overwrite: false)
    #expect(try HyperNetworkPrior.read(path) == model)
    #expect(throws: (any Error).self) { try model.write(to: path, overwrite: false) }
    try model.write(to: path, overwrite: true)
    #expect(try folder.names() == ["prior.safetensors"])
  }

  @Test(
    "The layout of a configuration is computed without its parameters",
    arguments: EncoderKind.allCases, HeadKind.allCases)
  func layouts(encoder: EncoderKind, head: HeadKind) {
    for isConditioned in [false, true] {
      var configuration = SmallPrior.configuration(encoder, head)
      configuration.isConditioned = isConditioned
      let layout = HyperNetworkPrior.layout(of: configuration)
      #expect(layout == HyperNetworkPrior(configuration, seed: 5).parameters.layout)
      #expect(layout.count == configuration.parameterCount)
    }
  }

  @Test("The layout of a billion parameters takes little memory")
  func largeLayouts() {
    var configuration = HyperNetworkConfiguration(imageSize: 32, channels: 3, head: .full)
    configuration.field.hiddenWidth = 1_024
    configuration.hyperWidth = 256
    let layout = HyperNetworkPrior.layout(of: configuration)
    #expect(layout.count == configuration.parameterCount && layout.count > 800_000_000)
  }

  /// Configurations as JSON text, made from a good one.
  private static let hostile: [(name: String, text: @Sendable () throws -> String?)] = [
    ("missing", { nil }),
    ("empty", { "" }),
    ("not JSON", { "attention" }),
    ("a list", { "[1, 2]" }),
    ("without sizes", { "{\"encoder\": \"attention\"}" }),
    ("an unknown head", { try text().replacing("modulated", with: "fuller") }),
    ("a number too large", { try text().replacing("\"tokens\":3", with: "\"tokens\":1e300") }),
    ("a fraction", { try text().replacing("\"tokens\":3", with: "\"tokens\":3.5") }),
    ("a text", { try text().replacing("\"tokens\":3", with: "\"tokens\":\"3\"") }),
    ("negative width", { try text { $0.latentWidth = -16 } }),
    ("width 0", { try text { $0.latentWidth = 0 } }),
    ("negative heads", { try text { $0.attentionHeads = -2 } }),
    ("no heads", { try text { $0.attentionHeads = 0 } }),
    ("heads that do not divide", { try text { $0.attentionHeads = 3 } }),
    ("negative layers", { try text { $0.field.hiddenLayers = -2 } }),
    ("many layers", { try text { $0.field.hiddenLayers = Int.max } }),
    ("too wide", { try text { $0.field.hiddenWidth = 1 << 40 } }),
    ("the widest", { try text { $0.field.hiddenWidth = 4_096 } }),
    ("the widest encoder", { try text { $0.latentWidth = 4_096 } }),
    ("the most blocks", { try text { $0.blocks = 4_096 } }),
    ("the most tokens", { try text { $0.tokens = 4_096 } }),
    ("other channels", { try text { $0.channels = 4 } }),
    ("other outputs", { try text { $0.field.outputs = 1 } }),
    ("three coordinates", { try text { $0.field.coordinates = 3 } }),
    ("no frequency", { try text { $0.field.omegaHidden = 0 } }),
    (
      "the largest published head",
      {
        try text {
          $0.head = .full
          $0.hyperWidth = 4_096
        }
      }
    ),
    (
      "the largest of all",
      {
        try text {
          $0.head = .full
          ($0.hyperWidth, $0.field.hiddenWidth, $0.field.hiddenLayers) = (4_096, 4_096, 64)
          ($0.latentWidth, $0.blocks, $0.tokens) = (4_096, 4_096, 4_096)
        }
      }
    ),
  ]

  private static func text(_ change: (inout HyperNetworkConfiguration) -> Void = { _ in }) throws
    -> String
  {
    var configuration = SmallPrior.configuration()
    change(&configuration)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(configuration), as: UTF8.self)
  }

  @Test("A hostile configuration is refused in one line", arguments: hostile.map(\.name))
  func hostileConfigurationsAreRefused(name: String) throws {
    let make = try #require(Self.hostile.first { $0.name == name })
    try expectRefusal { $0.metadata["configuration"] = try make.text() }
  }

  @Test func otherFilesAreRefused() throws {
    try expectRefusal { $0.metadata["kind"] = "another program's model" }
    try expectRefusal { $0.metadata = [:] }
  }

  @Test func damagedArraysAreRefused() throws {
    try expectRefusal { $0.arrays.removeFirst() }
    try expectRefusal { $0.arrays = [] }
    try expectRefusal { archive in
      let first = archive.arrays[0]
      archive.arrays[0] = .init(
        name: first.name, shape: [first.values.count], values: first.values)
    }
    for value in [Float.nan, .infinity] {
      try expectRefusal { archive in
        let last = archive.arrays[archive.arrays.count - 1]
        archive.arrays[archive.arrays.count - 1] = .init(
          name: last.name, shape: last.shape,
          values: [value] + last.values.dropFirst())
      }
    }
  }

  @Test func pathsThatAreNotFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    for path in [folder.file("absent"), folder.path] {
      let error = #expect(throws: PriorError.self) { try HyperNetworkPrior.read(path) }
      expectOneLine(error, naming: path)
    }
    let text = try folder.write("no model at all", to: "text.safetensors")
    let error = #expect(throws: SafetensorsError.self) { try HyperNetworkPrior.read(text) }
    expectOneLine(error, naming: text)
  }

  private func expectRefusal(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout SafetensorsArchive) throws -> Void
  ) throws {
    var archive = try HyperNetworkPrior(SmallPrior.configuration(), seed: 5).archive()
    try change(&archive)
    let folder = try TemporaryFolder()
    let path = try folder.write(archive.encoded(), to: "prior.safetensors")
    let error = #expect(throws: PriorError.self, sourceLocation: sourceLocation) {
      try HyperNetworkPrior.read(path)
    }
    expectOneLine(error, naming: path, sourceLocation: sourceLocation)
  }
}
