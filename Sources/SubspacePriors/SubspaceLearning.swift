import Foundation
import ImagePriors
import Numerics

/// How large a subspace prior becomes.
public struct SubspaceLearningSettings: Sendable, Equatable {
  /// The most functions of the position, K.
  public var functions = 1_024
  /// The most components, J.
  public var components = 384
  /// The most training codes that are kept; more pictures than that still make the components.
  public var codes = 7_000
  /// Whether a mirrored picture is as likely as the picture.
  public var mirrors = true
  /// Variance of an observed value, 0...1, around the functions when none was dropped.
  public var noise = 1e-4
  /// What the training pictures are.
  public var scope = PriorScope.picture
  /// Decides which codes are kept.
  public var seed: UInt64 = 1

  /// The defaults: a file below 10 MB, restored from in some ten milliseconds.
  public init() {}
}

extension SubspacePrior {
  /// Learns a prior from pictures: three passes over them, no training.
  ///
  /// - Parameters:
  ///   - training: at least 2 pictures; read in batches, never held.
  ///   - validation: decides the residual variance, the neighbourhoods and the intervals; with
  ///     none, the training pictures decide the variance, and defaults the rest.
  ///   - settings: how large it becomes.
  ///   - progress: told the fraction that is done, 0...1.
  /// - Throws: ``PriorError/tooFewPictures(split:count:)``, `LinearAlgebraError` for pictures with
  ///   values that are not finite, or what `progress` throws.
  public init(
    training: any TrainingPictures, validation: any TrainingPictures,
    settings: SubspaceLearningSettings = SubspaceLearningSettings(),
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    self = try Self.gaussian(
      training: training, validationPictures: validation, settings: settings,
      progress: { try progress(0.5 * $0) })
    try selectSettings(
      validation, seed: settings.seed, progress: { try progress(0.5 + 0.5 * $0) })
    try progress(1)
  }

  /// What needs no choice: functions, components, codes and what they leave over, without settings.
  ///
  /// - Parameter validation pictures: decide the residual variance, if they are enough.
  package static func gaussian(
    training: any TrainingPictures, validationPictures: any TrainingPictures,
    settings: SubspaceLearningSettings, progress: (Double) throws -> Void
  ) throws -> SubspacePrior {
    guard training.count >= 2 else {
      throw PriorError.tooFewPictures(split: "training", count: training.count)
    }
    let full = CosineBasis(size: training.size)
    let channels = training.channels
    let moments = try PictureMoments(
      training, full, mirrors: settings.mirrors, progress: { try progress(0.2 * $0) })
    let basis = CosineBasis(
      size: training.size, indices: moments.leadingFunctions(settings.functions))
    let dropped = moments.dropped(by: basis)
    let mean = moments.mean(of: basis)

    let covariance = try covariance(
      training, basis, mean, mirrors: settings.mirrors, progress: { try progress(0.2 + 0.4 * $0) })
    let found = try components(covariance, basis, channels, training.count, settings)
    try progress(0.8)
    let projection = SubspaceProjection(
      basis: basis, mean: mean, vectors: found.vectors, values: found.values, channels: channels)
    let kept = keptPictures(training.count, settings)
    let codes = try Parallel.map(kept.count) {
      projection.code(of: try training.values(at: kept[$0]))
    }
    let rest = try projection.residualVariance(
      of: validationPictures.count >= 32 ? validationPictures : training)
    try progress(1)

    return SubspacePrior(
      imageSize: training.size, channels: channels, basis: basis, channelAxes: rest.axes,
      channelScales: rest.scales, mean: rest.axes.multiplied(by: mean),
      loadings: projection.loadings(along: rest.axes), residualVariance: rest.variances,
      noise: settings.noise + dropped,
      codes: SingleMatrix(
        rows: codes.count, columns: found.values.count,
        values: codes.joined().map { Float($0) }),
      mirror: settings.mirrors ? found.mirror : nil, settings: [], scope: settings.scope)
  }

  private static func keptPictures(_ count: Int, _ settings: SubspaceLearningSettings) -> [Int] {
    // Windows have no use for them, but a prior is never without a code.
    if settings.scope == .window { return [0] }
    guard count > settings.codes else { return Array(0..<count) }
    var random = Xoshiro256(seed: settings.seed, 3)
    return random.sample(settings.codes, of: count).sorted()
  }

  /// Of the coefficients, `[cK, cK]`; with mirrors, of the pictures and their mirrored copies.
  private static func covariance(
    _ training: any TrainingPictures, _ basis: CosineBasis, _ mean: DoubleMatrix, mirrors: Bool,
    progress: (Double) throws -> Void
  ) throws -> [Float] {
    let order = training.channels * basis.count
    var accumulator = GramAccumulator(order: order)
    let analyze = basis.analyzer(channels: training.channels)
    let batch = 256
    for start in stride(from: 0, to: training.count, by: batch) {
      let rows = try Parallel.map(min(batch, training.count - start)) { offset -> [Float] in
        zip(analyze(try training.values(at: start + offset)), mean.values).map { Float($0 - $1) }
      }
      accumulator.add(Array(rows.joined()))
      try progress(Double(start) / Double(training.count))
    }
    return accumulator.finish(scale: 1 / Float(training.count))
  }

  /// The leading components; with mirrors each one is even or odd, since a mirrored collection
  /// correlates no even function with an odd one.
  private static func components(
    _ covariance: [Float], _ basis: CosineBasis, _ channels: Int, _ pictures: Int,
    _ settings: SubspaceLearningSettings
  ) throws -> (values: [Double], vectors: DoubleMatrix, mirror: [Double]) {
    let order = channels * basis.count
    let signs = (0..<channels).flatMap { _ in basis.mirrorSigns }
    let all = Array(0..<order)
    let groups =
      settings.mirrors
      ? [all.filter { signs[$0] > 0 }, all.filter { signs[$0] < 0 }].filter { !$0.isEmpty } : [all]
    // As many as the pictures can span.
    let count = min(settings.components, order, max(1, pictures - 1))
    var found: [(value: Double, group: Int, column: Int)] = []
    var parts: [DoubleMatrix] = []
    for (number, group) in groups.enumerated() {
      var matrix = DoubleMatrix(rows: group.count, columns: group.count)
      for (row, first) in group.enumerated() {
        for (column, second) in group.enumerated() {
          matrix.values[row * group.count + column] = Double(covariance[first * order + second])
        }
      }
      let part = try PrincipalComponents.leading(count, of: matrix, seed: settings.seed)
      found += part.values.enumerated().map { ($1, number, $0) }
      parts.append(part.vectors)
    }
    found.sort { ($1.value, $0.group, $0.column) < ($0.value, $1.group, $1.column) }
    let smallest = max(found[0].value * 1e-9, 1e-12)
    var kept = Array(found.prefix(count).filter { $0.value > smallest })
    if kept.isEmpty { kept = [(smallest, found[0].group, found[0].column)] }
    var vectors = DoubleMatrix(rows: order, columns: kept.count)
    for (position, entry) in kept.enumerated() {
      for (row, place) in groups[entry.group].enumerated() {
        vectors[place, position] = parts[entry.group][row, entry.column]
      }
    }
    return (kept.map(\.value), vectors, kept.map { $0.group == 0 ? 1 : -1 })
  }
}
