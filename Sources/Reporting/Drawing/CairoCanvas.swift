import CCairo
import Signals

/// An error in rasterizing a drawing; the description is one line.
public struct DrawingError: Error, CustomStringConvertible, Equatable {
  /// The message of the drawing library.
  public let reason: String
  /// The message.
  public var description: String { "the figure could not be drawn: \(reason); try a smaller one" }
}

/// A raster image with drawing operations; no other type calls cairo.
///
/// Coordinates are those of ``Drawing``; colours are the light ones.
final class CairoCanvas {
  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let width: Int
  private let height: Int

  /// White paper.
  ///
  /// - Parameters:
  ///   - width: the width in units of the drawing.
  ///   - scale: pixels per unit.
  init(width: Double, height: Double, scale: Double) throws {
    self.width = Int((width * scale).rounded(.up))
    self.height = Int((height * scale).rounded(.up))
    // On a failure cairo returns an object with a status. Nil does not happen, but would be a
    // failure too.
    guard
      let surface = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, Int32(clamping: self.width), Int32(clamping: self.height)),
      let context = cairo_create(surface)
    else { throw DrawingError(reason: "no memory is left") }
    // Both are owned from here on and released at the end.
    self.surface = surface
    self.context = context
    try check()
    cairo_scale(context, scale, scale)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Fills and draws lines through points.
  func draw(_ lines: [[Point]], fill: Fill?, stroke: Stroke?) {
    cairo_new_path(context)
    for line in lines {
      for (index, point) in line.enumerated() {
        if index == 0 {
          cairo_move_to(context, point.x, point.y)
        } else if index == line.count - 1 && index > 1 && point == line[0] {
          cairo_close_path(context)
        } else {
          cairo_line_to(context, point.x, point.y)
        }
      }
    }
    if let fill {
      setColour(fill.ink, fill.opacity)
      cairo_fill_preserve(context)
    }
    if let stroke {
      setColour(stroke.ink, stroke.opacity)
      cairo_set_line_width(context, stroke.width)
      let dashes = stroke.dash.map { [$0] } ?? []
      cairo_set_dash(context, dashes, Int32(dashes.count), 0)
      cairo_stroke_preserve(context)
    }
    cairo_new_path(context)
  }

  /// Draws one line of text.
  func draw(_ text: String, at point: Point, _ style: TextStyle) {
    // A C string ends at a zero byte.
    let text = text.replacing("\0", with: "")
    cairo_select_font_face(
      context, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
      style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, style.size)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    let shift: Double =
      switch style.anchor {
      case .start: 0
      case .middle: extents.x_advance / 2
      case .end: extents.x_advance
      }
    setColour(style.ink, 1)
    cairo_save(context)
    cairo_translate(context, point.x, point.y)
    if style.isUpright { cairo_rotate(context, -Double.pi / 2) }
    cairo_move_to(context, -shift, 0)
    cairo_show_text(context, text)
    cairo_restore(context)
    cairo_new_path(context)
  }

  /// Draws a picture over a rectangle, its pixels sharp.
  func draw(_ image: Image, in place: Rectangle) throws {
    guard
      let source = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, Int32(clamping: image.width), Int32(clamping: image.height))
    else { throw DrawingError(reason: "no memory is left") }
    defer { cairo_surface_destroy(source) }
    guard let bytes = cairo_image_surface_get_data(source) else {
      throw DrawingError(reason: "a picture of \(image.width)x\(image.height) is too large")
    }
    let stride = Int(cairo_image_surface_get_stride(source))
    let colours = image.converted(toChannels: 4).values
    cairo_surface_flush(source)
    for row in 0..<image.height {
      for column in 0..<image.width {
        let start = (row * image.width + column) * 4
        let alpha = min(1, max(0, colours[start + 3]))
        let target = bytes + row * stride + column * 4
        // Cairo's order in memory is blue, green, red, alpha, multiplied by alpha.
        for (offset, channel) in [2, 1, 0].enumerated() {
          let value = min(1, max(0, colours[start + channel])) * alpha
          target[offset] = UInt8((value.isNaN ? 0 : value) * 255 + 0.5)
        }
        target[3] = UInt8((alpha.isNaN ? 0 : alpha) * 255 + 0.5)
      }
    }
    cairo_surface_mark_dirty(source)
    cairo_save(context)
    cairo_translate(context, place.x, place.y)
    cairo_scale(
      context, place.width / Double(image.width), place.height / Double(image.height))
    cairo_set_source_surface(context, source, 0, 0)
    var scale = cairo_matrix_t()
    cairo_get_matrix(context, &scale)
    // Enlarged pixels stay squares, and a picture larger than its rectangle is averaged.
    cairo_pattern_set_filter(
      cairo_get_source(context), scale.xx >= 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
    cairo_rectangle(context, 0, 0, Double(image.width), Double(image.height))
    cairo_fill(context)
    cairo_restore(context)
  }

  /// Draws what `body` draws, but only inside a rectangle.
  func clipped(to rectangle: Rectangle, _ body: () throws -> Void) rethrows {
    cairo_save(context)
    defer { cairo_restore(context) }
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    cairo_clip(context)
    try body()
  }

  /// The drawn image with 3 channels.
  func image() throws -> Image {
    try check()
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else {
      throw DrawingError(reason: "the pixels cannot be read")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    var image = Image(width: width, height: height, channels: 3)
    for row in 0..<height {
      for column in 0..<width {
        let source = bytes + row * stride + column * 4
        for channel in 0..<3 {
          image.values[(row * width + column) * 3 + channel] = Float(source[2 - channel]) / 255
        }
      }
    }
    return image
  }

  private func setColour(_ ink: Ink, _ opacity: Double) {
    let component = { (shift: Int) in Double(ink.light >> shift & 0xff) / 255 }
    cairo_set_source_rgba(context, component(16), component(8), component(0), opacity)
  }

  private func check() throws {
    for status in [cairo_surface_status(surface), cairo_status(context)]
    where status != CAIRO_STATUS_SUCCESS {
      throw DrawingError(reason: String(cString: cairo_status_to_string(status)))
    }
  }
}
