import Fields
import Signals

extension FieldFile {
  /// Reads a model that was fitted to a shape, and the map from its coordinates to the file's.
  ///
  /// - Throws: ``FieldFileError`` for other models, or `SafetensorsError`.
  public static func readShape(_ path: String) throws -> (field: any Field, frame: ShapeFrame) {
    let model = try read(path)
    guard case .shape(let frame)? = model.signal else {
      throw ShapeModelError(path: path, actual: model.signal?.summary)
    }
    return (model.field, frame)
  }
}

/// A model of something else than a shape.
public struct ShapeModelError: Error, CustomStringConvertible, Equatable {
  /// The path of the model.
  public let path: String
  /// The signal to which it was fitted; nil if the file does not say.
  public let actual: String?

  /// The message.
  public var description: String {
    "'\(path)' is no model of a shape but \(actual.map { "of a \($0)" } ?? "of an unknown signal"); pass "
      + "one that 'siren fit' made of a mesh or of points"
  }
}
