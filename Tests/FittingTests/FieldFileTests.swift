import DifferentiableCore
import Fields
import Files
import Fitting
import Foundation
import Numerics
import TestSupport
import Testing
import Training

@Suite struct FieldFileTests {
  private let field = {
    var random = Xoshiro256(seed: 2)
    return Siren(
      SirenArchitecture(hiddenWidth: 8, hiddenLayers: 2, outputs: 3, omegaFirst: 17),
      random: &random)
  }()

  private var arrays: [SafetensorsArchive.Array] {
    field.parameters.layout.entries.map {
      .init(name: $0.name, shape: $0.shape, values: Array(field.parameters.values[$0.range]))
    }
  }

  @Test(
    "A grid over 16,384x16,384 pixels, 1.4 GB, can be read; more than 4 GiB are refused by the size alone"
  )
  func largeFiles() throws {
    #expect(FieldFile.mostParameters > 361_074_496)
    let folder = try TemporaryFolder()
    let path = folder.file("m.safetensors")
    // A file of zeros that takes no room on the disk.
    try Data().write(to: URL(fileURLWithPath: path))
    try #require(truncate(path, off_t(4 << 30) + 1) == 0)
    let error = #expect(throws: FieldFileError.self) { try FieldFile.read(path) }
    #expect(error?.problem.contains("over the limit of 4294967296") == true)
  }

