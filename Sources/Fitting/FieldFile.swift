import DifferentiableCore
import Fields
import Files
import Foundation
import Numerics
import Signals
import Training

/// The reason that a file holds no usable field, as one line for the user.
public struct FieldFileError: Error, CustomStringConvertible, Equatable {
  /// The path of the file.
  public let path: String
  /// The problem, with expected and actual values.
  public let problem: String

  /// The message.
  public var description: String {
    "'\(path.onOneLine)' holds no field: \(problem.onOneLine). Pass a model written by 'siren fit', "
      + "or by PyTorch with the names net.0.linear.weight and so on."
  }
}

/// A field read from a file.
public struct FieldModel: Sendable {
  /// The network, or the grid of networks.
  public var field: any Field
  /// The shape of the network, or of each network of the grid.
  public var architecture: SirenArchitecture
  /// The signal to which it was fitted; nil if the file does not say, as in PyTorch files.
  public var signal: FittedSignal?
  /// All metadata of the file.
  public var metadata: [String: String]

  /// A field with what its file would say.
  public init(
    field: any Field, architecture: SirenArchitecture, signal: FittedSignal?,
    metadata: [String: String]
  ) {
    self.field = field
    self.architecture = architecture
    self.signal = signal
    self.metadata = metadata
  }

  /// The field, if it is a single network.
  public var siren: Siren? { field as? Siren }
  /// The field, if it is a grid of networks.
  public var grid: SirenGrid? { field as? SirenGrid }
}

/// SIRENs as self-describing safetensors files with the well-known notebook's names.
///
/// The arrays of a grid of SIRENs have the same names and a leading axis of cells, and the metadata gives the layout
/// of the cells. `grid` holds the name of the window. Along each axis it holds samples, cells and overlap for the
/// window `quintic`, and samples, the starts of the cells and their size for the window `sine squared`. If such cells
/// have different weights, the array `window.weight` has one number per cell.
public enum FieldFile {
  private static let kind = "siren field"
  private static let largestFile = 4 << 30
  private static let weightsName = "window.weight"
  /// The most parameters of a field whose file can be read again, allowing for names and metadata.
  package static let mostParameters = (largestFile - 1 << 24) / MemoryLayout<Float>.size

