/// The orientation that a camera wrote into a picture's EXIF data.
enum ExifOrientation {
  /// What precedes the block in a JPEG.
  static let mark: [UInt8] = Array("Exif".utf8) + [0, 0]

  /// Larger blocks are not kept.
  private static let largestBlock = 1 << 20

  /// The block of the same picture turned upright, without the link to its thumbnail, which shows what was there
  /// before; nil for a damaged one.
  static func uprightWithoutThumbnail(_ tiff: HeaderBytes) -> [UInt8]? {
    let littleEndian = tiff.matches([0x49, 0x49, 0x2A, 0x00])
    guard littleEndian || tiff.matches([0x4D, 0x4D, 0x00, 0x2A]), tiff.count <= largestBlock,
      let directory = tiff.unsigned32(at: 4, littleEndian: littleEndian),
      let entries = tiff.unsigned16(at: directory, littleEndian: littleEndian),
      tiff.slice(at: directory + 2, count: 12 * entries + 4) != nil
    else { return nil }
    var bytes = tiff.array
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard tiff.unsigned16(at: offset, littleEndian: littleEndian) == 0x0112 else { continue }
      bytes.replaceSubrange(offset + 8..<offset + 10, with: littleEndian ? [1, 0] : [0, 1])
    }
    let next = directory + 2 + 12 * entries
    bytes.replaceSubrange(next..<next + 4, with: [0, 0, 0, 0])
    return bytes
  }

  /// The orientation, 1 to 8, in a TIFF block (EXIF 2.32, section 4.5), or 1 (upright).
  ///
  /// Anything damaged means upright: a broken tag is no reason to refuse the pixels. Only the
  /// first directory is read, and it cannot name more entries than the block has bytes.
  static func parse(_ tiff: HeaderBytes) -> Int {
    let littleEndian: Bool
    if tiff.matches([0x49, 0x49, 0x2A, 0x00]) {
      littleEndian = true
    } else if tiff.matches([0x4D, 0x4D, 0x00, 0x2A]) {
      littleEndian = false
    } else {
      return 1
    }
    guard let directory = tiff.unsigned32(at: 4, littleEndian: littleEndian),
      let entries = tiff.unsigned16(at: directory, littleEndian: littleEndian)
    else { return 1 }

    let orientationTag = 0x0112
    let shortType = 3
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = tiff.unsigned16(at: offset, littleEndian: littleEndian) else { return 1 }
      guard tag == orientationTag else { continue }
      guard tiff.unsigned16(at: offset + 2, littleEndian: littleEndian) == shortType,
        tiff.unsigned32(at: offset + 4, littleEndian: littleEndian) == 1,
        let value = tiff.unsigned16(at: offset + 8, littleEndian: littleEndian),
        (1...8).contains(value)
      else { return 1 }
      return value
    }
    return 1
  }
}
