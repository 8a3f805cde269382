import Files

/// The number of pixels of a picture that are kept as observed.
public enum SampleFraction: Sendable, Equatable {
  /// A part of all pixels, above 0 and up to 1.
  case fraction(Double)
  /// A number of pixels, at least 1.
  case count(Int)

  /// Reads "10%", "0.5%" or a whole number of pixels such as "100".
  ///
  /// - Throws: `InvalidSampleFraction` for 0, negative numbers, more than 100% and other text.
  public init(parsing text: String) throws {
    guard text.hasSuffix("%") else {
      guard text.allSatisfy(\.isASCIIDigit), let count = Int(text), count >= 1 else {
        throw InvalidSampleFraction(text: text)
      }
      self = .count(count)
      return
    }
    let digits = text.dropLast()
    guard digits.contains(where: \.isASCIIDigit),
      digits.allSatisfy({ $0.isASCIIDigit || $0 == "." }),
      let percent = Double(digits), percent > 0, percent <= 100
    else { throw InvalidSampleFraction(text: text) }
    self = .fraction(percent / 100)
  }

  /// The number of pixels to keep of a picture of `pixels` pixels: at least 1, at most all.
  ///
  /// A fraction is rounded to the nearest number of pixels.
  public func count(ofPixels pixels: Int) -> Int {
    switch self {
    case .fraction(let fraction):
      return min(max(Int((fraction * Double(pixels)).rounded()), 1), pixels)
    case .count(let count):
      return min(max(count, 1), pixels)
    }
  }
}

/// An error for a text that does not specify a number of pixels.
public struct InvalidSampleFraction: Error, CustomStringConvertible, Equatable {
  /// The text, as it was given.
  public let text: String

  /// One line: what was given, what is expected.
  public var description: String {
    "'\(text.prefix(40).description.onOneLine)' doesn't say how many pixels to keep; expected a "
      + "share above 0% and up to 100%, such as 10%, or a number of pixels from 1, such as 100"
  }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
