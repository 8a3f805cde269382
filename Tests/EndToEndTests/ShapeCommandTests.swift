import Foundation
import Signals
import TestSupport
import Testing

@Suite("Shapes on the command line") struct ShapeCommandTests {
  /// A cube of side 2 with its faces divided, as OBJ text.
  static func cube(divisions: Int = 6, offset: Double = 0) -> String {
    var text = "# a cube\n"
    var count = 0
    for axis in 0..<3 {
      for side in [-1.0, 1.0] {
        let start = count
        for row in 0...divisions {
          for column in 0...divisions {
            var place = [side, side, side]
            place[(axis + 1) % 3] = 2 * Double(column) / Double(divisions) - 1
            place[(axis + 2) % 3] = 2 * Double(row) / Double(divisions) - 1
            text += "v \(place.map { "\($0 + offset)" }.joined(separator: " "))\n"
            count += 1
          }
        }
        for row in 0..<divisions {
          for column in 0..<divisions {
            let a = start + row * (divisions + 1) + column + 1
            let corners = [a, a + 1, a + divisions + 2, a + divisions + 1]
            let ordered = side > 0 ? corners : corners.reversed()
            text += "f \(ordered.map(String.init).joined(separator: " "))\n"
          }
        }
      }
    }
    return text
  }

  private func succeed(_ arguments: [String]) throws -> Program.Outcome {
    let outcome = try Program.siren.run(arguments)
    #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  private static let small = ["--width", "32", "--depth", "1", "--steps", "400", "--batch", "2048"]

  @Test("A mesh is fitted, described, meshed, drawn, sliced, turned and compared")
  func everything() throws {
    let folder = try TemporaryFolder()
    // The name says nothing about the content.
    let shape = try folder.write(Self.cube(offset: 10), to: "thing.dat")
    let model = folder.file("thing.safetensors")
    let fit = try succeed(["fit", shape] + Self.small)
    #expect(
      fit.errors.contains(
        "Note: \(shape): 76 vertices were merged with equal ones\n"), "\(fit.errors)")
    #expect(
      fit.errors.contains("one network of width 32, 1217 parameters: the shape is a distance"))
    #expect(fit.output.contains("of the largest side on the surface, normal consistency"))
    let info = try succeed(["info", model]).output
    #expect(info.contains("shape with a largest side of 2.0"))
    #expect(info.contains("recipe default, mesh of 294 vertices and 432 triangles"))

