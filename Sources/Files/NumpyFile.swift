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
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
    // Magic, version and length take 10 bytes; the header ends in a line feed at a multiple of 64.
    let padding = (64 - (10 + header.utf8.count + 1) % 64) % 64
    header += String(repeating: " ", count: padding) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    let length = UInt16(header.utf8.count)
    data.append(contentsOf: [UInt8(length & 0xff), UInt8(length >> 8)])
    data.append(contentsOf: header.utf8)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }
}
