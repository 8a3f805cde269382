/// The reason that two pictures cannot be blended, as one line for the user.
public enum BlendSourceError: Error, CustomStringConvertible, Equatable {
  /// The pictures differ in size, and nothing says how they belong together.
  case otherSize(path: String, size: String, first: String, expected: String)
  /// The mask has neither picture's size.
  case otherMask(path: String, size: String, expected: String)
  /// Nothing of the second picture is to be seen.
  case invisible(path: String, size: String, column: Int, row: Int, frame: String)
  /// All pixels would change, or none.
  case uniform(isMarked: Bool, mask: String?, first: String, second: String)

  /// The message.
  public var description: String {
    switch self {
    case .otherSize(let path, let size, let first, let expected):
      "'\(path)' is \(size) and '\(first)' \(expected); place it with --at X,Y, or resize it with --stretch"
    case .otherMask(let path, let size, let expected):
      "the mask '\(path)' is \(size), expected the size \(expected); resize it with --stretch"
    case .invisible(let path, let size, let column, let row, let frame):
      "nothing of '\(path)' is visible: it is \(size) at column \(column), row \(row) of \(frame), or "
        + "transparent everywhere; pass another --at"
    case .uniform(_, nil, let first, let second):
      "'\(second)' covers the whole of '\(first)', which then gives no border; pass a --mask, or --mix to mix "
        + "the gradients"
    case .uniform(let isMarked, let mask?, _, let second):
      "'\(mask)' is \(isMarked ? "white" : "black") everywhere; draw white where '\(second)' is to be seen, "
        + "and black elsewhere"
    }
  }
}
