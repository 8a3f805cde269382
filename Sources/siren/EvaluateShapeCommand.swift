import ArgumentParser
import CommandSupport
import Fitting
import Foundation
import Signals

/// `siren evaluate-shape`: a fitted shape compared with a mesh.
struct EvaluateShapeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate-shape",
    abstract: "Compare a fitted shape with a mesh.",
    discussion: """
      Distances are fractions of the mesh's largest side. The mean distance is that from 100,000 random \
      points of each surface to the other; the Chamfer distance is the sum of both directions. Intersection \
      over union is that of the volumes, at 200,000 random points of the box around the mesh and as many \
      of the model's, where the winding number of the mesh decides what is inside. Its standard error is \
      about 0.002 where the mesh fills a quarter of its box. It is null with --json, and a dash in the \
      table, if no point is inside of either. Normal consistency is the mean absolute cosine between the normals of \
      nearest points. The surface of the model is a mesh of --resolution cells per side.

      The same command compares a mesh of another program if MODEL is a mesh.

      EXAMPLES
        siren evaluate-shape shape.safetensors shape.obj
        siren evaluate-shape shape.safetensors shape.obj --json
        siren evaluate-shape other.ply shape.obj
      """)

  @Argument(help: "The model of a shape, or a mesh.", completion: .file())
  var model: String

  @Argument(help: "The true mesh, in the same coordinates.", completion: .file())
  var mesh: String

  @Option(help: "Cells per side of the model's surface, 8 to 1024.")
  var resolution = 256

  @Option(help: "The seed of the random points.")
  var seed: UInt64 = 1

  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws { try checkSurfaceResolution(resolution) }

  func run() throws {
    threads.apply()
    let quality: ShapeQuality
    if try ShapeFormat(ofContentAt: model) != nil {
      let truth = try truth()
      let frame = ShapeFrame(around: truth.vertices)
      let own = try read(model)
      let normalize = { (mesh: TriangleMesh) in frame.map { $0.normalize(mesh) } ?? mesh }
      quality = ShapeQuality(
        of: MeshDistance(normalize(own)), comparedWith: MeshDistance(normalize(truth)), seed: seed)
    } else {
      let (field, frame) = try FieldFile.readShape(model)
      let truth = try truth()
      let surface = IsoSurface(of: field, resolution: resolution).mesh
      guard !surface.triangles.isEmpty else {
        throw CommandFailure.data(
          "'\(model)' has no surface: its field is nowhere 0; fit the shape for longer")
      }
      quality = ShapeQuality(
        of: field, surface: surface, comparedWith: MeshDistance(frame.normalize(truth)), seed: seed)
    }
    show(quality)
  }

  private func truth() throws -> TriangleMesh { try read(mesh) }

  private func read(_ path: String) throws -> TriangleMesh {
    guard case .mesh(let raw) = try ShapeFile.read(path).shape else {
      throw CommandFailure.data(
        "'\(path)' is a cloud of points; a comparison needs a mesh, whose inside is known")
    }
    let (mesh, report) = raw.repaired()
    guard !mesh.triangles.isEmpty else {
      throw CommandFailure.data("'\(path)': none of its triangles has an area")
    }
    if !printing.quiet {
      report.remarks.forEach { printMessage("Note: \(singleLine(path)): \($0)") }
    }
    return mesh
  }

  private func show(_ quality: ShapeQuality) {
    if printing.json {
      printJSON([
        "iou": .number(quality.intersectionOverUnion),
        "mean_distance": .number(quality.meanDistance),
        "to_mesh": .number(quality.toReference), "from_mesh": .number(quality.fromReference),
        "chamfer": .number(quality.chamfer), "largest_distance": .number(quality.largestDistance),
        "normal_consistency": .number(quality.normalConsistency),
      ])
      return
    }
    let percent = { (value: Double) in String(format: "%.4f%%", 100 * value) }
    var table = TextTable([.left(""), .right("")])
    table.append([
      "intersection over union",
      quality.intersectionOverUnion.map { String(format: "%.4f", $0) } ?? "-",
    ])
    table.append(["mean distance", percent(quality.meanDistance)])
    table.append(["  to the mesh", percent(quality.toReference)])
    table.append(["  from the mesh", percent(quality.fromReference)])
    table.append(["Chamfer distance", percent(quality.chamfer)])
    table.append(["largest distance", percent(quality.largestDistance)])
    table.append(["normal consistency", String(format: "%.4f", quality.normalConsistency)])
    print(table.description)
  }
}
