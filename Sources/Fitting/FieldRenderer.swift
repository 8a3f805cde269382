import DifferentiableCore
import Fields
import Foundation
import Signals

/// Converts fields to pictures and sounds.
public enum FieldRenderer {
  /// Number of points evaluated at once; apart from the picture itself, memory does not grow with its size.
  private static let bandPoints = 1 << 16
  /// Samples per side of the coarse grid that determines the brightness of a derivative.
  private static let probeSide = 160

  /// The part of a field that a picture shows, and its size.
  public struct View: Sendable, Equatable {
    /// The width in pixels.
    public var width: Int
    /// The height in pixels.
    public var height: Int
    /// The coordinates of the rows and columns; -1...1 is the fitted range.
    public var range: ClosedRange<Float>

    /// Creates a view; by default of the fitted range.
    public init(width: Int, height: Int, range: ClosedRange<Float> = -1...1) {
      self.width = width
      self.height = height
      self.range = range
    }

    /// The same view in fewer pixels, with about the same shape.
    func reduced(to side: Int) -> View {
      View(width: min(width, side), height: min(height, side), range: range)
    }

    /// Coordinate units from one pixel to the next, for rows and columns; 0 along an axis of one pixel.
    var steps: [Float] {
      [height, width].map { size in
        size > 1 ? (range.upperBound - range.lowerBound) / Float(size - 1) : 0
      }
    }
  }

  /// Renders the picture of a field over the whole of -1...1, at any size.
  ///
  /// - Parameters:
  ///   - field: a field from (row, column) to values in -1...1, which are mapped to 0...1 and clipped.
  ///   - width: width of the picture, in pixels.
  ///   - height: height of the picture, in pixels.
  public static func image(of field: any Field, width: Int, height: Int) -> Image {
    image(of: field, View(width: width, height: height))
  }

  /// Renders the picture of a field in a view.
  ///
  /// - Parameter field: a field from (row, column) to values in -1...1, which are mapped to 0...1 and clipped.
  public static func image(of field: any Field, _ view: View) -> Image {
    let channels = field.outputs
    var image = Image(width: view.width, height: view.height, channels: channels)
    var position = 0
    forEachBand(of: field, view, .none) { block in
      for value in block.value {
        image.values[position] = min(1, max(0, 0.5 * value + 0.5))
        position += 1
      }
    }
    return image
  }

