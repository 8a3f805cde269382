import Files
import FitPipelines
import Foundation
import Signals
import TestSupport
import Testing

@Suite("Shapes to be fitted") struct ShapeSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func reason(_ text: String) throws -> String? {
    let path = try folder.write(text, to: "shape")
    return #expect(throws: FileError.self) { try ShapeSource(path) }?.reason
  }

  @Test("A vertex so far away that nothing else has a size is refused, as no distance is finite")
  func farVertex() throws {
    let triangle = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"
    _ = try ShapeSource(folder.write(triangle + "f 1 2 3\n", to: "near.obj"))
    #expect(
      try reason(triangle + "v 1e29 1e29 0\nf 1 2 3\nf 1 1 4\n")
        == "none of its triangles has an area")
  }

  @Test("Points are counted where they are told apart, in the coordinates of the field")
  func farPoint() throws {
    let points = (0..<200).map { "\($0) 0 0\n" }.joined()
    #expect(
      try reason(points + "1e29 0 0\n") == "it has 2 different points, expected at least 100")
  }
}
