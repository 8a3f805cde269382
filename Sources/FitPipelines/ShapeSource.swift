import Files
import Fitting
import Foundation
import Signals

/// A shape to be fitted: its surface in the coordinates of the field.
public struct ShapeSource: Sendable {
  /// The path from which the shape was read.
  public let path: String
  /// The map between the file's coordinates and those of the field.
  public let frame: ShapeFrame
  /// The surface to be learned, in the coordinates of the field.
  public let surface: ShapeSurface
  /// The file's content in words, such as `mesh of 2903 vertices and 5804 triangles`.
  public let summary: String
  /// What was noticed, repaired or estimated, one line each.
  public let remarks: [String]

  /// The points of a mesh without normals, if no number is given.
  public static let usualPoints = 20_000
  /// The fewest points from which a surface is learned.
  public static let fewestPoints = 100

  /// Reads and prepares a file.
  ///
  /// - Parameters:
  ///   - path: a mesh or a cloud; see `ShapeFile`.
  ///   - points: of a mesh so many random points are learned from instead of the mesh itself; of a cloud so many of its
  ///     points.
  ///   - withoutNormals: whether normals of the file are to be ignored and estimated from the points.
  ///   - seed: the seed of the random points.
  /// - Throws: `FileError`.
  public init(
    _ path: String, points: Int? = nil, withoutNormals: Bool = false, seed: UInt64 = 1
  ) throws {
    self.path = path
    let (shape, _) = try ShapeFile.read(path)
    summary = shape.summary
    var remarks: [String] = []
    var cloud: PointCloud
    switch shape {
    case .mesh(let raw):
      frame = try Self.frame(ShapeFrame(around: raw), path)
      // In the coordinates of the field, since what is tiny beside the whole has no area there.
      let (own, report) = frame.normalize(raw).repaired()
      remarks += report.remarks.map { "\(path): \($0)" }
      guard !own.triangles.isEmpty else {
        throw FileError(
          kind: .empty, path: path, reason: "none of its triangles has an area",
          advice: "export the shape again")
      }
      guard points != nil || withoutNormals else {
        surface = .mesh(MeshDistance(own))
        self.remarks = remarks
        return
      }
      cloud = own.sampled(points ?? Self.usualPoints, seed: seed)
    case .cloud(let read):
      frame = try Self.frame(ShapeFrame(around: read.points), path)
      cloud = frame.normalize(read).distinct
      let found = cloud.points.count
      guard found >= Self.fewestPoints else {
        throw FileError(
          kind: .unsupported, path: path,
          reason: "it has \(found) different points, expected at least \(Self.fewestPoints)",
          advice: "give a mesh, or more points")
      }
      if let points { cloud = cloud.sampled(points, seed: seed) }
      if cloud.normals == nil, !withoutNormals {
        remarks.append("\(path): its points have no normals; they are estimated")
      }
    }
    if withoutNormals || cloud.normals == nil { cloud = PointNormals.estimated(for: cloud) }
    surface = .cloud(CloudDistance(cloud))
    self.remarks = remarks
  }

  private static func frame(_ frame: ShapeFrame?, _ path: String) throws -> ShapeFrame {
    guard let frame else {
      throw FileError(
        kind: .unsupported, path: path, reason: "all of its points are the same",
        advice: "export the shape again")
    }
    return frame
  }

  /// The fitted signal as recorded in the model file.
  public var description: FittedSignal { .shape(frame) }
}
