import CKernels
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
      self.values = isHalf ? Self.singles(Self.halves(values)) : values
      self.isHalf = isHalf
    }

    /// An array from a file, whose half precision values need no rounding.
    fileprivate init(name: String, shape: [Int], read values: [Float], isHalf: Bool) {
      self.name = name
      self.shape = shape
      self.values = values
      self.isHalf = isHalf
    }

    fileprivate static func halves(_ values: [Float]) -> [UInt16] {
      [UInt16](unsafeUninitializedCapacity: values.count) { buffer, filled in
        if let base = buffer.baseAddress { ck_float_to_half(values, base, values.count) }
        filled = values.count
      }
    }

    fileprivate static func singles(_ halves: [UInt16]) -> [Float] {
      [Float](unsafeUninitializedCapacity: halves.count) { buffer, filled in
        if let base = buffer.baseAddress { ck_half_to_float(halves, base, halves.count) }
        filled = halves.count
      }
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

  private static let metadataName = "__metadata__"

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
        Array.halves(array.values).withUnsafeBytes { data.append(contentsOf: $0) }
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
    let fail = { (problem: String) in SafetensorsError(path: path, problem: problem) }
    let data = data.startIndex == 0 ? data : Data(data)
    // What torch.save writes: a zip archive, or in old versions pickled objects.
    if data.starts(with: [0x50, 0x4B, 0x03, 0x04]) || data.starts(with: [0x80, 0x02, 0x8A, 0x0A]) {
      throw fail(
        "it is a file of torch.save (.pth, .pt), whose pickled objects are programs and not read; write "
          + "its arrays with safetensors.torch.save_file(torch.load(FILE, weights_only=True), NEW)")
    }
    guard data.count >= 8 else {
      throw fail("it has \(data.count) bytes, fewer than the format's 8-byte length")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(data[$1]) << (8 * UInt64($1)) }
    guard length <= UInt64(min(Self.longestHeader, data.count - 8)), length >= 2 else {
      throw fail("its header claims \(length) bytes, the file has \(data.count)")
    }
    let bodyStart = 8 + Int(length)
    guard
      data[8] == UInt8(ascii: "{"),
      let header = try? JSONSerialization.jsonObject(with: data[8..<bodyStart]) as? [String: Any]
    else { throw fail("its header is not JSON") }
    let count = header.count - (header[Self.metadataName] == nil ? 0 : 1)
    guard count <= Self.mostArrays else {
      throw fail("it has \(count) arrays, over the limit of \(Self.mostArrays)")
    }
    // Of two equal names, a JSON reader keeps an arbitrary one.
    let (written, kept) = (Self.nameCount(inJSON: data[8..<bodyStart]), Self.nameCount(in: header))
    guard written == kept else {
      throw fail("its header has \(written) names, \(kept) different ones; a name occurs twice")
    }

    var metadata: [String: String] = [:]
    var found: [(start: Int, end: Int, name: String, shape: [Int], type: String)] = []
    for (name, entry) in header {
      if name == Self.metadataName {
        guard let texts = entry as? [String: String] else { throw fail("its metadata is not text") }
        metadata = texts
        continue
      }
      guard
        let entry = entry as? [String: Any], let type = entry["dtype"] as? String,
        let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
        offsets.count == 2
      else { throw fail("the entry of '\(name)' lacks a type, a shape or two offsets") }
      found.append((offsets[0], offsets[1], name, shape, type))
    }
    found.sort { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }

    var widths: [Int] = []
    var expectedStart = 0
    let available = data.count - bodyStart
    for entry in found {
      guard let width = ["F16": 2, "F32": 4, "F64": 8][entry.type] else {
        throw fail("'\(entry.name)' has type \(entry.type), expected F16, F32 or F64")
      }
      guard entry.start == expectedStart, entry.end >= entry.start, entry.end <= available else {
        throw fail(
          "'\(entry.name)' claims bytes \(entry.start) to \(entry.end) of \(available)")
      }
      let bytes = entry.end - entry.start
      var count = 1
      for extent in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow, product <= available else {
          throw fail("'\(entry.name)' claims the shape \(entry.shape)")
        }
        count = product
      }
      guard count * width == bytes else {
        throw fail(
          "'\(entry.name)' of shape \(entry.shape) needs \(count * width) bytes, has \(bytes)")
      }
      widths.append(width)
      expectedStart = entry.end
    }
    guard expectedStart == available else {
      throw fail("\(available - expectedStart) bytes at its end belong to no array")
    }
    let (entries, kinds) = (found, widths)
    // A model has millions of numbers in a few hundred arrays, and their pages are first touched
    // here.
    let values = Guarded([[Float]](repeating: [], count: entries.count))
    DispatchQueue.concurrentPerform(iterations: entries.count) { index in
      let range = bodyStart + entries[index].start..<bodyStart + entries[index].end
      let numbers = Self.numbers(in: data, range, width: kinds[index])
      values.withLock { $0[index] = numbers }
    }
    self.init(
      metadata: metadata,
      arrays: zip(zip(entries, kinds), values.withLock { $0 }).map { entry, values in
        Array(name: entry.0.name, shape: entry.0.shape, read: values, isHalf: entry.1 == 2)
      })
  }

  /// The number of names in valid JSON text.
  ///
  /// A colon outside of strings follows each name.
  private static func nameCount(inJSON text: Data) -> Int {
    var (count, isString, isEscaped) = (0, false, false)
    for byte in text {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        isString.toggle()
      } else if isString {
        isEscaped = byte == UInt8(ascii: "\\")
      } else if byte == UInt8(ascii: ":") {
        count += 1
      }
    }
    return count
  }

  /// The number of names in a decoded JSON value, at every depth.
  private static func nameCount(in value: Any) -> Int {
    switch value {
    case let object as [String: Any]:
      object.values.reduce(object.count) { $0 + nameCount(in: $1) }
    case let list as [Any]: list.reduce(0) { $0 + nameCount(in: $1) }
    default: 0
    }
  }

  /// The numbers in some bytes, each of a given width in bytes.
  private static func numbers(in data: Data, _ range: Range<Int>, width: Int) -> [Float] {
    data.withUnsafeBytes { raw in
      let bytes = UnsafeRawBufferPointer(rebasing: raw[range])
      return switch width {
      case 2: Array.singles(halves(bytes))
      case 4: singles(bytes)
      default: doubles(bytes)
      }
    }
  }

  /// Little-endian half precision numbers, by their bits.
  private static func halves(_ bytes: UnsafeRawBufferPointer) -> [UInt16] {
    let count = bytes.count / 2
    let values = [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
    guard UInt16(1).littleEndian != 1 else { return values }
    return values.map { UInt16(littleEndian: $0) }
  }

  /// Little-endian single precision numbers.
  ///
  /// They are copied once, because a model has millions.
  private static func singles(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    let count = bytes.count / 4
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
    guard UInt32(1).littleEndian != 1 else { return values }
    return values.map { Float(bitPattern: UInt32(littleEndian: $0.bitPattern)) }
  }

  /// Little-endian double precision numbers, rounded to single.
  private static func doubles(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    (0..<bytes.count / 8).map { index in
      let bits = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
      return Float(Double(bitPattern: UInt64(littleEndian: bits)))
    }
  }
}
