/// Reads STL in both of its forms: triangles of their own three corners, which are merged where they are equal.
enum STLReader {
  private static let headerBytes = 84
  private static let triangleBytes = 50

  /// Whether the size is that of as many triangles as the header says.
  static func isBinary(_ header: HeaderBytes, size: Int) -> Bool {
    guard let count = header.unsigned32(at: 80, littleEndian: true), count > 0 else {
      return false
    }
    return size == headerBytes + count * triangleBytes
  }

  /// Whether the text begins as ASCII STL does.
  static func isText(_ start: [UInt8]) -> Bool {
    var text = ShapeText(start)
    while !text.isAtEnd, !text.hasWord() { text.skipLine() }
    guard text.word().equals("solid") else { return false }
    text.skipLine()
    while !text.isAtEnd, !text.hasWord() { text.skipLine() }
    let word = text.word()
    return word.equals("facet") || word.equals("endsolid")
  }

  static func read(_ bytes: [UInt8], _ path: String, _ limits: ShapeLimits) throws -> Shape {
    var builder = ShapeBuilder(path, limits)
    let header = HeaderBytes(bytes[...])
    var merger = CornerMerger()
    if isBinary(header, size: bytes.count) {
      let count = (bytes.count - headerBytes) / triangleBytes
      try builder.reserve(vertices: 0, triangles: count)
      for triangle in 0..<count {
        let start = headerBytes + triangle * triangleBytes + 12
        let corners = try (0..<3).map { corner in
          let at = start + 12 * corner
          let numbers = (0..<3).map { axis in
            Double(
              Float(
                bitPattern: UInt32(
                  truncatingIfNeeded: header.unsigned32(at: at + 4 * axis, littleEndian: true) ?? 0)
              ))
          }
          return try merger.index(
            of: SIMD3(numbers[0], numbers[1], numbers[2]), in: &builder, "triangle \(triangle + 1)")
        }
        try builder.add(polygon: corners, "triangle \(triangle + 1)")
      }
      return try builder.shape()
    }
    var text = ShapeText(bytes)
    var corners: [Int] = []
    // A file may hold several solids, one behind the other.
    var isWithinSolid = false
    while !text.isAtEnd {
      let word = text.word()
      if word.equals("vertex") {
        guard let x = text.number(), let y = text.number(), let z = text.number() else {
          throw builder.corrupt("line \(text.line): expected vertex and three numbers")
        }
        corners.append(
          try merger.index(of: SIMD3(x, y, z), in: &builder, "line \(text.line)"))
      } else if word.equals("endfacet") {
        try builder.add(polygon: corners, "line \(text.line)")
        corners.removeAll(keepingCapacity: true)
      } else if word.equals("facet") || word.equals("solid") {
        isWithinSolid = true
      } else if word.equals("endsolid") {
        isWithinSolid = false
      }
      text.skipLine()
    }
    guard corners.isEmpty else {
      throw builder.truncated("the file ends within a triangle")
    }
    // Behind whole triangles nothing else tells that others are missing.
    guard !isWithinSolid else {
      throw builder.truncated("the file ends within a solid: the line 'endsolid' is missing")
    }
    return try builder.shape()
  }
}

/// Gives equal corners the same vertex.
private struct CornerMerger {
  private var known: [SIMD3<Double>: Int] = [:]

  mutating func index(
    of corner: SIMD3<Double>, in builder: inout ShapeBuilder, _ place: @autoclosure () -> String
  ) throws -> Int {
    if let index = known[corner] { return index }
    try builder.add(vertex: corner, place())
    known[corner] = builder.vertices.count - 1
    return builder.vertices.count - 1
  }
}
