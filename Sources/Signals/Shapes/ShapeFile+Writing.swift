import Files
import Foundation

extension ShapeFile {
  /// The format that a name's extension asks for: .obj, .ply, .stl or .xyz.
  ///
  /// - Throws: `FileError` for another extension.
  public static func format(ofName path: String) throws -> ShapeFormat {
    let name = (path as NSString).pathExtension
    guard let format = ShapeFormat(rawValue: name.uppercased()) else {
      throw FileError(
        kind: .unsupported, path: path,
        reason: name.isEmpty
          ? "the name has no extension" : "'.\(name)' is no extension of a shape",
        advice: "pass a name that ends in .ply, .obj or .stl")
    }
    return format
  }

  /// Writes a mesh as binary PLY, OBJ or binary STL, by the extension of the name; whole or not at all.
  ///
  /// PLY and OBJ keep the normals of the vertices, STL those of the triangles. Coordinates are written in single
  /// precision, and in PLY and OBJ in double precision where single would lose something, far from the origin.
  ///
  /// - Returns: what the format loses, in one line for people; nil if nothing.
  /// - Throws: `FileError`.
  @discardableResult
  public static func write(
    _ mesh: TriangleMesh, to path: String, overwrite: Bool
  ) throws -> String? {
    let format = try format(ofName: path)
    let precision = SinglePrecision(of: mesh.vertices)
    let data =
      switch format {
      case .obj: obj(mesh, precision)
      case .ply: ply(mesh.vertices, mesh.normals, mesh.triangles, precision)
      case .stl: stl(mesh)
      case .xyz:
        throw FileError(
          kind: .unsupported, path: path, reason: "XYZ holds points, not triangles",
          advice: "pass a name that ends in .ply, .obj or .stl")
      }
    try AtomicFile.write(data, to: path, overwrite: overwrite)
    guard format == .stl, !precision.suffices else { return nil }
    return
      "STL has single precision, which moves vertices this far from the origin by up to "
      + "\(Float(precision.rounding)) along an axis; write .ply or .obj to keep them"
  }

  /// Writes a cloud as binary PLY, OBJ or XYZ, by the extension of the name; whole or not at all.
  ///
  /// Coordinates are written in single precision, or in double precision where single would lose something.
  ///
  /// - Throws: `FileError`.
  public static func write(_ cloud: PointCloud, to path: String, overwrite: Bool) throws {
    let precision = SinglePrecision(of: cloud.points)
    let data: Data
    switch try format(ofName: path) {
    case .ply: data = ply(cloud.points, cloud.normals, [], precision)
    case .obj:
      let mesh = TriangleMesh(vertices: cloud.points, triangles: [], normals: cloud.normals)
      data = obj(mesh, precision)
    case .xyz:
      var text = ""
      for (index, point) in cloud.points.enumerated() {
        let normal = cloud.normals.map { " " + words($0[index]) } ?? ""
        text += words(point, precision) + normal + "\n"
      }
      data = Data(text.utf8)
    case .stl:
      throw FileError(
        kind: .unsupported, path: path, reason: "STL holds triangles, not points",
        advice: "pass a name that ends in .ply, .obj or .xyz")
    }
    try AtomicFile.write(data, to: path, overwrite: overwrite)
  }

  /// The coordinates of a position.
  private static func words(_ position: SIMD3<Double>, _ precision: SinglePrecision) -> String {
    precision.suffices ? words(position) : "\(position.x) \(position.y) \(position.z)"
  }

  /// The components of a vector in single precision.
  private static func words(_ vector: SIMD3<Double>) -> String {
    "\(Float(vector.x)) \(Float(vector.y)) \(Float(vector.z))"
  }

  private static func obj(_ mesh: TriangleMesh, _ precision: SinglePrecision) -> Data {
    var text = "# written by siren\n"
    for vertex in mesh.vertices { text += "v \(words(vertex, precision))\n" }
    for normal in mesh.normals ?? [] { text += "vn \(words(normal))\n" }
    for triangle in mesh.triangles {
      let corners = (0..<3).map { corner in
        let index = triangle[corner] + 1
        return mesh.normals == nil ? "\(index)" : "\(index)//\(index)"
      }
      text += "f \(corners.joined(separator: " "))\n"
    }
    return Data(text.utf8)
  }

  private static func ply(
    _ vertices: [SIMD3<Double>], _ normals: [SIMD3<Double>]?, _ triangles: [SIMD3<Int32>],
    _ precision: SinglePrecision
  ) -> Data {
    let type = precision.suffices ? "float" : "double"
    var header = "ply\nformat binary_little_endian 1.0\ncomment written by siren\n"
    header += "element vertex \(vertices.count)\n"
    for name in ["x", "y", "z"] { header += "property \(type) \(name)\n" }
    if normals != nil { for name in ["nx", "ny", "nz"] { header += "property float \(name)\n" } }
    if !triangles.isEmpty {
      header += "element face \(triangles.count)\nproperty list uchar int vertex_indices\n"
    }
    var data = Data((header + "end_header\n").utf8)
    data.reserveCapacity(data.count + vertices.count * 36 + triangles.count * 13)
    for (index, vertex) in vertices.enumerated() {
      if precision.suffices { data.append(vertex) } else { data.append(double: vertex) }
      if let normals { data.append(normals[index]) }
    }
    for triangle in triangles {
      data.append(3)
      for corner in 0..<3 {
        withUnsafeBytes(of: triangle[corner].littleEndian) { data.append(contentsOf: $0) }
      }
    }
    return data
  }

  private static func stl(_ mesh: TriangleMesh) -> Data {
    var data = Data("binary STL written by siren".utf8)
    data.append(Data(count: 80 - data.count))
    withUnsafeBytes(of: UInt32(mesh.triangles.count).littleEndian) { data.append(contentsOf: $0) }
    data.reserveCapacity(84 + mesh.triangles.count * 50)
    for triangle in mesh.triangles.indices {
      let (a, b, c) = mesh.corners(of: triangle)
      for vector in [normalized(mesh.doubledAreaNormal(of: triangle)), a, b, c] {
        data.append(vector)
      }
      data.append(contentsOf: [0, 0])
    }
    return data
  }
}

extension Data {
  /// Appends three little-endian numbers of single precision.
  fileprivate mutating func append(_ vector: SIMD3<Double>) {
    for axis in 0..<3 {
      Swift.withUnsafeBytes(of: Float(vector[axis]).bitPattern.littleEndian) {
        append(contentsOf: $0)
      }
    }
  }

  /// Appends three little-endian numbers of double precision.
  fileprivate mutating func append(double vector: SIMD3<Double>) {
    for axis in 0..<3 {
      Swift.withUnsafeBytes(of: vector[axis].bitPattern.littleEndian) {
        append(contentsOf: $0)
      }
    }
  }
}
