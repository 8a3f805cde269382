import Foundation

/// Arrays as NumPy's `.npy` files, format version 1.0 (numpy.lib.format).
public enum NumpyFile {
  /// The bytes of a float32 array in row-major order, little-endian.
  ///
  /// - Parameters:
  ///   - values: the values, as many as the product of the shape.
  ///   - shape: extents, at least one.
  public static func encoded(_ values: [Float], shape: [Int]) -> Data {
    precondition(
      !shape.isEmpty && shape.reduce(1, *) == values.count,
      "\(values.count) values do not fill \(shape)")
    let bytes = values.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }
    return encoded(bytes, descr: "<f4", shape: shape)
  }

  /// The bytes of an array in row-major order from those of its numbers.
  ///
  /// - Parameters:
  ///   - bytes: the numbers, in the byte order that `descr` names.
  ///   - descr: NumPy's name of their type, such as `<u2`.
  ///   - shape: extents, at least one.
  package static func encoded(_ bytes: [UInt8], descr: String, shape: [Int]) -> Data {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(extents)), }"
    // Magic, version and length take 10 bytes; the header ends in a line feed at a multiple of 64.
    let padding = (64 - (10 + header.utf8.count + 1) % 64) % 64
    header += String(repeating: " ", count: padding) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    let length = UInt16(header.utf8.count)
    data.append(contentsOf: [UInt8(length & 0xff), UInt8(length >> 8)])
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: bytes)
    return data
  }
}
