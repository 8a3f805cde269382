import ArgumentParser
import CommandSupport
import Files
import Fitting
import Foundation
import Signals

/// `siren mesh`: the surface of a fitted shape.
struct MeshCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mesh",
    abstract: "Write the surface of a fitted shape as a closed mesh.",
    discussion: """
      The extension of the name decides the format: .ply (binary), .obj or .stl (binary). Coordinates are \
      those of the fitted file. PLY and OBJ have the field's normals, and far from the origin coordinates in double \
      precision; STL always has single precision.

      The surface is found in a grid of --resolution cells per side around the shape, and empty space is \
      passed over. Its vertices are then moved onto the place where the field is 0. The mesh is closed, \
      and every edge has two triangles.

      EXAMPLES
        siren mesh shape.safetensors shape.ply
        siren mesh shape.safetensors print.stl --resolution 512
      """)

  @Argument(help: "The model of a shape.", completion: .file())
  var model: String

  @Argument(help: "The mesh to write: .ply, .obj or .stl.", completion: .file())
  var output: String

  @Option(help: "Cells per side of the cube around the shape, 8 to 1024, in steps of 8.")
  var resolution = 256

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws { try checkSurfaceResolution(resolution) }

  func run() throws {
    threads.apply()
    guard try ShapeFile.format(ofName: output) != .xyz else {
      throw CommandFailure.usage(
        "'\(output)' would hold points; pass a name that ends in .ply, .obj or .stl")
    }
    try DistinctFiles.check([("the output", output)], read: [("the model", model)])
    try AtomicFile.checkWritable(output, overwrite: overwrite.force)
    let (field, frame) = try FieldFile.readShape(model)
    let surface = IsoSurface(of: field, resolution: resolution)
    guard !surface.mesh.triangles.isEmpty else {
      throw CommandFailure.data(
        "'\(model)' has no surface: its field is nowhere 0; fit the shape for longer")
    }
    if surface.touchesBorder, !printing.quiet {
      printMessage(
        "Note: the surface reaches the border of the fitted cube and is closed there; fit the shape for "
          + "longer")
    }
    let mesh = frame.restore(surface.mesh)
    let loss = try ShapeFile.write(mesh, to: output, overwrite: overwrite.force)
    if let loss, !printing.quiet { printMessage("Note: \(singleLine(output)): \(loss)") }
    if printing.json {
      printJSON([
        "output": .string(output), "vertices": .integer(mesh.vertices.count),
        "triangles": .integer(mesh.triangles.count), "resolution": .integer(resolution),
        "empty": .number(surface.emptyShare),
      ])
    } else {
      print(
        "\(singleLine(output)): \(mesh.vertices.count) vertices, \(mesh.triangles.count) triangles")
    }
  }
}

/// Throws for a number of cells per side that `--resolution` does not take.
func checkSurfaceResolution(_ resolution: Int) throws {
  guard IsoSurface.resolutions.contains(resolution) else {
    throw ValidationError(
      "--resolution is \(resolution), expected \(IsoSurface.resolutions.lowerBound) to "
        + "\(IsoSurface.resolutions.upperBound).")
  }
}