    let mesh = folder.file("mesh.ply")
    let written = try succeed(["mesh", model, mesh, "--resolution", "64"])
    #expect(written.output.hasPrefix("\(mesh): ") && written.output.hasSuffix(" triangles\n"))
    guard case .mesh(let surface) = try ShapeFile.read(mesh).shape else {
      Issue.record("no mesh")
      return
    }
    #expect(surface.repaired().report.isSolid && surface.normals != nil)
    // The mesh is in the coordinates of the file.
    #expect(abs(surface.signedVolume - 8) < 0.4, "\(surface.signedVolume)")
    #expect(surface.vertices.allSatisfy { $0.min() > 8.8 && $0.max() < 11.2 })
    for name in ["mesh.obj", "mesh.stl"] {
      _ = try succeed(["mesh", model, folder.file(name), "--resolution", "32"])
      #expect(
        try ShapeFile.read(folder.file(name)).format.rawValue == String(name.suffix(3)).uppercased()
      )
    }

    let compared = try succeed(["evaluate-shape", model, shape, "--resolution", "64", "--json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [String: Any])
    #expect(try #require(object["iou"] as? Double) > 0.9, "\(compared.output)")
    #expect(try #require(object["mean_distance"] as? Double) < 0.02)
    #expect(
      Set(object.keys) == [
        "iou", "mean_distance", "to_mesh", "from_mesh", "chamfer", "largest_distance",
        "normal_consistency",
      ])
    let table = try succeed(["evaluate-shape", mesh, shape]).output
    #expect(table.contains("intersection over union") && table.contains("normal consistency"))

    let picture = folder.file("p.png")
    let drawn = try succeed(
      ["render", model, picture, "--size", "48x32", "--camera", "-30,10,5"])
    #expect(drawn.output == "\(picture): 48x32\n")
    let image = try ImageFile.read(picture)
    #expect(image[0, 0, 0] == 1 && image[16, 24, 0] < 0.99)
    let format = try Program.siren.run(
      "render", model, folder.file("f.png"), "--format", "integer16")
    #expect(format.exitCode == 2)
    #expect(format.errors == "Error: --format is for sounds, '\(model)' is a shape\n")
    let slice = folder.file("s.png")
    _ = try succeed(["render", model, slice, "--size", "40", "--slice", "z=0"])
    let plane = try ImageFile.read(slice)
    // Blue inside, red outside.
    #expect(plane[18, 18, 2] > plane[18, 18, 0] && plane[0, 0, 0] >= plane[0, 0, 2])
    let clip = folder.file("turn.y4m")
    let turn = try succeed(
      ["render", model, clip, "--size", "24x24", "--frames", "3", "--fps", "6", "--quiet"])
    #expect(turn.output == "\(clip): 24x24, 3 frames\n")
    #expect(try VideoFrames(reading: clip).frameCount == 3)
  }

  @Test("A shape in coordinates of a map keeps its form, and STL is said to round it")
  func farFromTheOrigin() throws {
    let folder = try TemporaryFolder()
    let shape = try folder.write(Self.cube(offset: 4_000_000), to: "cube.obj")
    let model = folder.file("cube.safetensors")
    _ = try succeed(["fit", shape] + Self.small)
    let mesh = folder.file("mesh.ply")
    let written = try succeed(["mesh", model, mesh, "--resolution", "32"])
    #expect(!written.errors.contains("single precision"), "\(written.errors)")
    guard case .mesh(let surface) = try ShapeFile.read(mesh).shape else {
      Issue.record("no mesh")
      return
    }
    // Single precision has steps of 0.25 there.
    #expect(surface.vertices.contains { abs(4 * $0.x - (4 * $0.x).rounded()) > 0.1 })
    let stl = folder.file("mesh.stl")
    let rounded = try succeed(["mesh", model, stl, "--resolution", "32"])
    #expect(
      rounded.errors.contains("Note: \(stl): STL has single precision, which moves vertices "),
      "\(rounded.errors)")
    let quiet = try succeed(["mesh", model, stl, "--resolution", "32", "--force", "--quiet"])
    #expect(!quiet.errors.contains("single precision"), "\(quiet.errors)")
  }

  @Test("Points are fitted with and without normals, and by the paper's objective")
  func clouds() throws {
    let folder = try TemporaryFolder()
    let shape = try folder.write(Self.cube(), to: "cube.obj")
    let (a, b) = (folder.file("a.safetensors"), folder.file("b.safetensors"))
    let bare = try succeed(
      ["fit", shape, "--points", "3000", "--no-normals", "-o", a] + Self.small)
    #expect(!bare.errors.contains("estimated"))
    let compared = try succeed(["evaluate-shape", a, shape, "--resolution", "64", "--json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [String: Any])
    #expect(try #require(object["iou"] as? Double) > 0.85, "\(compared.output)")

    let points = try folder.write(
      (0..<200).map { index in
        let t = 2.4 * Double(index)
        let y = 1 - 2 * (Double(index) + 0.5) / 200
        let r = (1 - y * y).squareRoot()
        return "\(r * cos(t)) \(y) \(r * sin(t))\n"
      }.joined(), to: "ball.xyz")
    let cloud = try succeed(["fit", points, "-o", b] + Self.small)
    #expect(
      cloud.errors.contains("Note: \(points): its points have no normals; they are estimated\n"))
    let paper = try succeed(
      [
        "fit", shape, "--recipe", "notebook", "--steps", "3", "--width", "16", "-o", b, "--force",
        "--json", "--every", "1",
      ])
    #expect(paper.output.split(separator: "\n").count == 4, "\(paper.output)")
    #expect(paper.output.contains("\"normal_consistency\":"))
  }

  @Test("Bad shapes are refused, and nothing is written")
  func badInput() throws {
    let folder = try TemporaryFolder()
    let write = { (text: String, name: String) in try folder.write(text, to: name) }
    let nan = try write("v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "nan.obj")
    let range = try write("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 5\n", "range.obj")
    let flat = try write("v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", "flat.obj")
    let point = try write("v 1 1 1\nv 1 1 1\nv 1 1 1\nf 1 2 3\n", "point.obj")
    let few = try write("0 0 0\n1 0 0\n0 1 0\n", "few.xyz")
    let text = try write("Once upon a time\n", "tale.obj")
    let good = try write(Self.cube(), "cube.obj")
    let picture = folder.file("p.png")
    try ImageFile.writePNG(
      Image(width: 4, height: 4, channels: 1, filledWith: 0.5), to: picture, overwrite: false)
    let names = try folder.names()
    let cases: [([String], Int32, String)] = [
      (
        ["fit", nan], 1,
        "Error: \(nan): line 1: a coordinate is not a finite number; remove the point or repair the "
          + "file\n"
      ),
      (
        ["fit", range], 1,
        "Error: \(range): a face names vertex 5, the file has 3; export the shape again\n"
      ),
      (
        ["fit", flat], 1,
        "Error: \(flat): none of its triangles has an area; export the shape again\n"
      ),
      (
        ["fit", point], 1,
        "Error: \(point): all of its points are the same; export the shape again\n"
      ),
      (
        ["fit", few], 1,
        "Error: \(few): it has 3 different points, expected at least 100; give a mesh, or more points\n"
      ),
      (
        ["fit", text], 1,
        "Error: \(text): this is neither a picture (PNG, JPEG, TIFF, WebP, NPY or NPZ), a sound (WAV, FLAC, "
          + "Ogg) nor a shape (OBJ, PLY, STL, XYZ); convert it to one of them with another program\n"
      ),
      (
        ["fit", good, "--cells", "2x2"], 2,
        "Error: --cells and --overlap are for pictures, sounds and clips, '\(good)' is a shape\n"
      ),
      (
        ["fit", good, "--psnr", "40"], 2,
        "Error: --psnr is for pictures, sounds and clips, '\(good)' is a shape\n"
      ),
      (
        ["fit", good, "--resize", "8x8"], 2,
        "Error: --resize is for pictures, '\(good)' is a shape\n"
      ),
      (
        ["render", good, folder.file("s.png"), "--slice", "z=0", "--fps", "10"], 2,
        "Error: --slice is one flat picture, omit --camera, --frames and --fps.\n"
      ),
      (["fit", good, "--points", "5"], 2, "Error: --points is 5, expected 100 to 10000000.\n"),
      (
        ["fit", picture, "--no-normals"], 2,
        "Error: --points and --no-normals are for shapes (OBJ, PLY, STL, XYZ), '\(picture)' is none\n"
      ),
      (
        ["evaluate-shape", few, good], 1,
        "Error: '\(few)' is a cloud of points; a comparison needs a mesh, whose inside is known\n"
      ),
    ]
    for (arguments, code, message) in cases {
      let outcome = try Program.siren.run(arguments)
      #expect(outcome.exitCode == code, "\(arguments)")
      #expect(
        outcome.errors.contains(message) && outcome.output.isEmpty,
        "\(arguments): \(outcome.errors)")
    }
    #expect(try folder.names() == names)
  }

  @Test("Models of something else are refused by the commands for shapes, and the other way round")
  func otherModels() throws {
    let folder = try TemporaryFolder()
    let picture = folder.file("p.png")
    try ImageFile.writePNG(
      Image(width: 8, height: 8, channels: 1, filledWith: 0.5), to: picture, overwrite: false)
    _ = try Program.siren.run(["fit", picture, "--steps", "2", "--width", "4"])
    let model = folder.file("p.safetensors")
    let shape = try folder.write(Self.cube(divisions: 2), to: "cube.obj")
    _ = try succeed(["fit", shape] + Self.small)
    let own = folder.file("cube.safetensors")
    let names = try folder.names()
    let cases: [([String], Int32, String)] = [
      (
        ["mesh", model, folder.file("m.ply")], 1,
        "Error: '\(model)' is no model of a shape but of a picture 8x8, 1 channel; pass one that 'siren fit' "
          + "made of a mesh or of points\n"
      ),
      (
        ["mesh", own, folder.file("m.png")], 1,
        "Error: \(folder.file("m.png")): '.png' is no extension of a shape; pass a name that ends in .ply, "
          + ".obj or .stl\n"
      ),
      (
        ["mesh", own, folder.file("m.ply"), "--resolution", "4"], 2,
        "Error: --resolution is 4, expected 8 to 1024.\n"
      ),
      (
        ["render", model, folder.file("r.png"), "--camera", "0,0"], 2,
        "Error: --camera, --frames and --slice are for shapes, '\(model)' is none\n"
      ),
      (
        ["render", own, folder.file("r.png"), "--what", "gradient"], 2,
        "Error: --what is for pictures and clips, '\(own)' is a shape\n"
      ),
      (
        ["render", own, folder.file("r.png"), "--slice", "w=0"], 2,
        "Error: The value 'w=0' is invalid"
      ),
      (
        ["render", own, folder.file("r.png"), "--slice", "z=0", "--size", "8x9"], 2,
        "Error: --slice draws a square, --size is 8x9; pass equal numbers\n"
      ),
    ]
    for (arguments, code, message) in cases {
      let outcome = try Program.siren.run(arguments)
      #expect(outcome.exitCode == code, "\(arguments)")
      #expect(outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
    }
    #expect(try folder.names() == names)
  }
}
