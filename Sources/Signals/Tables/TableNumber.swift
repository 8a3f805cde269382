import Foundation

/// The numbers of a table's cells.
enum TableNumber {
  /// The number that a cell holds, with a sign and an exponent if it has them.
  ///
  /// - Parameter allowsComma: whether a comma is a decimal point.
  /// - Returns: nil for anything but a finite number.
  static func parse(_ bytes: UnsafeRawBufferPointer, allowsComma: Bool) -> Double? {
    var place = 0
    var isNegative = false
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      isNegative = first == UInt8(ascii: "-")
      place = 1
    }
    var mantissa: UInt64 = 0
    var (digits, exponent) = (0, 0)
    var hasPoint = false
    while place < bytes.count {
      let byte = bytes[place]
      if byte &- zero < 10 {
        digits += 1
        // 19 digits are more than a double tells apart; the others only shift the point.
        if mantissa < 1_000_000_000_000_000_000 {
          mantissa = mantissa * 10 + UInt64(byte &- zero)
          if hasPoint { exponent -= 1 }
        } else if !hasPoint {
          exponent += 1
        }
      } else if !hasPoint, byte == UInt8(ascii: ".") || (allowsComma && byte == comma) {
        hasPoint = true
      } else {
        break
      }
      place += 1
    }
    guard digits > 0 else { return nil }
    if place < bytes.count {
      guard bytes[place] | 0x20 == UInt8(ascii: "e") else { return nil }
      guard let written = self.exponent(bytes, from: place + 1) else { return nil }
      exponent += written
    }
    let magnitude = scaled(mantissa, exponent)
    guard magnitude.isFinite else { return nil }
    return isNegative ? -magnitude : magnitude
  }

  /// Whether a cell says that there is no value: it is empty, or nan, NA, null and the like.
  static func isMissing(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= 5 else { return false }
    return missingWords.contains(String(decoding: bytes, as: UTF8.self).lowercased())
  }

  private static func exponent(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    var isNegative = false
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
      isNegative = bytes[place] == UInt8(ascii: "-")
      place += 1
    }
    guard place < bytes.count else { return nil }
    var value = 0
    while place < bytes.count {
      guard bytes[place] &- zero < 10 else { return nil }
      // Beyond any double's exponent the exact number does not matter.
      value = min(value * 10 + Int(bytes[place] &- zero), 100_000)
      place += 1
    }
    return isNegative ? -value : value
  }

  /// `mantissa * 10^exponent`: exact up to 2^53 and 10^22, else within a few units in the last place.
  private static func scaled(_ mantissa: UInt64, _ exponent: Int) -> Double {
    let value = Double(mantissa)
    switch exponent {
    case 0: return value
    case 1..<powers.count: return value * powers[exponent]
    case (1 - powers.count)..<0: return value / powers[-exponent]
    case _ where mantissa == 0: return 0
    case ..<(-300): return value * pow(10, -300) * pow(10, Double(exponent + 300))
    default: return value * pow(10, Double(exponent))
    }
  }

  private static let powers = (0...22).map { pow(10, Double($0)) }
  private static let zero = UInt8(ascii: "0")
  private static let comma = UInt8(ascii: ",")
  private static let missingWords: Set<String> = [
    "", "nan", "-nan", "na", "n/a", "#n/a", "null", "none", "-", "--", "?",
  ]
}
