import Foundation
import Signals

extension Drawing {
  /// The surroundings of an SVG, which decide its colours.
  public enum Surface: Sendable, Equatable {
    /// On its own: dark on white.
    case file
    /// Inside a page that defines the palette's custom properties, light or dark.
    case page
  }

  /// The drawing as SVG, texts as texts.
  ///
  /// - Parameters:
  ///   - surface: the surroundings of the SVG.
  ///   - label: what the picture shows, for those who cannot see it; in a page only.
  /// - Throws: `FileError` for a picture that cannot be encoded.
  public func svg(for surface: Surface = .file, label: String = "") throws -> String {
    var writer = SVGWriter(surface: surface)
    let size = "viewBox=\"0 0 \(SVGWriter.number(width)) \(SVGWriter.number(height))\""
    let name = SVGWriter.escaped(label)
    switch surface {
    case .file:
      writer.text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      writer.text +=
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(SVGWriter.number(width))\" "
        + "height=\"\(SVGWriter.number(height))\" \(size)>\n"
      try writer.write(marks: [Self.background(width, height)])
    case .page:
      writer.text +=
        "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) role=\"img\" aria-label=\"\(name)\">\n"
    }
    writer.text +=
      "<g font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\">\n"
    try writer.write(marks: marks)
    writer.text += "</g>\n</svg>\n"
    return writer.text
  }

  static func background(_ width: Double, _ height: Double) -> Mark {
    let corners = [
      Point(0, 0), Point(width, 0), Point(width, height), Point(0, height), Point(0, 0),
    ]
    return .path([corners], fill: Fill(.paper), stroke: nil)
  }
}

/// Turns marks into elements.
private struct SVGWriter {
  let surface: Drawing.Surface
  var text = ""

  mutating func write(marks: [Mark]) throws {
    for mark in marks {
      switch mark {
      case .path(let lines, let fill, let stroke): write(lines, fill, stroke)
      case .text(let string, let point, let style): write(string, point, style)
      case .picture(let image, let place):
        let uri = DataURI.png(try ImageFile.encodePNG(image))
        text +=
          "<image \(Self.bounds(place)) preserveAspectRatio=\"none\" "
          + "style=\"image-rendering:pixelated\" href=\"\(uri)\"/>\n"
      case .clipped(let inner, let rectangle):
        // A nested viewport clips without an identifier, which would have to be unique in a page.
        text +=
          "<svg \(Self.bounds(rectangle)) viewBox=\"\(Self.number(rectangle.x)) "
          + "\(Self.number(rectangle.y)) \(Self.number(rectangle.width)) "
          + "\(Self.number(rectangle.height))\" overflow=\"hidden\">\n"
        try write(marks: inner)
        text += "</svg>\n"
      }
    }
  }

  private mutating func write(_ lines: [[Point]], _ fill: Fill?, _ stroke: Stroke?) {
    var data = ""
    for line in lines {
      for (index, point) in line.enumerated() {
        if index == line.count - 1 && index > 1 && point == line[0] {
          data += "Z"
        } else {
          data += "\(index == 0 ? "M" : "L")\(Self.number(point.x)) \(Self.number(point.y))"
        }
      }
    }
    var style = fill.map { "fill:\(colour($0.ink))" } ?? "fill:none"
    if let fill, fill.opacity < 1 { style += ";fill-opacity:\(Self.number(fill.opacity))" }
    if let stroke {
      style += ";stroke:\(colour(stroke.ink));stroke-width:\(Self.number(stroke.width))"
      style += ";stroke-linejoin:round"
      if stroke.opacity < 1 { style += ";stroke-opacity:\(Self.number(stroke.opacity))" }
      if let dash = stroke.dash { style += ";stroke-dasharray:\(Self.number(dash))" }
    }
    text += "<path style=\"\(style)\" d=\"\(data)\"/>\n"
  }

  private mutating func write(_ string: String, _ point: Point, _ style: TextStyle) {
    let (x, y) = (Self.number(point.x), Self.number(point.y))
    text += "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(Self.number(style.size))\" "
    if style.anchor != .start { text += "text-anchor=\"\(style.anchor.rawValue)\" " }
    if style.isBold { text += "font-weight=\"600\" " }
    if style.isUpright { text += "transform=\"rotate(-90 \(x) \(y))\" " }
    text += "style=\"fill:\(colour(style.ink))\">\(Self.escaped(string))</text>\n"
  }

  private func colour(_ ink: Ink) -> String {
    surface == .page ? "var(\(ink.name))" : Ink.hexadecimal(ink.light)
  }

  private static func bounds(_ rectangle: Rectangle) -> String {
    "x=\"\(number(rectangle.x))\" y=\"\(number(rectangle.y))\" "
      + "width=\"\(number(rectangle.width))\" height=\"\(number(rectangle.height))\""
  }

  /// A number with at most two decimals, without trailing zeros.
  static func number(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    guard hundredths.isFinite, abs(hundredths) < 1e15 else { return "0" }
    let whole = Int(hundredths)
    if whole % 100 == 0 { return "\(whole / 100)" }
    let digits = abs(whole % 100)
    let fraction = digits % 10 == 0 ? "\(digits / 10)" : (digits < 10 ? "0\(digits)" : "\(digits)")
    return "\(whole < 0 ? "-" : "")\(abs(whole) / 100).\(fraction)"
  }

  /// A text inside XML; characters that XML cannot hold are left out.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff:
        escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
