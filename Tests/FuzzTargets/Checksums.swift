/// Corrects the checksums of mutated files, so that mutations reach what lies behind them.
enum Checksums {
  /// A PNG with the CRC-32 of every chunk corrected, up to a chunk that leaves the file.
  static func png(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - start - 12 else { break }
      let end = start + 8 + length
      set(reflected32(bytes[start + 4..<end]), at: end, in: &bytes)
      start = end + 4
    }
    return bytes
  }

  /// An Ogg file with the checksum of every page corrected.
  static func ogg(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 0
    while start + 27 <= bytes.count, bytes[start..<start + 4].elementsEqual("OggS".utf8) {
      let body = start + 27 + Int(bytes[start + 26])
      guard body <= bytes.count else { break }
      let end = body + bytes[start + 27..<body].reduce(0) { $0 + Int($1) }
      guard end <= bytes.count else { break }
      for place in start + 22..<start + 26 { bytes[place] = 0 }
      let checksum = remainder(bytes[start..<end], width: 32, polynomial: 0x04c1_1db7)
      for place in 0..<4 { bytes[start + 22 + place] = UInt8(checksum >> (8 * place) & 0xff) }
      start = end
    }
    return bytes
  }

  /// A FLAC file with the checksums of every frame corrected: CRC-8 behind its header, CRC-16 at its end.
  ///
  /// A frame is taken to reach to the next bytes that look like the start of one.
  static func flac(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 4
    var isLast = !bytes.starts(with: "fLaC".utf8)
    while !isLast, start + 4 <= bytes.count {
      isLast = bytes[start] & 0x80 != 0
      start += 4 + bytes[start + 1..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard start < bytes.count else { return bytes }
    let starts = (start..<bytes.count).filter { flacHeaderLength(bytes, at: $0) != nil }
    for (frame, end) in Swift.zip(starts, starts.dropFirst() + [bytes.count]) {
      guard let length = flacHeaderLength(bytes, at: frame), frame + length + 3 <= end else {
        continue
      }
      bytes[frame + length] = UInt8(
        remainder(bytes[frame..<frame + length], width: 8, polynomial: 0x07))
      let checksum = remainder(bytes[frame..<end - 2], width: 16, polynomial: 0x8005)
      bytes[end - 2] = UInt8(checksum >> 8)
      bytes[end - 1] = UInt8(checksum & 0xff)
    }
    return bytes
  }

  /// The bytes of a frame's header without its checksum; nil if none begins here (RFC 9639, section 9.1).
  private static func flacHeaderLength(_ bytes: [UInt8], at start: Int) -> Int? {
    guard start + 6 <= bytes.count, bytes[start] == 0xff, bytes[start + 1] & 0xfe == 0xf8,
      bytes[start + 2] >> 4 != 0, bytes[start + 2] & 0xf != 0xf, bytes[start + 3] >> 4 < 11,
      bytes[start + 3] & 1 == 0
    else { return nil }
    // The frame's number is coded as in UTF-8, with up to seven bytes.
    let first = (~bytes[start + 4]).leadingZeroBitCount
    guard first != 1, first <= 7 else { return nil }
    var length = 4 + max(1, first)
    switch bytes[start + 2] >> 4 {
    case 6: length += 1
    case 7: length += 2
    default: break
    }
    switch bytes[start + 2] & 0xf {
    case 12: length += 1
    case 13, 14: length += 2
    default: break
    }
    return start + length < bytes.count ? length : nil
  }

  /// A zip archive (NPZ) with the CRC-32 of its members corrected, in both of their headers.
  static func zip(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let number = { (place: Int, count: Int, bytes: [UInt8]) in
      (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    for central in stride(from: 0, to: max(0, bytes.count - 46), by: 1)
    where bytes[central..<central + 4].elementsEqual([0x50, 0x4b, 1, 2]) {
      let (method, length) = (number(central + 10, 2, bytes), number(central + 20, 4, bytes))
      let local = number(central + 42, 4, bytes)
      // What is compressed is left alone.
      guard method == 0, local + 30 <= bytes.count else { continue }
      let start = local + 30 + number(local + 26, 2, bytes) + number(local + 28, 2, bytes)
      guard start <= bytes.count, length <= bytes.count - start else { continue }
      let checksum = reflected32(bytes[start..<start + length])
      for place in 0..<4 {
        bytes[central + 16 + place] = UInt8(checksum >> (8 * place) & 0xff)
        bytes[local + 14 + place] = UInt8(checksum >> (8 * place) & 0xff)
      }
    }
    return bytes
  }

  private static func set(_ value: UInt32, at start: Int, in bytes: inout [UInt8]) {
    for place in 0..<4 { bytes[start + place] = UInt8(value >> (24 - 8 * place) & 0xff) }
  }

  /// The CRC-32 of PNG and zip.
  private static func reflected32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xff)] ^ crc >> 8 }
    return ~crc
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 0 ? crc >> 1 : 0xedb8_8320 ^ crc >> 1 }
  }

  /// A remainder with the highest bit first, from 0.
  private static func remainder(
    _ bytes: ArraySlice<UInt8>, width: UInt32, polynomial: UInt32
  ) -> UInt32 {
    let polynomial = polynomial << (32 - width)
    var crc: UInt32 = 0
    for byte in bytes {
      crc ^= UInt32(byte) << 24
      for _ in 0..<8 { crc = crc & 0x8000_0000 == 0 ? crc << 1 : crc << 1 ^ polynomial }
    }
    return crc >> (32 - width)
  }
}
