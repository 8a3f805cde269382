import Files
import Foundation

/// Files with meshes and point clouds.
public enum ShapeFile {
  /// Reads OBJ, PLY (ASCII and binary), STL (ASCII and binary) or XYZ; the name does not matter.
  ///
  /// Polygons become fans of triangles. Every number is checked: counts against the size of the file before memory is
  /// taken, coordinates for being finite, indices for their range.
  ///
  /// - Throws: `FileError`.
  public static func read(
    _ path: String, limits: ShapeLimits = .standard
  ) throws -> (shape: Shape, format: ShapeFormat) {
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumBytes,
      adviceIfTooLarge: "simplify the shape first, \(FileLimit.bytes.advice)")
    let bytes = try file.bytes(upTo: file.size)
    guard let format = ShapeFormat(of: Array(bytes.prefix(1 << 16)), size: bytes.count) else {
      throw FileError(
        kind: .unknownFormat, path: path, reason: "this is no shape (\(ShapeFormat.names))",
        advice: "convert it to one of them with another program")
    }
    let shape =
      switch format {
      case .obj: try OBJReader.read(bytes, path, limits)
      case .ply: try PLYReader.read(bytes, path, limits)
      case .stl: try STLReader.read(bytes, path, limits)
      case .xyz: try XYZReader.read(bytes, path, limits)
      }
    return (shape, format)
  }
}
