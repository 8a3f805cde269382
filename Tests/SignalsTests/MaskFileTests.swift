import Files
import Foundation
import Signals
import TestSupport
import Testing

/// Mask pictures of truth values.
@Suite struct MaskFileTests {
  @Test(arguments: [SampleType.unsigned8, .unsigned16, .unsigned32, .signed16])
  func onesAreWhiteInMasksOfZerosAndOnes(_ type: SampleType) throws {
    let folder = try TemporaryFolder()
    func marked(_ numbers: [Int], as name: String) throws -> [Bool] {
      let samples = numbers.flatMap { number in
        (0..<type.byteCount).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      }
      let picture = StoredPicture(
        width: numbers.count, height: 1, format: PictureFormat(type: type, channels: 1),
        samples: samples)
      let path = folder.file(name)
      try PictureFile.write(picture, to: path, overwrite: true)
      return PixelMask.marked(by: try PixelMask.readValues(ofMask: path))
    }
    for name in type.hasFullRange ? ["a.png", "a.tif", "a.npy"] : ["a.tif", "a.npy"] {
      #expect(try marked([0, 1, 1, 0], as: name) == [false, true, true, false])
      #expect(try marked([1, 1], as: name) == [true, true])
      #expect(try marked([0, 0], as: name) == [false, false])
    }
    if type.hasFullRange {
      // Not of truth values: the full range counts.
      #expect(try marked([0, 2, 1], as: "a.npy") == [false, false, false])
      let white = type == .unsigned8 ? 255 : 65_535
      #expect(try marked([0, white, 1], as: "a.png") == [false, true, false])
    }
  }
}
