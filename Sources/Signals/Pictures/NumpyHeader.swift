import Files
import Foundation

/// The header of a NumPy array (numpy.lib.format), of the shape of a picture.
struct NumpyHeader {
  /// The type of the numbers; of truth values, bytes of 0 and 1.
  var type: SampleType
  /// Truth values, of which true is white.
  var isBoolean: Bool
  var isBigEndian: Bool
  /// Whether the first index runs fastest in the file.
  var isColumnMajor: Bool
  /// Rows, columns, and where they are given channels.
  var shape: [Int]
  /// Where the numbers begin.
  var start: Int

  var height: Int { shape[0] }
  var width: Int { shape[1] }
  var channels: Int { shape.count == 3 ? shape[2] : 1 }
  var byteCount: Int { shape.reduce(1, *) * type.byteCount }

  /// Larger headers have fields by name, which are no picture.
  static let longest = 1 << 16

  /// The types of numbers by NumPy's codes.
  private static let types: [Substring: SampleType] = [
    "b1": .unsigned8, "u1": .unsigned8, "u2": .unsigned16, "u4": .unsigned32, "u8": .unsigned64,
    "i1": .signed8, "i2": .signed16, "i4": .signed32, "i8": .signed64, "f2": .float16,
    "f4": .float32, "f8": .float64,
  ]

  /// The header of a picture, or nil when the bytes end inside it.
  static func parse(
    _ bytes: HeaderBytes, format: ImageFormat, path: String, limits: ImageLimits
  ) throws -> ParsedHeader? {
    guard let version = bytes.byte(at: 6) else { return nil }
    guard (1...3).contains(version) else {
      throw HeaderParser.unsupported(path, "version \(version) of NumPy's format is unknown")
    }
    let length =
      version == 1
      ? bytes.unsigned16(at: 8, littleEndian: true) : bytes.unsigned32(at: 8, littleEndian: true)
    guard let length else { return nil }
    guard length <= longest else {
      throw HeaderParser.unsupported(
        path, "the array's header has \(length) bytes, more than the \(longest) accepted")
    }
    let start = (version == 1 ? 10 : 12) + length
    guard let content = bytes.slice(at: start - length, count: length) else { return nil }
    let header = try read(
      String(decoding: content.array, as: UTF8.self), start: start, path: path)
    try HeaderParser.check(
      width: header.width, height: header.height, path: path, limits: limits)
    return ParsedHeader(
      header: ImageHeader(
        format: format, width: header.width, height: header.height, channels: header.channels,
        bitDepth: header.type.bits, orientation: 1),
      storedWidth: header.width, storedHeight: header.height,
      minimumBytes: start + header.byteCount, type: header.type,
      significantBits: header.type.bits, numpy: header)
  }

  private static func read(_ text: String, start: Int, path: String) throws -> NumpyHeader {
    guard let descr = quoted(value(of: "descr", in: text)),
      let order = value(of: "fortran_order", in: text), let shape = value(of: "shape", in: text),
      let extents = extents(shape)
    else {
      throw HeaderParser.unsupported(
        path, "the array has no plain type and shape (\(text.prefix(80)))")
    }
    let byteOrder = descr.first ?? " "
    let code = "<>|=".contains(byteOrder) ? descr.dropFirst() : descr[...]
    guard let type = types[code] else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "the array's numbers are of type '\(descr)', expected truth values, whole or "
          + "floating-point numbers of up to 64 bits", advice: "convert it with astype")
    }
    // 2^20 an axis: no product overflows.
    guard extents.count == 2 || (extents.count == 3 && (1...4).contains(extents[2])),
      extents.allSatisfy({ (0...1 << 20).contains($0) })
    else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: "the array has the shape \(shape.prefix { $0 != ")" })), expected rows and "
          + "columns, or rows, columns and 1 to 4 channels",
        advice: "choose one picture of it, such as array[0]")
    }
    return NumpyHeader(
      type: type, isBoolean: code == "b1", isBigEndian: byteOrder == ">",
      isColumnMajor: order.hasPrefix("True"), shape: extents, start: start)
  }

  /// What follows `'name':` in the text of a dictionary.
  private static func value(of name: String, in text: String) -> String? {
    for quote in ["'", "\""] {
      guard let range = text.range(of: quote + name + quote) else { continue }
      let rest = text[range.upperBound...].drop { $0 == " " || $0 == ":" }
      return String(rest)
    }
    return nil
  }

  /// A text in quotes at the beginning.
  private static func quoted(_ text: String?) -> String? {
    guard let text, let quote = text.first, quote == "'" || quote == "\"" else { return nil }
    let rest = text.dropFirst()
    return rest.firstIndex(of: quote).map { String(rest[..<$0]) }
  }

  /// The numbers of `(3, 4)`.
  private static func extents(_ text: String) -> [Int]? {
    guard text.first == "(", let end = text.firstIndex(of: ")") else { return nil }
    let parts = text[..<end].dropFirst().split(separator: ",")
      .map { $0.filter { $0 != " " && $0 != "L" } }.filter { !$0.isEmpty }
    let numbers = parts.map { Int($0) }
    return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
  }

  /// The numbers in the order of a picture and the machine's byte order.
  ///
  /// - Parameter bytes: the whole array file, long enough.
  func samples(_ bytes: [UInt8]) -> [UInt8] {
    let size = type.byteCount
    let swaps = size > 1 && isBigEndian != (UInt16(1).bigEndian == 1)
    if !swaps && !isColumnMajor && !isBoolean {
      return Array(bytes[start..<start + byteCount])
    }
    return [UInt8](unsafeUninitializedCapacity: byteCount) { target, initializedCount in
      bytes.withUnsafeBufferPointer { source in
        var place = 0
        for row in 0..<height {
          for column in 0..<width {
            for channel in 0..<channels {
              let index =
                isColumnMajor
                ? row + height * (column + width * channel)
                : (row * width + column) * channels + channel
              let from = start + index * size
              for byte in 0..<size {
                target[place + byte] = source[from + (swaps ? size - 1 - byte : byte)]
              }
              if isBoolean { target[place] = target[place] == 0 ? 0 : 255 }
              place += size
            }
          }
        }
      }
      initializedCount = byteCount
    }
  }
}
