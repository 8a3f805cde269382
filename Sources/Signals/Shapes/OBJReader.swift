/// Reads Wavefront OBJ: the vertices `v` and the faces `f`; texture and materials are passed over.
///
/// The normals `vn` of a file are per corner. They are not read, since the faces give the orientation; a file of
/// points with as many normals is a cloud with normals.
enum OBJReader {
  /// Whether the first lines are those of an OBJ file, with a vertex among them.
  static func recognizes(_ start: [UInt8]) -> Bool {
    var text = ShapeText(start)
    while !text.isAtEnd {
      let word = text.word()
      if word.equals("v") {
        return text.number() != nil && text.number() != nil && text.number() != nil
      }
      let isKnown =
        word.isEmpty || word.equals("vt") || word.equals("vn") || word.equals("vp")
        || word.equals("o") || word.equals("g") || word.equals("s") || word.equals("mtllib")
        || word.equals("usemtl")
      guard isKnown else { return false }
      text.skipLine()
    }
    return false
  }

  static func read(_ bytes: [UInt8], _ path: String, _ limits: ShapeLimits) throws -> Shape {
    var text = ShapeText(bytes)
    var builder = ShapeBuilder(path, limits)
    var corners: [Int] = []
    while !text.isAtEnd {
      let word = text.word()
      if word.equals("v") {
        guard let x = text.number(), let y = text.number(), let z = text.number() else {
          throw builder.corrupt("line \(text.line): expected v and three numbers")
        }
        try builder.add(vertex: SIMD3(x, y, z), "line \(text.line)")
      } else if word.equals("vn") {
        guard let x = text.number(), let y = text.number(), let z = text.number() else {
          throw builder.corrupt("line \(text.line): expected vn and three numbers")
        }
        try builder.add(normal: SIMD3(x, y, z), "line \(text.line)")
      } else if word.equals("f") {
        corners.removeAll(keepingCapacity: true)
        while text.hasWord() {
          let corner = text.word()
          // vertex, vertex/texture, vertex/texture/normal or vertex//normal
          let first = corner.prefix { $0 != 0x2F }
          guard let index = ShapeText.integer(first), index != 0 else {
            throw builder.corrupt(
              "line \(text.line): '\(String(decoding: corner.prefix(20), as: UTF8.self))' names no "
                + "vertex")
          }
          // Negative indices count back from the last vertex.
          corners.append(index > 0 ? index - 1 : builder.vertices.count + index)
        }
        try builder.add(polygon: corners, "line \(text.line)")
      }
      text.skipLine()
    }
    return try builder.shape(normalsOfPoints: true)
  }
}
