import Files
import Foundation
import Testing

@Suite("NumPy files") struct NumpyFileTests {
  @Test func theBytesAreTheFormats() {
    let data = NumpyFile.encoded([1, -2.5], shape: [2])
    #expect(Array(data.prefix(8)) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    #expect(Array(data[8..<10]) == [118, 0])
    let header = String(decoding: data[10..<128], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"))
    #expect(header.hasSuffix("\n"))
    #expect(Array(data[128...]) == [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0])
    let table = NumpyFile.encoded([Float](repeating: 0, count: 6), shape: [2, 3])
    #expect(String(decoding: table[10..<128], as: UTF8.self).contains("'shape': (2, 3)"))
  }
}
