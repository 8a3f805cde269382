import Foundation
import Numerics

/// Named arrays and text metadata in the safetensors format.
///
/// Arrays have single precision in memory, and single or half precision in the file.
///
/// The format (huggingface/safetensors): eight bytes with the little-endian length of a JSON
/// header, the header, then the bytes of the arrays. The reader checks every length, shape, type and
/// offset against the number of bytes before it allocates memory.
public struct SafetensorsArchive: Sendable, Equatable {
  /// One array.
  public struct Array: Sendable, Equatable {
    /// Unique in the file.
    public let name: String
    /// Row-major extents.
    public let shape: [Int]
    /// The values, as many as the product of the shape.
    public let values: [Float]
    /// Whether the file holds it in half precision, which takes half the bytes.
    public let isHalf: Bool

    /// An array; the shape must hold the values.
    ///
    /// - Parameter isHalf: rounds the values to half precision at once (eleven bits, 6e-8 to
    ///   65,504), so that reading returns the same values.
    public init(name: String, shape: [Int], values: [Float], isHalf: Bool = false) {
      precondition(
        shape.reduce(1, *) == values.count, "'\(name)' of \(shape) has \(values.count) values")
      self.name = name
      self.shape = shape
      self.values =
        isHalf ? SafetensorsNumbers.singles(ofHalves: SafetensorsNumbers.halves(values)) : values
      self.isHalf = isHalf
    }

    /// An array from a file, whose half precision values need no rounding.
    fileprivate init(name: String, shape: [Int], read values: [Float], isHalf: Bool) {
      self.name = name
      self.shape = shape
      self.values = values
      self.isHalf = isHalf
    }

    fileprivate var byteCount: Int { values.count * (isHalf ? 2 : 4) }
  }

  /// The file's `__metadata__`.
  public var metadata: [String: String]
  /// The arrays in the order of their bytes.
  public var arrays: [Array] { didSet { positions = Self.positions(of: arrays) } }
  /// The index of the first array of each name.
  private var positions: [String: Int]

  /// An archive to be written.
  public init(metadata: [String: String], arrays: [Array]) {
    self.metadata = metadata
    self.arrays = arrays
    positions = Self.positions(of: arrays)
  }

  /// The array of that name.
  public subscript(name: String) -> Array? { positions[name].map { arrays[$0] } }

  /// The archive with a prefix taken off the names of its arrays; unchanged unless all have it.
  ///
  /// PyTorch writes `module.` before each name of a network that was trained on several devices.
  public func removing(prefix: String) -> SafetensorsArchive {
    guard !arrays.isEmpty, arrays.allSatisfy({ $0.name.hasPrefix(prefix) }) else { return self }
    return SafetensorsArchive(
      metadata: metadata,
      arrays: arrays.map {
        Array(
          name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, read: $0.values,
          isHalf: $0.isHalf)
      })
  }

  private static func positions(of arrays: [Array]) -> [String: Int] {
    Dictionary(arrays.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The longest header that is read or written, in bytes.
  public static let longestHeader = 16 << 20

  /// The largest number of arrays in a file.
  public static let mostArrays = 65_536

  static let metadataName = "__metadata__"

  // MARK: Writing

  /// The bytes of the file; the same archive always gives the same bytes.
  ///
  /// - Throws: ``SafetensorsError`` for what the format or a reader's limits forbid: a name that two
  ///   arrays share, the name of the metadata, more than ``mostArrays`` arrays, or a header longer
  ///   than ``longestHeader``.
  public func encoded() throws -> Data {
    let fail = { (problem: String) in SafetensorsError(path: "", problem: problem) }
    guard arrays.count <= Self.mostArrays else {
      throw fail(
        "\(arrays.count) are over the limit of \(Self.mostArrays); write fewer and longer ones")
    }
    for (index, array) in arrays.enumerated() where positions[array.name] != index {
      throw fail(
        "two have the name '\(array.name.onOneLine)'; give each a name of its own")
    }
    guard positions[Self.metadataName] == nil else {
      throw fail("'\(Self.metadataName)' is the name of the metadata; name the array otherwise")
    }
    var data = try Self.beginning(
      metadata, arrays.map { (name: $0.name, shape: $0.shape, isHalf: $0.isHalf) })
    data.reserveCapacity(data.count + arrays.reduce(0) { $0 + $1.byteCount })
    for array in arrays {
      if array.isHalf {
        SafetensorsNumbers.halves(array.values).withUnsafeBytes { data.append(contentsOf: $0) }
      } else {
        array.values.withUnsafeBytes { data.append(contentsOf: $0) }
      }
    }
    return data
  }

  /// The bytes of a file before those of its arrays.
  ///
  /// - Throws: ``SafetensorsError`` for a header longer than ``longestHeader``.
  static func beginning(
    _ metadata: [String: String], _ arrays: [(name: String, shape: [Int], isHalf: Bool)]
  ) throws -> Data {
    let fail = { (problem: String) in SafetensorsError(path: "", problem: problem) }
    var header: [String: Any] = metadata.isEmpty ? [:] : [Self.metadataName: metadata]
    var offset = 0
    for array in arrays {
      let end = offset + array.shape.reduce(1, *) * (array.isHalf ? 2 : 4)
      header[array.name] = [
        "dtype": array.isHalf ? "F16" : "F32", "shape": array.shape, "data_offsets": [offset, end],
      ]
      offset = end
    }
    var json = try JSONSerialization.data(
      withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    // Arrays start at a multiple of eight bytes.
    json.append(contentsOf: repeatElement(0x20, count: (8 - json.count % 8) % 8))
    guard json.count <= Self.longestHeader else {
      throw fail(
        "their header has \(json.count) bytes, over the limit of \(Self.longestHeader); write fewer "
          + "arrays or shorter names")
    }
    var data = Data(capacity: 8 + json.count)
    for shift in 0..<8 { data.append(UInt8(truncatingIfNeeded: json.count >> (8 * shift))) }
    data.append(json)
    return data
  }

  // MARK: Reading

  /// The archive in the bytes of a file.
  ///
  /// - Parameters:
  ///   - data: the whole file.
  ///   - path: for messages.
  /// - Throws: ``SafetensorsError``.
  public init(data: Data, path: String) throws {
    let data = data.startIndex == 0 ? data : Data(data)
    let header = try SafetensorsHeader(beginning: data, fileSize: data.count, path: path)
    let entries = header.entries
    // A model has millions of numbers in a few hundred arrays, and their pages are first touched
    // here.
    let values = Guarded([[Float]](repeating: [], count: entries.count))
    DispatchQueue.concurrentPerform(iterations: entries.count) { index in
      let entry = entries[index]
      let numbers = data.withUnsafeBytes {
        SafetensorsNumbers.read(
          UnsafeRawBufferPointer(rebasing: $0[entry.bytes]), width: entry.width)
      }
      values.withLock { $0[index] = numbers }
    }
    self.init(
      metadata: header.metadata,
      arrays: zip(entries, values.withLock { $0 }).map { entry, values in
        Array(name: entry.name, shape: entry.shape, read: values, isHalf: entry.width == 2)
      })
  }
}
