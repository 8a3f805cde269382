import Files
import Signals
import TestSupport
import Testing

/// Which arrays of an NPZ are pages of one stack.
@Suite struct NumpyArchiveTests {
  /// An NPZ of arrays of 2x3 numbers, stored without compression.
  private func archive(of types: [(descr: String, bytes: Int)]) -> [UInt8] {
    func little(_ number: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (index, type) in types.enumerated() {
      let array = [UInt8](
        NumpyFile.encoded(
          [UInt8](repeating: 0, count: 6 * type.bytes), descr: type.descr, shape: [2, 3]))
      let name = Array("\(index).npy".utf8)
      let facts: [UInt8] =
        little(0, 8) + little(Int(crc32(array)), 4) + little(array.count, 4)
        + little(array.count, 4) + little(name.count, 2) + little(0, 2)
      directory += [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + facts
      directory += little(0, 10) + little(file.count, 4) + name
      file += [0x50, 0x4B, 3, 4] + little(20, 2) + facts + name + array
    }
    let end: [UInt8] =
      [0x50, 0x4B, 5, 6] + little(0, 4) + little(types.count, 2) + little(types.count, 2)
      + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
    return file + directory + end
  }

  @Test func labelsBesideAPictureAreNoPageOfIt() {
    let pictures = archive(of: [("<f4", 4), ("<i4", 4), ("<f4", 4), ("<u4", 4), ("<f8", 8)])
    #expect(
      PictureFile.stack(of: pictures) == PictureStack(pages: [1, 3], examined: 5, total: 5))
    // A mask of truth values, beside bytes; the order of the bytes makes no difference.
    let masks = archive(of: [("|u1", 1), ("|b1", 1), ("|u1", 1)])
    #expect(PictureFile.stack(of: masks).pages == [1, 3])
    let truths = archive(of: [("|b1", 1), ("|u1", 1), ("|b1", 1)])
    #expect(PictureFile.stack(of: truths).pages == [1, 3])
    let orders = archive(of: [("<u2", 2), (">u2", 2), ("<i2", 2)])
    #expect(PictureFile.stack(of: orders).pages == [1, 2])
  }
}