  /// Writes a field, either completely or not at all.
  ///
  /// - Parameters:
  ///   - signal: the signal to which it was fitted.
  ///   - provenance: further metadata, such as the source and the settings of the fit.
  ///   - overwrite: whether a file of that name may be replaced.
  public static func write(
    _ field: any Field, to path: String, signal: FittedSignal? = nil,
    provenance: [String: String] = [:], overwrite: Bool
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = { (value: any Encodable) in
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var metadata = provenance
    metadata["kind"] = kind
    metadata["value_range"] = "-1...1"
    if let grid = field as? SirenGrid {
      metadata["architecture"] = try text(grid.architecture)
      metadata["grid"] = try text(grid.grid)
    } else if let siren = field as? Siren {
      metadata["architecture"] = try text(siren.architecture)
    }
    if let signal { metadata["signal"] = try text(signal) }
    if let grid = field as? SirenGrid {
      try writeShared(grid, metadata, to: path, overwrite: overwrite)
    } else {
      try write(arrays(of: field), metadata, to: path, overwrite: overwrite)
    }
  }

  /// Writes a grid, of which each member of a group holds some cells, array by array.
  private static func writeShared(
    _ field: SirenGrid, _ metadata: [String: String], to path: String, overwrite: Bool
  ) throws {
    // What every member holds whole, the first one writes.
    let isWritten = !field.isWhole || WorkGroup.current.isFirst
    var arrays = Siren.layout(of: field.architecture).entries.map { entry in
      SharedArchive.Array(
        name: entry.name, rowShape: entry.shape, ownRows: isWritten ? field.heldCells.count : 0
      ) { values(of: entry, in: field, cells: $0) }
    }
    if let weights = field.cellWeights {
      arrays.append(.init(name: weightsName, rowShape: [], ofFirst: weights))
    }
    try SharedArchive.write(metadata, arrays, to: path, overwrite: overwrite)
  }

  /// One array of some held cells, which are counted from the first held one.
  private static func values(
    of entry: ParameterLayout.Entry, in grid: SirenGrid, cells: Range<Int>
  ) -> [Float] {
    let count = grid.architecture.parameterCount
    var values: [Float] = []
    values.reserveCapacity(cells.count * entry.range.count)
    for cell in cells {
      let start = cell * count
      values +=
        grid.parameters[
          start + entry.range.lowerBound..<start + entry.range.upperBound]
    }
    return values
  }

  /// Writes only the arrays, in the form that `safetensors.torch.load_file` and `load_state_dict` read.
  ///
  /// The file omits the other information, above all the omegas and the blending of a grid's cells. The program that
  /// loads the file must know it.
  ///
  /// - Returns: the number of arrays.
  @discardableResult
  public static func writePlain(_ field: any Field, to path: String, overwrite: Bool) throws -> Int
  {
    let arrays = arrays(of: field)
    try write(arrays, ["format": "pt"], to: path, overwrite: overwrite)
    return arrays.count
  }

  /// The parameters under the notebook's names; for a grid with a leading axis of cells.
  private static func arrays(of field: any Field) -> [SafetensorsArchive.Array] {
    if let siren = field as? Siren {
      return siren.parameters.layout.entries.map { entry in
        .init(
          name: entry.name, shape: entry.shape,
          values: Array(siren.parameters.values[entry.range]))
      }
    }
    guard let grid = field as? SirenGrid else { return [] }
    return Siren.layout(of: grid.architecture).entries.map { entry in
      .init(
        name: entry.name, shape: [grid.grid.count] + entry.shape,
        values: values(of: entry, in: grid, cells: 0..<grid.heldCells.count))
    }
  }

  private static func write(
    _ arrays: [SafetensorsArchive.Array], _ metadata: [String: String], to path: String,
    overwrite: Bool
  ) throws {
    let archive = SafetensorsArchive(metadata: metadata, arrays: arrays)
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: overwrite)
  }

  /// Reads a network and its metadata, and checks every name, shape and number.
  ///
  /// A file without this program's metadata is read by the names of its arrays, those of the well-known notebook.
  ///
  /// - Parameters:
  ///   - omegaFirst: omega of the first layer; nil uses the value in the file, or 30 if there is none.
  ///   - omegaHidden: omega of the other sine layers; nil uses the value in the file, or 30 if there is none.
  /// - Throws: ``FieldFileError`` or `SafetensorsError`.
  public static func read(
    _ path: String, omegaFirst: Float? = nil, omegaHidden: Float? = nil
  ) throws -> FieldModel {
    let fail = { (problem: String) in FieldFileError(path: path, problem: problem) }
    let archive = try archive(at: path)
    var architecture = try architecture(of: archive, path: path)
    if let omegaFirst { architecture.omegaFirst = omegaFirst }
    if let omegaHidden { architecture.omegaHidden = omegaHidden }
    let grid = try cellGrid(of: archive, architecture, path: path)
    let layout = Siren.layout(of: architecture)
    let cells = grid?.count ?? 1
    var values = [Float](repeating: 0, count: cells * layout.count)
    for entry in layout.entries {
      guard let array = archive[entry.name] else { throw fail("it lacks '\(entry.name)'") }
      let expected = (grid == nil ? [] : [cells]) + entry.shape
      guard array.shape == expected else {
        throw fail("'\(entry.name)' has shape \(array.shape), expected \(expected)")
      }
      guard array.values.allSatisfy({ $0.isFinite }) else {
        throw fail("'\(entry.name)' has values that are not finite")
      }
      let length = entry.range.count
      for cell in 0..<cells {
        let start = cell * layout.count + entry.range.lowerBound
        values.replaceSubrange(
          start..<start + length, with: array.values[cell * length..<(cell + 1) * length])
      }
    }
    let weights = try grid.flatMap { try cellWeights(of: archive, $0, path: path) }
    if let extra = archive.arrays.first(where: {
      layout[$0.name] == nil && (weights == nil || $0.name != weightsName)
    }) {
      throw fail("it has the array '\(extra.name)', which its architecture does not know")
    }
    let found: (any Field)? =
      if let grid {
        SirenGrid(grid, architecture, parameters: values, cellWeights: weights)
      } else {
        Siren(architecture, parameters: Parameters(layout: layout, values: values))
      }
    guard let field = found else { throw fail("its parameters do not fit its architecture") }
    var signal: FittedSignal?
    if let text = archive.metadata["signal"] {
      guard let read = try? JSONDecoder().decode(FittedSignal.self, from: Data(text.utf8)),
        read.shape == (architecture.coordinates, architecture.outputs)
      else { throw fail("its metadata describes a signal that does not fit the network") }
      signal = read
    }
    return FieldModel(
      field: field, architecture: architecture, signal: signal, metadata: archive.metadata)
  }

