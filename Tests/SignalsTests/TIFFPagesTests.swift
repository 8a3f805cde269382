import Files
import Foundation
import Signals
import TestSupport
import Testing

/// Which directories of a TIFF are its pages.
@Suite struct TIFFPagesTests {
  /// A directory of one grey pixel.
  private struct Directory {
    /// The pixel.
    var sample: Int
    /// NewSubfileType (tag 254): 1 a thumbnail, 2 a page, 4 a mask; nil for no such tag.
    var kind: Int?
    /// SubfileType (tag 255) of older programs: 1 a picture, 2 a thumbnail; nil for no such tag.
    var oldKind: Int?
  }

  private func little(_ number: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A TIFF of some directories; in a circle, the last one leads to the first again.
  private func file(_ directories: [Directory], isCircle: Bool = false) -> [UInt8] {
    var bytes = [0x49, 0x49, 42, 0] + little(8 + 2 * directories.count, 4)
    for directory in directories { bytes += [UInt8(directory.sample), 0] }
    for (index, directory) in directories.enumerated() {
      var entries: [(tag: Int, type: Int, value: Int)] = []
      if let kind = directory.kind { entries.append((254, 4, kind)) }
      if let kind = directory.oldKind { entries.append((255, 3, kind)) }
      entries += [
        (256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8 + 2 * index),
        (277, 3, 1), (278, 3, 1), (279, 4, 1),
      ]
      bytes += little(entries.count, 2)
      for entry in entries {
        bytes += little(entry.tag, 2) + little(entry.type, 2) + little(1, 4)
        bytes += little(entry.value, 4)
      }
      let isLast = index == directories.count - 1
      bytes += little(isLast ? (isCircle ? 8 + 2 * directories.count : 0) : bytes.count + 4, 4)
    }
    return bytes
  }

  private let mixed = [
    Directory(sample: 10, kind: 1), Directory(sample: 20), Directory(sample: 30, kind: 4),
    Directory(sample: 40, oldKind: 2), Directory(sample: 50, kind: 2),
  ]

  @Test(arguments: [false, true]) func thumbnailsAndMasksAreNoPages(isCircle: Bool) throws {
    let bytes = file(mixed, isCircle: isCircle)
    let first = try PictureFile.decode(bytes, path: "test")
    #expect(first.samples == [20] && first.notes == ["only page 1 of 2 is read"])
    let second = try PictureFile.decode(bytes, page: 2, path: "test")
    #expect(second.samples == [50] && second.notes.isEmpty)
    #expect(PictureFile.stack(of: bytes) == PictureStack(pages: [1, 2], examined: 2, total: 2))
    let error = #expect(throws: FileError.self) {
      try PictureFile.decode(bytes, page: 3, path: "test")
    }
    #expect(error?.reason == "page 3 was asked for, and the file has 2")
  }

  @Test func ofAFileOfOneThumbnailAndOnePictureThePictureIsRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(file(Array(mixed.prefix(2))), to: "camera.tif")
    let picture = try PictureFile.read(path)
    #expect(picture.samples == [20] && picture.notes.isEmpty)
    #expect(PictureFile.stack(of: file(Array(mixed.prefix(2)))) == .single)
  }

  /// The directory of the picture may lie beyond the first bytes, from which the header is read where it can be.
  @Test func theHeaderIsThatOfThePictureAndNotOfTheThumbnail() throws {
    var bytes = file([Directory(sample: 10, kind: 1), Directory(sample: 20)])
    // From the second directory on, all lies 100,000 bytes farther, and the picture is two pixels wide.
    let directory = 12 + 2 + 10 * 12 + 4
    let far = directory + 100_000
    bytes.insert(contentsOf: [UInt8](repeating: 0, count: 100_000), at: directory)
    bytes.replaceSubrange(directory - 4..<directory, with: little(far, 4))
    bytes.replaceSubrange(far + 2 + 8..<far + 2 + 12, with: little(2, 4))
    #expect(try ImageFile.header(ofBytes: Data(bytes), path: "test").width == 2)
    #expect(try ImageFile.header(ofBytes: bytes, path: "test").width == 2)
  }

  @Test func whereThereIsNothingElseTheFirstThumbnailIsReadAndSaidToBeOne() throws {
    let bytes = file([Directory(sample: 10, kind: 1), Directory(sample: 30, kind: 4)])
    let picture = try PictureFile.decode(bytes, path: "test")
    #expect(picture.samples == [10])
    #expect(
      picture.notes == [
        "only page 1 of 2 is read",
        "the file says that this is a thumbnail or a mask, and has only such pictures",
      ])
  }
}
