import Foundation

/// A cursor over the lines and words of a text file with numbers.
///
/// Blanks, tabs, semicolons and commas separate words. A comma between two digits is a decimal comma where something
/// else separates the numbers of its line, as in `v 0,5 1,25 3`, and the line does not show that commas separate them.
/// The bytes are those of a file, which may be hostile: no accessor reads past the end.
struct ShapeText {
  private let bytes: [UInt8]
  private var position = 0
  private let end: Int
  /// The number of the current line, from 1.
  private(set) var line = 1
  /// The last line whose commas were looked at; 0 before the first.
  private var searchedLine = 0
  /// What the commas between digits of that line are.
  private var commas = Commas.separators

  private enum Commas {
    case separators, decimal
    /// As in `1,234.5 2,345.6`, which may be two numbers or four.
    case unclear
  }

  /// - Parameter bytes: the text; a zero byte ends it.
  init(_ bytes: [UInt8]) {
    // The zero at the end stops `strtod`.
    self.bytes = bytes + [0]
    end = bytes.firstIndex(of: 0) ?? bytes.count
  }

  /// Whether the whole text has been read.
  var isAtEnd: Bool { position >= end }

  /// Number of bytes read.
  var offset: Int { position }

  /// Skips blanks; returns whether the line goes on, and not with a comment.
  mutating func hasWord() -> Bool {
    while position < end, isBlank(bytes[position]) { position += 1 }
    return position < end && !isNewline(bytes[position]) && bytes[position] != 0x23
  }

  /// Moves to the next line.
  mutating func skipLine() {
    while position < end, !isNewline(bytes[position]) { position += 1 }
    guard position < end else { return }
    // A line may end in CR LF.
    if bytes[position] == 0x0D, bytes[position + 1] == 0x0A { position += 1 }
    position += 1
    line += 1
  }

  /// The next word of the line; empty at its end.
  mutating func word() -> ArraySlice<UInt8> {
    guard hasWord() else { return [] }
    let start = position
    while position < end, !isBlank(bytes[position]), !isNewline(bytes[position]) { position += 1 }
    return bytes[start..<position]
  }

  /// The next number of the line; nil if there is something else.
  ///
  /// "nan" and "inf" are numbers here, which the caller rejects.
  mutating func number() -> Double? {
    guard hasWord() else { return nil }
    let start = position
    let (value, length) = bytes.withUnsafeBytes { buffer -> (Double, Int) in
      guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else {
        return (0, 0)
      }
      var stop: UnsafeMutablePointer<CChar>?
      let value = strtod(base + start, &stop)
      return (value, stop.map { UnsafePointer($0) - (base + start) } ?? 0)
    }
    let next = min(end, start + length)
    if length > 0, isBetweenDigits(next) {
      switch commasOfLine(around: next) {
      case .separators: break
      case .decimal: return numberWithDecimalComma(from: start)
      case .unclear: return nil
      }
    }
    guard length > 0, next == end || isBlank(bytes[next]) || isNewline(bytes[next]) else {
      return nil
    }
    position = next
    return value
  }

  /// The next whole number of the line; nil if there is something else.
  mutating func integer() -> Int? {
    Self.integer(word())
  }

  /// A whole number from its digits; nil if there is something else.
  static func integer(_ word: ArraySlice<UInt8>) -> Int? {
    guard word.count <= 19 else { return nil }
    return Int(String(decoding: word, as: UTF8.self))
  }

  /// The number that starts at a place and has a decimal comma; nil if there is something else.
  private mutating func numberWithDecimalComma(from start: Int) -> Double? {
    var stop = start
    while stop < end, !isNewline(bytes[stop]), !isBlank(bytes[stop]) || isBetweenDigits(stop) {
      stop += 1
    }
    let number = bytes.withUnsafeBytes {
      TableNumber.parse(UnsafeRawBufferPointer(rebasing: $0[start..<stop]), allowsComma: true)
    }
    if number != nil { position = stop }
    return number
  }

  /// What the commas between digits of the current line are.
  private mutating func commasOfLine(around place: Int) -> Commas {
    // Once per line, since a hostile one may be as long as the file.
    if searchedLine != line {
      searchedLine = line
      commas = commasOfNumbers(around: place)
    }
    return commas
  }

  /// Whether the byte at a place is a comma between two digits.
  private func isBetweenDigits(_ place: Int) -> Bool {
    place > 0 && place < end && bytes[place] == Self.comma && isDigit(bytes[place - 1])
      && isDigit(bytes[place + 1])
  }

  /// What the commas between digits of the line around a place are.
  ///
  /// They separate where nothing else does, where two of them stand in one word, as in `1,2,3 4,5,6`, or where a comma
  /// precedes a sign or a point. Beside decimal points they separate where another comma of the line stands beside a
  /// blank, as in columns of one width.
  private func commasOfNumbers(around place: Int) -> Commas {
    var start = place
    while start > 0, !isNewline(bytes[start - 1]) { start -= 1 }
    var stop = place
    while stop < end, !isNewline(bytes[stop]), bytes[stop] != 0x23 { stop += 1 }
    while start < stop, isBlank(bytes[start]) { start += 1 }
    // A keyword such as "v" separates no numbers.
    if start < stop, isLetter(bytes[start]) {
      while start < stop, !isBlank(bytes[start]) { start += 1 }
      while start < stop, isBlank(bytes[start]) { start += 1 }
    }
    while stop > start, isBlank(bytes[stop - 1]) { stop -= 1 }
    var (hasOtherSeparators, hasPoint, hasCommaAtBlank) = (false, false, false)
    var commasOfWord = 0
    for index in start..<stop {
      if bytes[index] == UInt8(ascii: ".") { hasPoint = true }
      guard isBlank(bytes[index]) else { continue }
      if isBetweenDigits(index) {
        commasOfWord += 1
        if commasOfWord == 2 { return .separators }
        continue
      }
      commasOfWord = 0
      if bytes[index] != Self.comma {
        hasOtherSeparators = true
      } else if isBlank(bytes[index + 1]) || isBlank(bytes[index - 1]) {
        hasCommaAtBlank = true
      } else {
        return .separators
      }
    }
    guard hasOtherSeparators else { return .separators }
    guard hasPoint else { return .decimal }
    return hasCommaAtBlank ? .separators : .unclear
  }

  private static let comma = UInt8(ascii: ",")

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == Self.comma || byte == 0x3B
  }

  private func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}

extension ArraySlice<UInt8> {
  /// Whether the bytes are those of a word.
  func equals(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount
      && withUnsafeBufferPointer { own in
        own.baseAddress.map { memcmp($0, word.utf8Start, count) == 0 } ?? (count == 0)
      }
  }
}
