/// Writes stacks of small grey pictures without compression, of 8 bits.
public enum TIFFBuilder {
  /// The bytes of a TIFF (little-endian) with one page per picture.
  ///
  /// - Parameters:
  ///   - pages: the samples of each page, row by row; each has `width` times the number of rows.
  ///   - width: the number of columns, at most 65,535 as is the number of rows.
  public static func stack(_ pages: [[UInt8]], width: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x49, 0x49, 42, 0] + little(8, 4)
    for (index, samples) in pages.enumerated() {
      let height = samples.count / width
      let fields: [(tag: Int, value: Int)] = [
        (256, width), (257, height), (258, 8), (259, 1), (262, 1),
        (273, bytes.count + 2 + 12 * 9 + 4), (277, 1), (278, height), (279, samples.count),
      ]
      bytes += little(fields.count, 2)
      for (tag, value) in fields {
        // One number of 32 bits (type 4).
        bytes += little(tag, 2) + little(4, 2) + little(1, 4) + little(value, 4)
      }
      let next = bytes.count + 4 + samples.count
      bytes += little(index + 1 < pages.count ? next : 0, 4) + samples
    }
    return bytes
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
