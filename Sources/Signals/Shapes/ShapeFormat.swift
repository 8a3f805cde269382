import Files

/// The formats of files with meshes and point clouds.
public enum ShapeFormat: String, Sendable, CaseIterable {
  /// Wavefront OBJ.
  case obj = "OBJ"
  /// The Stanford polygon format.
  case ply = "PLY"
  /// Stereolithography.
  case stl = "STL"
  /// A table of points, three or six numbers per line.
  case xyz = "XYZ"

  /// All names, for messages.
  public static let names = allCases.map(\.rawValue).joined(separator: ", ")

  /// The format of a file's content, whatever its name; nil if there is something else.
  ///
  /// - Throws: `FileError` if there is nothing to read at the path.
  public init?(ofContentAt path: String) throws {
    // Clips may be larger than any shape; what is read here is the beginning.
    let file = try BoundedFile(path: path, maximumBytes: .max)
    guard let format = Self(of: try file.bytes(upTo: min(file.size, 1 << 16)), size: file.size)
    else { return nil }
    self = format
  }

  /// - Parameters:
  ///   - start: the first bytes of the file.
  ///   - size: the number of all its bytes.
  init?(of start: [UInt8], size: Int) {
    let header = HeaderBytes(start[...])
    if header.matches("ply", at: 0), header.byte(at: 3) == 0x0A || header.byte(at: 3) == 0x0D {
      self = .ply
    } else if STLReader.isBinary(header, size: size) {
      self = .stl
    } else if start.contains(0) {
      return nil
    } else if STLReader.isText(start) {
      self = .stl
    } else if OBJReader.recognizes(start) {
      self = .obj
    } else if XYZReader.recognizes(start, isWhole: start.count == size) {
      self = .xyz
    } else {
      return nil
    }
  }
}

/// The largest shapes that are read.
public struct ShapeLimits: Sendable, Equatable {
  /// Bytes of a file.
  public var maximumBytes: Int
  /// Vertices or points; more than `Int32.max` count as that many, since triangles have indices of 32 bits.
  public var maximumVertices: Int
  /// Triangles, after larger polygons were divided.
  public var maximumTriangles: Int

  /// 1 GiB, 10 million vertices and twice as many triangles, unless the environment says otherwise; see `FileLimit`.
  public static let standard = ShapeLimits(
    maximumBytes: FileLimit.bytes.value(usually: 1 << 30),
    maximumVertices: FileLimit.points.value(usually: 10_000_000),
    maximumTriangles: 2 * FileLimit.points.value(usually: 10_000_000))

  /// Limits from their values.
  public init(maximumBytes: Int, maximumVertices: Int, maximumTriangles: Int) {
    self.maximumBytes = maximumBytes
    self.maximumVertices = maximumVertices
    self.maximumTriangles = maximumTriangles
  }
}
