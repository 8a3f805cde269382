/// The order of names in which "frame-2" precedes "frame-10".
enum NaturalOrder {
  /// Whether a name stands before another one.
  ///
  /// Runs of digits are compared as numbers of any length, everything else byte by byte. Names that differ
  /// in leading zeros alone are in the order of their bytes, so that no two names are equal.
  static func precedes(_ first: String, _ second: String) -> Bool {
    let (a, b) = (Array(first.utf8), Array(second.utf8))
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (left, right) = (number(a, &i), number(b, &j))
        if left.count != right.count { return left.count < right.count }
        if !left.elementsEqual(right) { return left.lexicographicallyPrecedes(right) }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    if (a.count - i == 0) != (b.count - j == 0) { return a.count - i == 0 }
    return a.lexicographicallyPrecedes(b)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// The digits from a place on without leading zeros; the place moves behind them.
  private static func number(_ text: [UInt8], _ place: inout Int) -> ArraySlice<UInt8> {
    var start = place
    while place < text.count, isDigit(text[place]) { place += 1 }
    while start < place, text[start] == 48 { start += 1 }
    return text[start..<place]
  }
}