  /// Evaluates a field at the points of a grid, by rows and columns where the network allows it.
  ///
  /// - Parameters:
  ///   - field: a field from (row, column) to values.
  ///   - rows: coordinates of the rows, each usually in -1...1.
  ///   - columns: coordinates of the columns.
  /// - Returns: `[rows, columns, outputs]`.
  public static func values(of field: any Field, rows: [Float], columns: [Float]) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows.count * columns.count * field.outputs)
    forEachBand(of: field, Axes(rows: rows, columns: columns), FieldDerivatives.none) {
      values += $0.value
    }
    return values
  }

  /// Renders a field on the pixels of another picture, without clipping values to 0...1.
  ///
  /// - Parameter image: a picture with the field's channels, which gives the size.
  public static func unclippedImage(of field: any Field, like image: Image) -> Image {
    var result = image
    result.values = field.evaluate(
      at: CoordinateGrid.points(height: image.height, width: image.width), derivatives: .none
    ).value.map { 0.5 * $0 + 0.5 }
    return result
  }

  /// A quantity rendered as a picture of 8-bit samples.
  public struct Rendering: Sendable {
    /// The samples, `[height, width, channels]`.
    public let samples: [UInt8]
    /// Number of channels: 1 or 3, or those of the field.
    public let channels: Int
    /// The magnitude at full brightness; nil for values.
    ///
    /// A derivative is per pixel of this picture, in picture values 0...1.
    public let scale: Float?
  }

  /// Renders a quantity, band by band.
  ///
  /// Apart from the picture itself, one byte per sample, memory does not grow with its size. The brightness of
  /// derivatives is chosen on a coarse grid so that 1 in 200 of its points exceeds full brightness.
  ///
  /// - Parameter field: a field of 2 coordinates and 1 to 4 channels.
  public static func render(_ quantity: FieldQuantity, of field: any Field, _ view: View)
    -> Rendering
  {
    let outputs = field.outputs
    let channels = quantity.channels(outputs: outputs)
    var samples: [UInt8] = []
    samples.reserveCapacity(view.width * view.height * channels)
    let scale = quantity == .value ? 1 : brightness(of: quantity, field, view)
    forEachBand(of: perPixel(quantity, field, view), perPixelView(quantity, view), quantity) {
      let numbers = quantity.numbers(of: $0)
      let width = numbers.count / max(1, $0.points.count)
      for start in stride(from: 0, to: numbers.count, by: width) {
        for colour in quantity.colours(of: numbers[start..<start + width], scale: scale) {
          samples.append(colour > 0 ? UInt8(min(colour, 1) * 255 + 0.5) : 0)
        }
      }
    }
    return Rendering(
      samples: samples, channels: channels, scale: quantity == .value ? nil : scale / 2)
  }

  /// The magnitude that 199 of 200 points of a coarse grid do not exceed, in network values per pixel of the view.
  private static func brightness(
    of quantity: FieldQuantity, _ field: any Field, _ view: View
  ) -> Float {
    var magnitudes: [Float] = []
    let coarse = view.reduced(to: probeSide)
    forEachBand(
      of: perPixel(quantity, field, view), perPixelView(quantity, coarse, unit: view), quantity
    ) { block in
      let numbers = quantity.numbers(of: block)
      let width = numbers.count / max(1, block.points.count)
      // For a direction with its magnitude, the magnitude comes last.
      for (position, number) in numbers.enumerated()
      where quantity != .gradient || position % width == width - 1 {
        magnitudes.append(abs(number))
      }
    }
    magnitudes.sort()
    let level = magnitudes[min(magnitudes.count - 1, magnitudes.count * 199 / 200)]
    return level > 0 && level.isFinite ? level : 1
  }

  // Derivatives are shown per pixel: the field is stretched so that one coordinate unit is one pixel
  // of the view, and the view's coordinates with it.

  private static func unit(_ view: View) -> [Float] {
    let steps = view.steps
    let largest = steps.max() ?? 0
    return steps.map { $0 > 0 ? $0 : (largest > 0 ? largest : 1) }
  }

  private static func perPixel(_ quantity: FieldQuantity, _ field: any Field, _ view: View)
    -> any Field
  {
    quantity == .value ? field : field.scalingCoordinates(by: unit(view))
  }

  private struct Axes {
    var rows: [Float]
    var columns: [Float]
  }

  private static func perPixelView(
    _ quantity: FieldQuantity, _ view: View, unit other: View? = nil
  ) -> Axes {
    var axes = axes(view)
    guard quantity != .value else { return axes }
    let unit = unit(other ?? view)
    axes.rows = axes.rows.map { $0 / unit[0] }
    axes.columns = axes.columns.map { $0 / unit[1] }
    return axes
  }

  private static func axes(_ view: View) -> Axes {
    Axes(
      rows: CoordinateGrid.axis(size: view.height, over: view.range),
      columns: CoordinateGrid.axis(size: view.width, over: view.range))
  }

  private static func forEachBand(
    of field: any Field, _ view: View, _ derivatives: FieldDerivatives, _ body: (FieldBlock) -> Void
  ) {
    forEachBand(of: field, axes(view), derivatives, body)
  }

  private static func forEachBand(
    of field: any Field, _ axes: Axes, _ quantity: FieldQuantity, _ body: (FieldBlock) -> Void
  ) {
    forEachBand(of: field, axes, quantity.derivatives, body)
  }

  /// Calls `body` for each band of whole rows in order.
  private static func forEachBand(
    of field: any Field, _ axes: Axes, _ derivatives: FieldDerivatives, _ body: (FieldBlock) -> Void
  ) {
    precondition(
      field.coordinates == 2,
      "a picture needs a field of 2 coordinates, not \(field.coordinates)")
    let rowsPerBand = max(1, bandPoints / axes.columns.count)
    let separated = (field as? Siren).flatMap {
      SeparatedField($0, columns: axes.columns, derivatives: derivatives)
    }
    for start in stride(from: 0, to: axes.rows.count, by: rowsPerBand) {
      let rows = axes.rows[start..<min(axes.rows.count, start + rowsPerBand)]
      if let separated {
        body(separated.evaluate(rows: Array(rows)))
        continue
      }
      let coordinates = CoordinateGrid.points(rows: rows, columns: axes.columns)
      body(field.evaluate(at: coordinates, derivatives: derivatives))
    }
  }
}
