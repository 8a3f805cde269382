import FitPipelines
import Fitting
import Foundation
import Signals
import TestSupport

extension FuzzTarget {
  static let shapes: [FuzzTarget] = [
    shape("obj") {
      [
        "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n",
        "# square\r\no a\r\nv 0 0 0 1\r\nv 1 0 0\r\nv 1 1 0\r\nv 0 1 0\r\nvt 0 0\r\nvn 0 0 1\r\n"
          + "usemtl b\r\nf 1/1/1 2/1/1 3//1 -1 # end\r\n",
        pointsOnSphere.map { "v \($0.numbers)\nvn \($0.numbers)\n" }.joined(),
      ].map { Array($0.utf8) } + [try written("obj")]
    },
    shape("ply") {
      [
        Array(
          ("ply\nformat ascii 1.0\ncomment a\nelement camera 1\nproperty list uchar float k\n"
            + "element vertex 3\nproperty float x\nproperty uchar red\nproperty double y\n"
            + "property short z\nelement face 1\nproperty list uchar int vertex_indices\n"
            + "end_header\n2 1 2\n0 255 0 0\n1 255 0 0\n1 255 1 0\n3 0 1 2\n").utf8),
        // The same triangle in both orders of bytes.
        binaryTriangle(isBig: false), binaryTriangle(isBig: true),
        Array(
          ("ply\nformat ascii 1.0\nelement vertex \(pointsOnSphere.count)\nproperty float x\n"
            + "property float y\nproperty float z\nproperty float nx\nproperty float ny\n"
            + "property float nz\nend_header\n"
            + pointsOnSphere.map { "\($0.numbers) \($0.numbers)\n" }.joined()).utf8),
        try written("ply"),
      ]
    },
    shape("stl") {
      [
        Array(
          ("solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 1 1 0\n"
            + "endloop\nendfacet\nendsolid a\n").utf8),
        try written("stl"),
      ]
    },
    shape("xyz") {
      [
        Array("0 0 1\n# x\n\n1,2,3\n-4;5e-1;+6\n7,5 -8 9,25\n".utf8),
        Array("0 0 1 0 0 5\n1 2 3 1 0 0\n".utf8),
        Array(pointsOnSphere.map { "\($0.numbers) \($0.numbers)\n" }.joined().utf8),
        Array(pointsOnSphere.map { "\($0.numbers)\n" }.joined().utf8),
      ]
    },
  ]

  /// Reads, repairs and measures a shape as a fit does.
  private static func shape(
    _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]]
  ) -> FuzzTarget {
    FuzzTarget(name, seeds: seeds) { bytes in
      try UnnamedFile.with(bytes) { path in
        let source = try ShapeSource(path)
        switch source.surface {
        case .mesh(let mesh):
          precondition(mesh.signedDistance(to: .zero).isFinite)
        case .cloud(let cloud):
          precondition(cloud.normals.count == cloud.points.count)
          precondition(cloud.signedDistance(to: .zero).distance.isFinite)
        }
      }
    }
  }

  /// As many points as a fit wants at least.
  private static let pointsOnSphere: [SIMD3<Double>] = (0..<ShapeSource.fewestPoints).map { index in
    let height = Double(2 * index + 1) / Double(ShapeSource.fewestPoints) - 1
    let (angle, radius) = (2.4 * Double(index), (1 - height * height).squareRoot())
    return SIMD3(radius * cos(angle), radius * sin(angle), height)
  }

  private static func written(_ name: String) throws -> [UInt8] {
    let tetrahedron = TriangleMesh(
      vertices: [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)],
      triangles: [SIMD3(0, 2, 1), SIMD3(0, 1, 3), SIMD3(0, 3, 2), SIMD3(1, 2, 3)])
    return try withTemporaryFolder { folder in
      let path = folder.file("shape.\(name)")
      try ShapeFile.write(tetrahedron, to: path, overwrite: false)
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }

  private static func binaryTriangle(isBig: Bool) -> [UInt8] {
    var bytes = Array(
      ("ply\nformat binary_\(isBig ? "big" : "little")_endian 1.0\nelement vertex 3\n"
        + "property double x\nproperty float y\nproperty short z\nproperty uint flags\n"
        + "element face 1\nproperty list uchar ushort vertex_index\nend_header\n").utf8)
    func append<Value: FixedWidthInteger>(_ value: Value) {
      withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian) {
        bytes.append(contentsOf: $0)
      }
    }
    for (x, y, z) in [(0.25, 0, -3), (1, 0, -3), (0, 1.5, -3)] {
      append(Double(x).bitPattern)
      append(Float(y).bitPattern)
      append(Int16(z))
      append(UInt32(7))
    }
    bytes.append(3)
    for index in [UInt16(0), 1, 2] { append(index) }
    return bytes
  }
}

extension SIMD3<Double> {
  /// The three numbers as a line of a table has them.
  fileprivate var numbers: String { "\(x) \(y) \(z)" }
}
