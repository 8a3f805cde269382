import Foundation
import Signals

extension Drawing {
  /// The drawing as pixels on white, 3 channels.
  ///
  /// - Parameter scale: pixels per unit; 2 is sharp on high-resolution screens.
  /// - Throws: ``DrawingError`` when it is too large.
  public func image(scale: Double = 2) throws -> Image {
    let canvas = try CairoCanvas(width: width, height: height, scale: scale)
    try draw([Self.background(width, height)] + marks, on: canvas)
    return try canvas.image()
  }

  private func draw(_ marks: [Mark], on canvas: CairoCanvas) throws {
    for mark in marks {
      switch mark {
      case .path(let lines, let fill, let stroke): canvas.draw(lines, fill: fill, stroke: stroke)
      case .text(let text, let point, let style): canvas.draw(text, at: point, style)
      case .picture(let image, let place): try canvas.draw(image, in: place)
      case .clipped(let inner, let rectangle):
        try canvas.clipped(to: rectangle) { try draw(inner, on: canvas) }
      }
    }
  }
}
