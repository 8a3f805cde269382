import ArgumentParser

/// A size on the command line: `512x384` or `512` for a square.
public struct PictureSize: ExpressibleByArgument, Sendable, Equatable {
  /// In pixels, 1 to 16,384.
  public let width: Int
  /// In pixels, 1 to 16,384.
  public let height: Int

  /// A size from its sides.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Parses a text; nil under the conditions of ``parseSize(_:)``.
  public init?(argument: String) {
    guard let size = parseSize(argument) else { return nil }
    self.init(width: size.width, height: size.height)
  }

  /// The size as it is typed.
  public var defaultValueDescription: String { "\(width)x\(height)" }
}
