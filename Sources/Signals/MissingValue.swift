/// A value that a file uses where nothing was measured, such as 0 or -9999.
public struct MissingValue: Sendable, Equatable {
  /// The value in the unit of an `Image`, where a file's own range is 0...1.
  private let value: Float
  /// Values nearer than this are the same number in the file.
  private let tolerance: Float

  /// The value in a picture of whole numbers.
  ///
  /// - Parameters:
  ///   - number: as it stands in the file, 255 for the white of 8 bits.
  ///   - largest: the file's largest number, which is 1 in an `Image`: 255 for 8 bits.
  public init(_ number: Double, largest: Double) {
    value = Float(number / largest)
    tolerance = Float(0.5 / largest)
  }

  /// The value in a picture of the given header.
  public init(_ number: Double, in header: ImageHeader) {
    // A palette and samples below 8 bits stand for colours of 8 bits.
    self.init(number, largest: header.bitDepth == 16 ? 65_535 : 255)
  }

  /// Whether a value is this one.
  public func matches(_ other: Float) -> Bool { abs(other - value) < tolerance }
}
