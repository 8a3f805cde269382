import Fields
import Fitting
import Foundation
import Reporting
import Signals
import SyntheticData

/// "Representing shapes with signed distance functions" (section 4.2 of the paper): a knot from points with normals.
enum ShapeChapter {
  static func run(
    _ settings: ReproductionSettings, progress: ChapterProgress
  ) throws -> Chapter {
    let start = uptime()
    let effort = settings.effort
    let raw = TestShape.mesh()
    let mesh = ShapeFrame(around: raw.vertices)?.normalize(raw) ?? raw
    let cloud = mesh.sampled(effort.shapePoints, seed: settings.seed)
    let architecture = SirenArchitecture.shape(hiddenWidth: effort.width)
    var fit = FieldFit(
      DistanceObjective(
        DistanceSamples(.cloud(CloudDistance(cloud)), seed: settings.seed)), architecture,
      .distance,
      seed: settings.seed)
    let run = try fit.run(
      FitLimits(seconds: effort.shapeSeconds),
      each: { event, _ in
        progress(event.fraction, String(format: "SNR %.1f dB", event.update.decibels))
      })
    let surface = IsoSurface(of: fit.field, resolution: effort.shapeResolution).mesh
    let measured =
      surface.triangles.isEmpty
      ? nil : ShapeQuality(of: fit.field, surface: surface, comparedWith: MeshDistance(mesh))
    let overlap = measured?.intersectionOverUnion ?? 0
    let distance = 100 * (measured?.meanDistance ?? 1)
    let renderer = ShapeRenderer(fit.field)
    let size = effort.shapeResolution
    let view = { (azimuth: Double, elevation: Double) in
      renderer.picture(
        width: size, height: size, camera: ShapeCamera(azimuth: azimuth, elevation: elevation))
    }
    let (values, slopes) = ShapeSlice(axis: 2, position: 0).values(of: fit.field, size: size)
    return Chapter(
      section: Page.Section(
        title: "Learning a shape",
        lead:
          "A field of three coordinates is the signed distance from a surface, negative inside. It is learned "
          + "from points of the surface with their normals: along each normal the distance is known. The "
          + "surface is the place where the field is 0, and its normals are the field's gradient.",
        settings: [
          .init("Shape", "a knotted tube, \(cloud.points.count) points with normals"),
          .init("Network", "3 \u{2192} \(architecture.sineLayersText) \u{2192} 1"),
          .init("Updates", "\(fit.step) in \(secondsText(run.seconds))"),
          .init("Surface", "\(surface.triangles.count) triangles, closed"),
          .init("Intersection over union", String(format: "%.4f", overlap)),
          .init("Mean distance", String(format: "%.3f%% of the largest side", distance)),
        ],
        blocks: [
          .gallery(
            [
              .init(view(30, 20), title: "The surface"),
              .init(view(150, 50), title: "From behind and above"),
              .init(
                ContourMap.picture(
                  of: values, slopes: slopes, interval: ShapeSlice.interval, largest: 0.8),
                title: "The distance on the plane z = 0", note: "blue inside"),
            ],
            caption:
              "Drawn by sphere tracing, with shading from the exact gradient of the network. Neighbouring contour "
              + "lines are a twentieth of the largest side apart.")
        ]),
      measures: [
        .init(
          "shape_iou", "Shape, intersection over union", overlap, unit: "",
          reference: "1 (the true shape)"),
        .init(
          "shape_distance", "Shape, mean distance in % of the largest side", distance, unit: "",
          reference: "0 (the true shape)"),
        .init("shape_seconds", "Shape, time", run.seconds, unit: "s", reference: ""),
      ], seconds: uptime() - start)
  }
}
