import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite("Shapes are read and written") struct ShapeFileTests {
  /// A tetrahedron with outward triangles.
  private static let tetrahedron = TriangleMesh(
    vertices: [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)],
    triangles: [SIMD3(0, 2, 1), SIMD3(0, 1, 3), SIMD3(0, 3, 2), SIMD3(1, 2, 3)])

  private func read(_ text: String) throws -> Shape {
    let folder = try TemporaryFolder()
    return try ShapeFile.read(folder.write(text, to: "shape")).shape
  }

  private func mesh(_ text: String) throws -> TriangleMesh {
    guard case .mesh(let mesh) = try read(text) else {
      throw Failure(text: "no mesh: \(text.prefix(40))")
    }
    return mesh
  }

  private struct Failure: Error { let text: String }

  private func cloud(_ text: String) throws -> PointCloud {
    guard case .cloud(let cloud) = try read(text) else {
      throw Failure(text: "no cloud: \(text.prefix(40))")
    }
    return cloud
  }

  @Test("OBJ: polygons, negative indices, textures, comments and CR LF")
  func obj() throws {
    let square = try mesh(
      "# a square\r\nmtllib a.mtl\r\no thing\r\nv 0 0 0 1.0\r\nv 1 0 0\r\nv 1 1 0\r\nv 0 1 0\r\n"
        + "vt 0 0\r\nvn 0 0 1\r\nusemtl red\r\nf 1/1/1 2/1/1 3//1 -1 # end\r\nl 1 2\r\n")
    #expect(square.vertices == [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(1, 1, 0), SIMD3(0, 1, 0)])
    #expect(square.triangles == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    #expect(square.normals == nil)
    let points = try cloud("v 0 0 0\nvn 0 0 2\nv 1 0 0\nvn 0 1 0\n")
    #expect(points.normals == [SIMD3(0, 0, 1), SIMD3(0, 1, 0)])
  }

  @Test("XYZ: three or six numbers per line, in several separators")
  func xyz() throws {
    #expect(try cloud("0 0 1\n# x\n\n1,2,3\n-4;5e-1;+6\n").points[2] == SIMD3(-4, 0.5, 6))
    let normals = try cloud("0 0 1 0 0 5\n1 2 3 1 0 0\n").normals
    #expect(normals == [SIMD3(0, 0, 1), SIMD3(1, 0, 0)])
    // A normal without direction is none.
    #expect(try cloud("0 0 1 0 0 0\n1 2 3 1 0 0\n").normals == nil)
  }

  @Test("A comma between digits is a decimal comma where something else separates the numbers")
  func decimalCommas() throws {
    let points = [SIMD3(0.364, -0.864, 0.5), SIMD3(1, 25, -1.5)]
    for separator in [" ", "\t", ";", ", ", " ; "] {
      let rows = [["0,364", "-0,864", "5,0e-1"], ["1", "25", "-1,5"]].map {
        $0.joined(separator: separator)
      }
      // Blanks around the numbers and comments separate nothing.
      #expect(try cloud("  \(rows[0]) # 1,5\r\n\(rows[1])\r\n").points == points, "'\(separator)'")
      #expect(try cloud("v \(rows[0])\nv \(rows[1]) \n").points == points, "'\(separator)'")
      #expect(
        try cloud(
          "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\n"
            + "property float z\nend_header\n\(rows[0])\n\(rows[1])\n"
        ).points == points, "'\(separator)'")
    }
    let facet = try mesh(
      "solid\nfacet normal 0,0 0,0 1,0\nouter loop\nvertex 0,0 0,5 0,0\nvertex 1,5 0,0 0,0\n"
        + "vertex 0,0 2,5 0,0\nendloop\nendfacet\nendsolid\n")
    #expect(facet.vertices == [SIMD3(0, 0.5, 0), SIMD3(1.5, 0, 0), SIMD3(0, 2.5, 0)])
    // Where commas alone separate, or a blank follows each, they are no decimal commas.
    #expect(
      try cloud(" 1,2,3 # 4 5\n1.5,2,-3,\n4, 5, 6\n").points
        == [SIMD3(1, 2, 3), SIMD3(1.5, 2, -3), SIMD3(4, 5, 6)])
    #expect(try cloud("v 1,2,3\nv 4.5,5,6\n").points == [SIMD3(1, 2, 3), SIMD3(4.5, 5, 6)])
  }

  @Test(
    "Beside decimal points, or several without a blank, commas separate",
    arguments: [
      // As numpy.savetxt writes columns of one width.
      (" 191.000, 208.500,-299.250\n1094.409, 900.805,1480.882\n", [191, 208.5, -299.25]),
      ("1.9,2.0,2.9 -0.09,0.08,0.99\n1,1,1 0,0,1\n", [1.9, 2, 2.9]),
      ("1.9,2.0,2.9;0,0,1\n1,1,1;0,0,1\n", [1.9, 2, 2.9]),
      ("v 0.0,0.0, 1.0\nv 1,0,0\n", [0, 0, 1]), ("1,-2 3,5 1 0\n1,0,0,1,0,0\n", [1, -2, 3]),
      ("v 1,0,0 1,1,1\nv 1,0,3 1,1,1\n", [1, 0, 0]),
    ])
  func separatingCommas(text: String, first: [Double]) throws {
    let read = try cloud(text)
    #expect(read.points.count == 2)
    #expect(read.points[0] == SIMD3(first[0], first[1], first[2]))
  }

  @Test("PLY: ASCII with foreign elements and properties")
  func asciiPLY() throws {
    let text = """
      ply
      format ascii 1.0
      comment made by hand
      element camera 1
      property float f
      property list uchar float k
      element vertex 4
      property float x
      property uchar red
      property float y
      property float z
      element face 1
      property uchar flag
      property list uchar int vertex_indices
      end_header
      0.5 2 1 2
      0 255 0 0
      1 255 0 0
      1 255 1 0
      0 255 1 0
      7 4 0 1 2 3

      """
    let mesh = try mesh(text)
    #expect(mesh.vertices[2] == SIMD3(1, 1, 0))
    #expect(mesh.triangles == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
  }

  @Test("PLY: binary in both orders of bytes")
  func binaryPLY() throws {
    for isBig in [false, true] {
      var data = Data(
        ("ply\nformat binary_\(isBig ? "big" : "little")_endian 1.0\nelement vertex 3\n"
          + "property double x\nproperty float y\nproperty short z\nproperty float nx\n"
          + "property float ny\nproperty float nz\n"
          + "element face 1\nproperty list uchar uint vertex_index\nend_header\n").utf8)
      func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian) {
          data.append(contentsOf: $0)
        }
      }
      for (x, y, z) in [(0.25, 0, -3), (1, 0, -3), (0, 1.5, -3)] {
        append(Double(x).bitPattern)
        append(Float(y).bitPattern)
        append(Int16(z))
        for normal in [Float(0), 0, -1] { append(normal.bitPattern) }
      }
      data.append(3)
      for index in [UInt32(0), 1, 2] { append(index) }
      let folder = try TemporaryFolder()
      let (shape, format) = try ShapeFile.read(folder.write(data, to: "named.obj"))
      #expect(format == .ply)
      guard case .mesh(let mesh) = shape else {
        Issue.record("no mesh")
        return
      }
      #expect(mesh.vertices == [SIMD3(0.25, 0, -3), SIMD3(1, 0, -3), SIMD3(0, 1.5, -3)])
      #expect(mesh.triangles == [SIMD3(0, 1, 2)])
      #expect(mesh.normals?.first == SIMD3(0, 0, -1))
    }
  }

  @Test("STL: ASCII, with equal corners merged")
  func asciiSTL() throws {
    let facet = { (a: String, b: String, c: String) in
      "facet normal 0 0 1\n outer loop\n  vertex \(a)\n  vertex \(b)\n  vertex \(c)\n endloop\nendfacet\n"
    }
    let mesh = try mesh(
      "solid thing\n" + facet("0 0 0", "1 0 0", "1 1 0") + facet("0 0 0", "1 1 0", "0 1 0")
        + "endsolid thing\n")
    #expect(mesh.vertices.count == 4)
    #expect(mesh.triangles == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    // Several solids, without names, with blanks and without a last line end.
    let several = try self.mesh(
      "solid \r\n" + facet("0 0 0", "1 0 0", "1 1 0") + "endsolid \r\n\n\tsolid b\n"
        + facet("0 0 0", "1 1 0", "0 1 0") + "  endsolid")
    #expect(several.vertices == mesh.vertices && several.triangles == mesh.triangles)
  }

  @Test("An ASCII STL that is cut between two triangles is truncated")
  func cutSTL() throws {
    let folder = try TemporaryFolder()
    let facet =
      "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 1 1 0\n"
      + "endloop\nendfacet\n"
    let solid = "solid a\n" + facet + facet
    for rest in ["", "facet normal 0 0 1\nouter lo", "ends", "endsolid a\nsolid b\n" + facet] {
      let path = try folder.write(solid + rest, to: "cut.stl")
      let error = #expect(throws: FileError.self) { try ShapeFile.read(path) }
      #expect(error?.kind == .truncated && error?.path == path)
      #expect(
        error?.reason == "the file ends within a solid: the line 'endsolid' is missing", "\(rest)")
    }
    #expect(try mesh(solid + "endsolid").triangles.count == 2)
  }

  @Test("What is written is read again", arguments: ["ply", "obj", "stl"])
  func roundTrip(_ name: String) throws {
    let folder = try TemporaryFolder()
    var mesh = Self.tetrahedron
    if name == "ply" { mesh.normals = mesh.vertices.map { _ in SIMD3(0, 1, 0) } }
    let path = folder.file("mesh.\(name)")
    try ShapeFile.write(mesh, to: path, overwrite: false)
    let (shape, format) = try ShapeFile.read(path)
    #expect(format.rawValue == name.uppercased())
    guard case .mesh(let again) = shape else {
      Issue.record("no mesh")
      return
    }
    #expect(again.triangles.count == 4 && abs(again.signedVolume - 1.0 / 6) < 1e-12)
    if name != "stl" { #expect(again == mesh) }
    #expect(throws: FileError.self) { try ShapeFile.write(mesh, to: path, overwrite: false) }
    #expect(throws: FileError.self) {
      try ShapeFile.write(mesh, to: folder.file("mesh.png"), overwrite: false)
    }
    #expect(try folder.names() == ["mesh.\(name)"])
  }

  @Test("Clouds are written as PLY, OBJ and XYZ", arguments: ["ply", "obj", "xyz"])
  func clouds(_ name: String) throws {
    let folder = try TemporaryFolder()
    let cloud = PointCloud(
      points: [SIMD3(0.5, 0, 1), SIMD3(2, -3, 0.25)], normals: [SIMD3(0, 0, 1), SIMD3(0, -1, 0)])
    let path = folder.file("points.\(name)")
    try ShapeFile.write(cloud, to: path, overwrite: false)
    #expect(try ShapeFile.read(path).shape == .cloud(cloud))
  }

  @Test("Coordinates of a map keep their precision, and STL says what it loses")
  func farFromTheOrigin() throws {
    let folder = try TemporaryFolder()
    func read(_ name: String) throws -> TriangleMesh {
      guard case .mesh(let mesh) = try ShapeFile.read(folder.file(name)).shape else {
        throw Failure(text: "no mesh: \(name)")
      }
      return mesh
    }
    var far = Self.tetrahedron
    // In single precision the second coordinate has steps of 0.5.
    far.vertices = far.vertices.map { $0 + SIMD3(500_000.1, 5_400_000.2, 300.3) }
    far.normals = far.vertices.map { _ in SIMD3(0, 0, 1) }
    #expect(try ShapeFile.write(far, to: folder.file("far.ply"), overwrite: false) == nil)
    #expect(try read("far.ply") == far)
    far.normals = nil
    #expect(try ShapeFile.write(far, to: folder.file("far.obj"), overwrite: false) == nil)
    #expect(try read("far.obj") == far)
    let points = PointCloud(points: far.vertices, normals: nil)
    for name in ["points.ply", "points.obj", "points.xyz"] {
      try ShapeFile.write(points, to: folder.file(name), overwrite: false)
      #expect(try ShapeFile.read(folder.file(name)).shape == .cloud(points))
    }
    let loss = try ShapeFile.write(far, to: folder.file("far.stl"), overwrite: false)
    #expect(
      loss == "STL has single precision, which moves vertices this far from the origin by up to "
        + "0.2 along an axis; write .ply or .obj to keep them")
    let moved = try read("far.stl").vertices.map { ($0.y, abs($0.y - $0.y.rounded())) }
    #expect(moved.contains { $0.0 == 5_400_000 } && moved.allSatisfy { $0.1 == 0 })

    // Near the origin single precision loses nothing, and keeps files small.
    var near = Self.tetrahedron
    near.vertices = near.vertices.map { $0 * 0.1 + SIMD3(4.0 / 3, -1, 0) }
    for name in ["near.ply", "near.obj", "near.stl"] {
      #expect(try ShapeFile.write(near, to: folder.file(name), overwrite: false) == nil)
    }
    let text = try String(contentsOfFile: folder.file("near.obj"), encoding: .utf8)
    #expect(text.contains("\nv 1.3333334 -1.0 0.0\n"))
    let header = try Data(contentsOf: URL(fileURLWithPath: folder.file("near.ply"))).prefix(200)
    #expect(String(decoding: header, as: UTF8.self).contains("property float x\n"))
  }

  /// Hostile files, and a part of the message.
  static let hostile: [(String, String)] = [
    ("v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "line 1: a coordinate is not a finite number"),
    ("v 0 0 0\nv 1 0 inf\nv 0 1 0\nf 1 2 3\n", "line 2: a coordinate is not a finite number"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n", "names vertex 4, the file has 3"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 -9\n", "line 4 names vertex"),
    ("v 0 0 0\nv 1 0 0\nf 1 2\n", "line 3: a face has 2 vertices, expected at least 3"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 0 2\n", "'0' names no vertex"),
    ("v 0 0 0\nv 1 0\n", "line 2: expected v and three numbers"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 99999999999999999999 2\n", "names no vertex"),
    ("0 0 0\n1 2 3\n1 2\n", "line 3: expected 3 numbers"),
    (
      String(repeating: "0 0 0\n", count: 16) + "1,234.5 2,345.6 3,456.7\n",
      "line 17: expected 3 numbers"
    ),
    ("v 0 0 0\nv 1.234,5 2.345,6 3,0\n", "line 2: expected v and three numbers"),
    ("v 0 0 0\nv 1,234.5 2,345.6 3,456.7\n", "line 2: expected v and three numbers"),
    ("0 0 0\n1 2 nan\n", "line 2: a coordinate is not a finite number"),
    ("0 0 0 0 0 1\n1 2 3 inf 0 0\n", "line 2: a normal is not finite"),
    ("ply\nformat ascii 1.0\nelement vertex 3\n", "its header has no end"),
    (
      "ply\nformat ascii 1.0\n" + String(repeating: "comment of sixteen\n", count: 4_000)
        + "element vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
        + "0 0 0\n", "its header has no end within 65536 bytes"
    ),
    ("ply\nelement vertex 1\nproperty float x\nend_header\n0\n", "its header names no format"),
    ("ply\nformat ascii 2.0\nend_header\n", "'format ascii 2.0' is not a line of a PLY header"),
    (
      "ply\nformat ascii 1.0\nelement vertex 999999999\nproperty float x\nproperty float y\n"
        + "property float z\nend_header\n0 0 0\n",
      "it should have 999999999 of 'vertex', more than the file has bytes for"
    ),
    (
      "ply\nformat binary_little_endian 1.0\nelement vertex 2\nproperty float x\n"
        + "property float y\nproperty float z\nend_header\n0000",
      "it should have 2 of 'vertex', more than the file has bytes for"
    ),
    (
      "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nend_header\n0 0\n",
      "its vertices lack the properties x, y and z"
    ),
    (
      "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
        + "property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
        + "0 0 0\n2000000000 0 0 0\n",
      "does not fit into the file"
    ),
    (
      "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
        + "property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
        + "0 0 0\n3 0 1 -1\n",
      "face 1 names vertex 0, the file has"
    ),
    (
      "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\n"
        + "property float z\nend_header\n0 0 0\nzero 0 0\n",
      "vertex 2: expected a number"
    ),
    (
      "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\n",
      "ends within a triangle"
    ),
    (
      "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 x\n",
      "line 5: expected vertex and three numbers"
    ),
    ("Once upon a time\n", "this is no shape (OBJ, PLY, STL, XYZ)"), ("", "this is no shape"),
  ]

  @Test("Hostile files are refused with the place", arguments: hostile)
  func hostileFiles(_ text: String, _ message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "shape.bin")
    let error = #expect(throws: FileError.self) { try ShapeFile.read(path) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error.map { "\($0)" } ?? "")")
    #expect(error?.path == path)
  }

  @Test("Every cut of a binary file and every changed byte is an error or a shape, never a crash")
  func damaged() throws {
    let folder = try TemporaryFolder()
    for name in ["ply", "stl", "obj"] {
      let path = folder.file("good.\(name)")
      try ShapeFile.write(Self.tetrahedron, to: path, overwrite: true)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for position in 0..<bytes.count {
        _ = try? ShapeFile.read(folder.write(bytes.prefix(position), to: "cut"))
        var changed = bytes
        changed[position] ^= 0xA5
        _ = try? ShapeFile.read(folder.write(changed, to: "changed"))
      }
    }
    // The header alone says how many triangles there are, and the size of the file that it is right.
    let stl = try Data(contentsOf: URL(fileURLWithPath: folder.file("good.stl")))
    #expect(throws: FileError.self) {
      try ShapeFile.read(folder.write(stl.dropLast(1), to: "short"))
    }
  }

  @Test("Files over the limits are refused")
  func limits() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3 1 2 3\n", to: "s.obj")
    let limits = ShapeLimits(maximumBytes: 1_000, maximumVertices: 3, maximumTriangles: 3)
    let error = #expect(throws: FileError.self) { try ShapeFile.read(path, limits: limits) }
    #expect(error?.reason == "it has more than 3 triangles")
    let few = ShapeLimits(maximumBytes: 1_000, maximumVertices: 2, maximumTriangles: 9)
    #expect(throws: FileError.self) { try ShapeFile.read(path, limits: few) }
    let small = ShapeLimits(maximumBytes: 10, maximumVertices: 9, maximumTriangles: 9)
    #expect(throws: FileError.self) { try ShapeFile.read(path, limits: small) }
    // An index that is too large for a triangle is an error under every limit.
    let all = ShapeLimits(maximumBytes: .max, maximumVertices: .max, maximumTriangles: .max)
    let far = try folder.write("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3000000000\n", to: "f.obj")
    let index = #expect(throws: FileError.self) { try ShapeFile.read(far, limits: all) }
    #expect(index?.reason == "line 4 names vertex 3000000000, the file has 3")
  }
}
