import Fields
import Files
import Fitting
import Foundation
import Signals
import Training

/// The result of fitting a shape.
public struct ShapeFitResult: Sendable, Equatable {
  /// The mean distance that the field states at points of the surface, as a fraction of the largest side.
  public var meanDistance: Double
  /// The mean cosine between the field's gradient and the normals at points of the surface.
  public var normalConsistency: Double
  /// Whether a constant value would have explained the distances as well.
  public var isNoBetterThanConstant: Bool
  /// The record of the run.
  public var record: FitRecord
}

/// The whole process from a shape to a model file: sample it, fit one network, measure it and write it.
///
/// With a number of updates as the limit, the model is bit-identical for any number of threads.
public struct ShapePipeline: Sendable {
  /// The settings of the fit and its outputs; cells and parameters are not used.
  public let settings: FitPipelineSettings

  /// Points of the surface at which the field is measured.
  private static let measuredPoints = 20_000

  /// Creates a pipeline with its settings.
  public init(_ settings: FitPipelineSettings) { self.settings = settings }

  /// The network that will be fitted.
  ///
  /// - Parameter start: the initial model.
  /// - Throws: ``FitPipelineError`` if that is not one network for shapes.
  private func architecture(_ start: FieldModel?) throws -> SirenArchitecture {
    guard let start else {
      return settings.choices.architecture(
        settings.recipe == .notebook
          ? SirenArchitecture(coordinates: 3, outputs: 1) : .shape())
    }
    let path = settings.initial ?? ""
    guard let siren = start.siren else { throw FitPipelineError.startIsGrid(path: path) }
    let shape = siren.architecture
    guard shape.coordinates == 3, shape.outputs == 1 else {
      throw FitPipelineError.otherStart(
        path: path, actual: "\(shape.coordinates) coordinates to \(shape.outputs) values",
        expected: "a shape needs 3 and 1")
    }
    return shape
  }

  private var fitSettings: FitSettings {
    settings.choices.settings(settings.recipe == .notebook ? .surface : .distance)
  }

  /// Fits a shape and writes the model, even if the fit is stopped.
  ///
  /// - Parameters:
  ///   - source: the shape.
  ///   - shouldStop: called between updates; returns whether to stop.
  ///   - report: receives the events, on the calling thread.
  /// - Throws: ``FitPipelineError``, `FitError`, `FieldFileError`, `FileError`.
  @discardableResult
  public func run(
    on source: ShapeSource, shouldStop: () -> Bool = { false },
    report: (FitPipelineEvent) -> Void = { _ in }
  ) throws -> ShapeFitResult {
    let start = try settings.initial.map {
      try FieldFile.read(
        $0, omegaFirst: settings.choices.omegaFirst, omegaHidden: settings.choices.omega)
    }
    let architecture = try architecture(start)
    let reason: FieldPlan.Reason =
      start != nil ? .start : settings.recipe == .notebook ? .recipe : .distance
    report(.planned(FieldPlan(kind: .network(architecture), reason: reason)))
    let points = source.surface.points(Self.measuredPoints, seed: settings.seed &+ 1)
    let objective: any FieldObjective
    let fingerprint: () -> String
    if settings.recipe == .notebook {
      let cloud = source.surface.points(Self.paperPoints, seed: settings.seed)
      objective = SurfaceObjective(cloud)
      fingerprint = {
        FitCheckpoint.fingerprint(of: cloud, architecture, fitSettings, seed: settings.seed)
      }
    } else {
      let samples = DistanceSamples(source.surface, seed: settings.seed)
      objective = DistanceObjective(samples)
      fingerprint = {
        FitCheckpoint.fingerprint(of: samples, architecture, fitSettings, seed: settings.seed)
      }
    }
    var fit =
      if let siren = start?.siren {
        FieldFit(objective, startingFrom: siren, fitSettings, seed: settings.seed)
      } else {
        FieldFit(objective, architecture, fitSettings, seed: settings.seed)
      }
    let record = try settings.run(
      &fit, to: source.description, summary: source.summary, shouldStop: shouldStop,
      report: report, fingerprint: fingerprint)
    let quality = ShapeQuality.onSurface(of: fit.field, points)
    settings.removeCheckpoint(after: record)
    return ShapeFitResult(
      meanDistance: quality.meanDistance, normalConsistency: quality.normalConsistency,
      isNoBetterThanConstant: record.loss >= objective.constantLoss, record: record)
  }

  /// Points of a mesh from which the paper's recipe draws its batches.
  private static let paperPoints = 100_000
}
