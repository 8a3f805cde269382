import Fields
import Fitting
import Foundation
import Signals

/// A field of time, row and column rendered as a clip, frame by frame, or as a single frame.
public struct ClipRendering: Sendable {
  /// The quantity that is rendered.
  public enum Quantity: Sendable, Equatable {
    /// A quantity of each moment's picture.
    case picture(FieldQuantity)
    /// The change over time, per frame of the fitted clip; grey where nothing changes.
    case rate
  }

  /// The numbers of frames per second that a clip can have.
  public static let frameRates = 0.001...1e6

  /// The size of a frame.
  public var view: FieldRenderer.View
  /// The quantity to render.
  public var quantity: Quantity

  /// Creates a rendering.
  public init(_ quantity: Quantity, _ view: FieldRenderer.View) {
    self.quantity = quantity
    self.view = view
  }

  /// Renders one moment.
  ///
  /// - Parameters:
  ///   - field: a field of 3 coordinates and 1 to 4 channels.
  ///   - time: the moment's coordinate, usually in -1...1.
  ///   - frames: number of frames of the fitted clip.
  public func picture(of field: any Field, at time: Double, frames: Int) -> Image {
    switch quantity {
    case .picture(.value):
      return FieldRenderer.image(
        of: FieldSlice(field, at: time), width: view.width, height: view.height)
    case .picture(let quantity):
      return FieldRenderer.render(quantity, of: FieldSlice(field, at: time), view).image(view)
    case .rate:
      let rates = FieldRenderer.values(
        of: FieldSlice(field, at: time, part: .rate),
        rows: CoordinateGrid.axis(size: view.height),
        columns: CoordinateGrid.axis(size: view.width))
      return Image(
        width: view.width, height: view.height, channels: field.outputs,
        values: rates.map { min(1, max(0, 0.5 + 0.5 * $0 * 2 / Float(max(1, frames - 1)))) })
    }
  }

  /// Writes a clip, either completely or not at all, in the format given by the extension.
  ///
  /// - Parameters:
  ///   - field: a field of 3 coordinates and 1 to 4 channels.
  ///   - times: the moments to render.
  ///   - frames: number of frames of the fitted clip.
  ///   - rate: frames per second of the written clip.
  ///   - overwrite: whether a file of that name may be replaced.
  ///   - progress: receives the number of frames written so far; an error that it throws stops the writing.
  /// - Throws: `FileError`, and any error from `progress`.
  public func write(
    _ field: any Field, _ times: FieldRenderer.Times, frames: Int, rate: Double, to path: String,
    overwrite: Bool, progress: (Int) throws -> Void = { _ in }
  ) throws {
    let channels =
      switch quantity {
      case .picture(let quantity): quantity.channels(outputs: field.outputs)
      case .rate: field.outputs
      }
    guard let frameRate = FrameRate(approximating: rate) else {
      throw FitPipelineError.frameRate(rate)
    }
    let writer = try VideoWriter(
      path, width: view.width, height: view.height, channels: channels,
      frameRate: frameRate, overwrite: overwrite)
    for index in 0..<times.count {
      try writer.write(
        picture(of: field, at: times.start + times.step * Double(index), frames: frames))
      try progress(index + 1)
    }
    try writer.finish()
  }
}
