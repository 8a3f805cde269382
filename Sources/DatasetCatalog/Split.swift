/// The part of a collection that a picture belongs to.
///
/// Nine in ten pictures train, one in twenty validates, one in twenty tests. The part follows
/// from the picture's content alone, so that adding a picture moves no other and identical
/// copies are in the same split, whatever their names. Where a split of a small collection would be empty,
/// one picture is moved into it permanently. A `SplitRule` gives other shares and keeps groups of pictures
/// together.
public enum Split: String, Sendable, CaseIterable {
  /// Pictures that a model learns from: hash remainders 0 to 89.
  case train
  /// Pictures that choose between models while training: remainders 90 to 94.
  case validation
  /// Pictures that only the final figures are measured on: remainders 95 to 99.
  case test

  /// The split of a content.
  ///
  /// - Parameter digest: the 32 bytes of its SHA-256; the first eight, read as one big-endian
  ///   number, modulo 100 decide.
  public init(digest: [UInt8]) {
    precondition(digest.count >= 8, "a digest has 32 bytes, got \(digest.count)")
    let number = digest[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch number % 100 {
    case 0..<90: self = .train
    case 90..<95: self = .validation
    default: self = .test
    }
  }
}