  @Test func aWrittenFieldReadsBackEqual() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("m.safetensors")
    let signal = FittedSignal.image(width: 5, height: 4, channels: 3)
    try FieldFile.write(
      field, to: path, signal: signal, provenance: ["fit": "x"], overwrite: false)
    let read = try FieldFile.read(path)
    #expect(read.siren == field && read.signal == signal && read.metadata["fit"] == "x")
    #expect(throws: (any Error).self) {
      try FieldFile.write(field, to: path, overwrite: false)
    }
    let sound = FittedSignal.audio(sampleRate: 44_100, frames: 9, channels: 1, peak: 0.25)
    let text = try JSONEncoder().encode(sound)
    #expect(try JSONDecoder().decode(FittedSignal.self, from: text) == sound)
  }

  @Test func filesOfPyTorchAreReadByTheirNames() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("plain.safetensors")
    try FieldFile.writePlain(field, to: path, overwrite: false)
    let read = try FieldFile.read(path)
    #expect(read.signal == nil && read.siren?.parameters == field.parameters)
    #expect(read.architecture.omegaFirst == 30)
    #expect(try FieldFile.read(path, omegaFirst: 17).siren == field)
    #expect(try FieldFile.read(path, omegaHidden: 5).architecture.omegaHidden == 5)
  }

  @Test(
    .enabled(if: ReferenceFolder.isAvailable, "set SIREN_REFERENCE and SIREN_REFERENCE_DATA"),
    arguments: ["image", "image_rgb", "audio"])
  func recordedPyTorchModelsAreRead(name: String) throws {
    let folder = try #require(ReferenceFolder.fromEnvironment)
    let copy = try TemporaryFolder()
    let path = try copy.write(try folder.weights(name), to: "m.safetensors")
    let shape = try FieldFile.read(path).architecture
    #expect(shape.hiddenLayers == (name == "image_rgb" ? 2 : 3))
    #expect(shape.coordinates == (name == "audio" ? 1 : 2))
  }

  @Test func everyInconsistencyIsFound() throws {
    let folder = try TemporaryFolder()
    let good = folder.file("good")
    try FieldFile.write(field, to: good, overwrite: false)
    let metadata = try FieldFile.read(good).metadata
    var wrongShape = arrays
    wrongShape[2] = .init(name: wrongShape[2].name, shape: [64], values: wrongShape[2].values)
    var invalid = arrays
    invalid[1] = .init(name: invalid[1].name, shape: [8], values: [1, 2, .nan, 4, 5, 6, 7, 8])
    let extra = arrays + [.init(name: "net.9.bias", shape: [1], values: [0])]
    let huge =
      #"{"coordinates":2,"hiddenLayers":3,"hiddenWidth":60000,"outputs":3,"#
      + #""omegaFirst":30,"omegaHidden":30}"#
    let cases: [(metadata: [String: String], arrays: [SafetensorsArchive.Array], text: String)] = [
      (metadata, Array(arrays.dropFirst()), "needs 195 numbers"),
      (metadata, extra, "the array 'net.9.bias'"),
      (metadata, wrongShape, "has shape [64], expected [8, 8]"),
      (metadata, invalid, "not finite"),
      (metadata.merging(["architecture": huge]) { $1 }, arrays, "the file has 195"),
      (metadata.merging(["architecture": "{}"]) { $1 }, arrays, "does not describe one"),
      (metadata.merging(["kind": "cat"]) { $1 }, arrays, "does not describe one"),
      (
        metadata.merging(["signal": #"{"kind":"image","width":0,"height":1,"channels":3}"#]) { $1 },
        arrays, "a signal that does not fit"
      ),
      ([:], Array(arrays.dropFirst()), "neither this program's metadata nor"),
      ([:], Array(arrays.dropLast()), "needs 195 numbers, the file has 192"),
    ]
    for (index, entry) in cases.enumerated() {
      let archive = SafetensorsArchive(metadata: entry.metadata, arrays: entry.arrays)
      let path = try folder.write(try archive.encoded(), to: "bad\(index)")
      let error = #expect(throws: FieldFileError.self) { try FieldFile.read(path) }
      let message = error.map { "\($0)" } ?? ""
      #expect(message.contains(entry.text) && message.contains(path), "\(message)")
      #expect(!message.contains("\n"))
    }
  }

  @Test("The names of a network that was trained on several devices begin with module.")
  func moduleNames() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("plain")
    try FieldFile.write(field, to: path, overwrite: false)
    let omegas = (field.architecture.omegaFirst, field.architecture.omegaHidden)
    let plain = try FieldFile.read(path)
    let named = arrays.map {
      SafetensorsArchive.Array(name: "module." + $0.name, shape: $0.shape, values: $0.values)
    }
    let parallel = try folder.write(
      try SafetensorsArchive(metadata: [:], arrays: named).encoded(), to: "parallel")
    let read = try FieldFile.read(parallel, omegaFirst: omegas.0, omegaHidden: omegas.1)
    #expect(read.siren?.parameters.values == plain.siren?.parameters.values)
    // One name without it, and nothing is guessed.
    let mixed = try folder.write(
      try SafetensorsArchive(metadata: [:], arrays: named.dropLast() + arrays.suffix(1)).encoded(),
      to: "mixed")
    #expect(throws: FieldFileError.self) { try FieldFile.read(mixed) }
  }

  @Test(
    "A file of torch.save is named, not called a broken model",
    arguments: [
      [0x50, 0x4B, 0x03, 0x04], [0x80, 0x02, 0x8A, 0x0A],
    ] as [[UInt8]])
  func torchFiles(start: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(start + [UInt8](repeating: 0, count: 400), to: "net.pth")
    let error = #expect(throws: SafetensorsError.self) { try FieldFile.read(path) }
    #expect(
      error?.description.contains("it is a file of torch.save (.pth, .pt)") == true
        && error?.description.contains("save_file") == true, "\(String(describing: error))")
  }

  @Test func hostileFilesAreRefusedInOneLine() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("not a model", to: "m.txt")
    for path in [text, folder.path, folder.file("missing")] {
      let error = #expect(throws: (any Error).self) { try FieldFile.read(path) }
      #expect(error.map { !"\($0)".contains("\n") && "\($0)".contains(path) } == true)
    }
  }

  /// A grid over 9 x 20 samples, its networks different from each other.
  private let grid = SirenGrid(
    CellGrid([
      CellAxis(samples: 9, cells: 2, overlap: 1), CellAxis(samples: 20, cells: 3, overlap: 1),
    ]),
    SirenArchitecture(hiddenWidth: 5, hiddenLayers: 1, outputs: 3, omegaFirst: 17), seed: 3)

  @Test("A grid reads back equal from arrays with a leading axis of cells")
  func grids() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("g.safetensors")
    let signal = FittedSignal.image(width: 20, height: 9, channels: 3)
    try FieldFile.write(grid, to: path, signal: signal, overwrite: false)
    let read = try FieldFile.read(path)
    #expect(read.grid == grid && read.siren == nil && read.signal == signal)
    let archive = try SafetensorsArchive(
      data: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    #expect(archive["net.0.linear.weight"]?.shape == [6, 5, 2])
    #expect(archive["net.2.bias"]?.shape == [6, 3])
    #expect(
      archive.metadata["grid"]
        == #"{"cells":[2,3],"overlap":[1,1],"samples":[9,20],"window":"quintic"}"#)
    // Without the metadata the shapes are not those of a network.
    try FieldFile.writePlain(grid, to: folder.file("plain.safetensors"), overwrite: false)
    #expect(throws: FieldFileError.self) {
      try FieldFile.read(folder.file("plain.safetensors"))
    }
  }

  @Test(
    "A grid whose metadata does not fit its arrays is refused",
    arguments: [
      #"{"cells":[2,4],"overlap":[1,1],"samples":[9,20],"window":"quintic"}"#,
      #"{"cells":[2],"overlap":[1],"samples":[9],"window":"quintic"}"#,
      #"{"cells":[2,3],"overlap":[1,4],"samples":[9,20],"window":"quintic"}"#,
      #"{"cells":[2,3],"overlap":[1,0],"samples":[9,20],"window":"quintic"}"#,
      #"{"cells":[2,3],"overlap":[1,1],"samples":[9,2],"window":"quintic"}"#,
      #"{"cells":[2,3],"overlap":[1,1],"samples":[9,20],"window":"square"}"#,
      #"{"cells":[4294967296,4294967296],"overlap":[1,1],"samples":[4294967296,4294967296],"window":"quintic"}"#,
      #"{"cells":[9223372036854775807,3],"overlap":[1,1],"samples":[9223372036854775807,20],"window":"quintic"}"#,
      "{}", "no JSON",
    ])
  func damagedGrids(text: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("g.safetensors")
    try FieldFile.write(grid, to: path, overwrite: false)
    var archive = try SafetensorsArchive(
      data: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    archive.metadata["grid"] = text
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
    #expect(throws: FieldFileError.self) { try FieldFile.read(path) }
  }

  /// A grid of windows of sine squared over 9 x 20 samples, its cells of different weights.
  private var windows: SirenGrid? {
    guard let rows = CellAxis(samples: 9, starts: [0, 3], size: 6),
      let columns = CellAxis(samples: 20, starts: [0, 4, 8], size: 12)
    else { return nil }
    let random = SirenGrid(CellGrid([rows, columns]), grid.architecture, seed: 4)
    return SirenGrid(
      random.grid, random.architecture, parameters: random.parameters,
      cellWeights: [1, 5, 2, 3, 1, 0.5])
  }

  private static let windowGrid =
    #"{"samples":[9,20],"size":[6,12],"starts":[[0,3],[0,4,8]],"window":"sine squared"}"#

  @Test("A grid with windows of sine squared reads back equal, with and without weights of cells")
  func gridsOfWindows() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("w.safetensors")
    let weighted = try #require(windows)
    let even = try #require(
      SirenGrid(weighted.grid, weighted.architecture, parameters: weighted.parameters))
    for field in [weighted, even] {
      try FieldFile.write(field, to: path, overwrite: true)
      #expect(try FieldFile.read(path).grid == field)
      let archive = try SafetensorsArchive(
        data: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
      #expect(archive.metadata["grid"] == Self.windowGrid)
      #expect(archive["window.weight"]?.values == field.cellWeights)
    }
    // The plain arrays are those of the networks alone.
    let count = try FieldFile.writePlain(weighted, to: path, overwrite: true)
    #expect(count == Siren.layout(of: weighted.architecture).entries.count)
  }

  @Test(
    "Windows of sine squared that do not form a grid are refused",
    arguments: [
      ("[9,20]", "[9]"), ("[9,20]", "[9,21]"), ("[9,20]", "[9,9223372036854775807]"),
      ("[9,20]", "[9,0]"), ("[6,12]", "[6]"), ("[6,12]", "[3,12]"), ("[6,12]", "[6,-12]"),
      ("[6,12]", "[6,9223372036854775807]"), ("[0,4,8]", "[0,8,4]"), ("[0,4,8]", "[0,4,4]"),
      ("[0,4,8]", "[1,4,8]"), ("[0,4,8]", "[]"), ("[0,4,8]", "[0,8]"), ("[0,4,8]", "[0,4,8.5]"),
      ("[0,4,8]", "[0,4,9223372036854775807]"), ("[0,4,8]", "[-9223372036854775808,4,8]"),
      (",[0,4,8]]", "]"), ("[[0,3],", "["), (#","starts":[[0,3],[0,4,8]]"#, ""),
      ("sine squared", "sine cubed"), ("sine squared", "quintic"),
    ])
  func damagedGridsOfWindows(part: String, replacement: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("w.safetensors")
    try FieldFile.write(try #require(windows), to: path, overwrite: false)
    var archive = try SafetensorsArchive(
      data: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    let text = Self.windowGrid.replacingOccurrences(of: part, with: replacement)
    #expect(text != Self.windowGrid)
    archive.metadata["grid"] = text
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
    #expect(throws: FieldFileError.self) { try FieldFile.read(path) }
  }

  @Test("Weights of cells that do not fit the grid are refused", arguments: [0, 1, 2, 3, 4])
  func damagedWeights(damage: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("w.safetensors")
    // The last case: windows that are not sine squared have no weights.
    let field = damage == 4 ? grid : try #require(windows)
    try FieldFile.write(field, to: path, overwrite: false)
    let archive = try SafetensorsArchive(
      data: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    let wrong: [SafetensorsArchive.Array] = [
      .init(name: "window.weight", shape: [5], values: [1, 1, 1, 1, 1]),
      .init(name: "window.weight", shape: [6], values: [1, 1, 0, 1, 1, 1]),
      .init(name: "window.weight", shape: [6], values: [1, 1, .infinity, 1, 1, 1]),
      .init(name: "window.weights", shape: [6], values: [1, 1, 1, 1, 1, 1]),
      .init(name: "window.weight", shape: [6], values: [1, 1, 1, 1, 1, 1]),
    ]
    let arrays = archive.arrays.filter { $0.name != "window.weight" } + [wrong[damage]]
    let changed = SafetensorsArchive(metadata: archive.metadata, arrays: arrays)
    try AtomicFile.write(try changed.encoded(), to: path, overwrite: true)
    #expect(throws: FieldFileError.self) { try FieldFile.read(path) }
  }
}
