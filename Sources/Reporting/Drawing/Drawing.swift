import Signals

/// A picture made of lines, areas, texts and images: a value that is written as SVG or PNG.
///
/// Lengths are in CSS pixels; x grows to the right and y downwards from the upper left corner.
public struct Drawing: Sendable, Equatable {
  /// The width.
  public let width: Double
  /// The height.
  public let height: Double
  /// The marks in drawing order.
  public private(set) var marks: [Mark] = []

  /// An empty drawing.
  public init(width: Double, height: Double) {
    precondition(width > 0 && height > 0, "a drawing of \(width) by \(height)")
    self.width = width
    self.height = height
  }

  /// Draws a mark over the others.
  public mutating func add(_ mark: Mark) { marks.append(mark) }

  /// Draws a straight line.
  public mutating func addLine(from start: Point, to end: Point, _ stroke: Stroke) {
    add(.path([[start, end]], fill: nil, stroke: stroke))
  }

  /// Draws a filled rectangle.
  public mutating func addRectangle(_ rectangle: Rectangle, fill: Fill?, stroke: Stroke? = nil) {
    let (left, top) = (rectangle.x, rectangle.y)
    let (right, bottom) = (left + rectangle.width, top + rectangle.height)
    add(
      .path(
        [
          [
            Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom),
            Point(left, top),
          ]
        ], fill: fill, stroke: stroke))
  }

  /// Draws a text.
  public mutating func addText(_ text: String, at point: Point, _ style: TextStyle) {
    add(.text(text, at: point, style))
  }
}

/// A point in a drawing.
public struct Point: Sendable, Equatable {
  /// The distance from the left.
  public var x: Double
  /// The distance from the top.
  public var y: Double

  /// A point.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// An upright rectangle in a drawing.
public struct Rectangle: Sendable, Equatable {
  /// The position of the left side.
  public var x: Double
  /// The position of the upper side.
  public var y: Double
  /// At least 0.
  public var width: Double
  /// At least 0.
  public var height: Double

  /// A rectangle.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

/// The style of a line.
public struct Stroke: Sendable, Equatable {
  /// Its colour.
  public var ink: Ink
  /// Its width.
  public var width: Double
  /// Lengths of dash and gap; nil for a whole line.
  public var dash: Double?
  /// 0...1.
  public var opacity: Double

  /// A style from its parts.
  public init(_ ink: Ink, width: Double = 1, dash: Double? = nil, opacity: Double = 1) {
    self.ink = ink
    self.width = width
    self.dash = dash
    self.opacity = opacity
  }
}

/// The style of an area.
public struct Fill: Sendable, Equatable {
  /// Its colour.
  public var ink: Ink
  /// 0...1.
  public var opacity: Double

  /// A style from its parts.
  public init(_ ink: Ink, opacity: Double = 1) {
    self.ink = ink
    self.opacity = opacity
  }
}

/// The style of a text.
public struct TextStyle: Sendable, Equatable {
  /// The position of the given point in the text.
  public enum Anchor: String, Sendable, Equatable {
    /// At its beginning.
    case start
    /// In its middle.
    case middle
    /// At its end.
    case end
  }

  /// Its colour.
  public var ink: Ink
  /// The size of the letters.
  public var size: Double
  /// Whether it is bold.
  public var isBold: Bool
  /// The position of the given point.
  public var anchor: Anchor
  /// Whether it runs upwards instead of to the right.
  public var isUpright: Bool

  /// A style from its parts.
  public init(
    _ ink: Ink = .text, size: Double = 11, isBold: Bool = false, anchor: Anchor = .start,
    isUpright: Bool = false
  ) {
    self.ink = ink
    self.size = size
    self.isBold = isBold
    self.anchor = anchor
    self.isUpright = isUpright
  }
}

/// An element of a drawing.
public enum Mark: Sendable, Equatable {
  /// Lines through points; a line that ends at its first point is closed.
  case path([[Point]], fill: Fill?, stroke: Stroke?)
  /// One line of text, its baseline at the point.
  case text(String, at: Point, TextStyle)
  /// A picture of 1 to 4 channels stretched over a rectangle; its pixels stay sharp squares.
  case picture(Image, in: Rectangle)
  /// Marks that are clipped to a rectangle.
  indirect case clipped([Mark], to: Rectangle)
}