  /// The layout of the cells in a file of a grid; nil for a single network.
  private static func cellGrid(
    of archive: SafetensorsArchive, _ architecture: SirenArchitecture, path: String
  ) throws -> CellGrid? {
    guard archive.metadata["kind"] != nil, let text = archive.metadata["grid"] else { return nil }
    let fail = { (problem: String) in FieldFileError(path: path, problem: problem) }
    guard let grid = try? JSONDecoder().decode(CellGrid.self, from: Data(text.utf8)),
      grid.axes.count == architecture.coordinates
    else { throw fail("its metadata describes a grid that does not fit the network") }
    let available = archive.arrays.reduce(0) { $0 + $1.values.count }
    guard architecture.parameterCount <= available / grid.count else {
      throw fail(
        "its grid needs \(grid.count) times \(architecture.parameterCount) numbers, the file has "
          + "\(available)")
    }
    return grid
  }

  /// The weight of each cell of a grid; nil if the file has none.
  private static func cellWeights(
    of archive: SafetensorsArchive, _ grid: CellGrid, path: String
  ) throws -> [Float]? {
    guard let array = archive[weightsName] else { return nil }
    guard array.shape == [grid.count], array.values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw FieldFileError(
        path: path,
        problem: "'\(weightsName)' has shape \(array.shape), expected [\(grid.count)] and finite "
          + "numbers above 0")
    }
    return array.values
  }

  private static func archive(at path: String) throws -> SafetensorsArchive {
    let fail = { (problem: String) in FieldFileError(path: path, problem: problem) }
    let data: Data
    do {
      data = try RegularFile.read(path, maximumBytes: largestFile)
    } catch let error as FileError {
      throw fail(error.reason)
    }
    let archive = try SafetensorsArchive(data: data, path: path)
    return archive.metadata["kind"] == nil ? archive.removing(prefix: "module.") : archive
  }

  /// The architecture from the metadata or from the names of the arrays, with its sizes in range.
  private static func architecture(
    of archive: SafetensorsArchive, path: String
  ) throws -> SirenArchitecture {
    let fail = { (problem: String) in FieldFileError(path: path, problem: problem) }
    let architecture: SirenArchitecture
    if archive.metadata["kind"] == nil {
      guard let implied = SirenArchitecture(namesOf: archive) else {
        throw fail(
          "it has neither this program's metadata nor the arrays net.0.linear.weight to "
            + "net.N.weight")
      }
      architecture = implied
    } else {
      guard archive.metadata["kind"] == kind, let text = archive.metadata["architecture"],
        let stated = try? JSONDecoder().decode(SirenArchitecture.self, from: Data(text.utf8))
      else { throw fail("its metadata does not describe one") }
      architecture = stated
    }
    let sizes = [architecture.coordinates, architecture.hiddenWidth, architecture.outputs]
    guard sizes.allSatisfy({ (1...65_536).contains($0) }),
      (0...256).contains(architecture.hiddenLayers),
      architecture.omegaFirst.isFinite, architecture.omegaHidden.isFinite
    else { throw fail("its architecture has a size out of range") }
    let available = archive.arrays.reduce(0) { $0 + $1.values.count }
    guard architecture.parameterCount <= available else {
      throw fail(
        "its architecture needs \(architecture.parameterCount) numbers, the file has \(available)")
    }
    return architecture
  }
}
