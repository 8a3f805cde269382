import Foundation
import ImagePriors
import Numerics

extension SubspacePrior {
  /// Learns a prior from pictures in closed form, in three passes over them.
  ///
  /// - Parameters:
  ///   - training: at least 2 pictures; read in batches, never held in memory.
  ///   - validation: decides the residual variance, the stacking weights and the intervals; with few
  ///     pictures the training pictures decide the variance, and with none the rest is default.
  ///   - settings: the size of the prior.
  ///   - progress: called with the fraction that is done, 0...1.
  /// - Throws: `PriorError/tooFewPictures(split:count:)`, `LinearAlgebraError` for pictures with
  ///   values that are not finite, or what `progress` throws.
  public init(
    training: any TrainingPictures, validation: any TrainingPictures,
    settings: SubspaceLearningSettings = SubspaceLearningSettings(),
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    self = try Self.gaussian(
      training: training, validationPictures: validation, settings: settings,
      progress: { try progress(0.5 * $0) })
    try calibrate(
      on: validation, seed: settings.seed, progress: { try progress(0.5 + 0.5 * $0) })
    try progress(1)
  }

  /// A prior that is not calibrated yet: functions, components, codes and residual variance.
  ///
  /// - Parameters:
  ///   - training: at least 2 pictures.
  ///   - validationPictures: decide the residual variance, if there are at least 32 of them.
  ///   - settings: the size of the prior.
  ///   - progress: called with the fraction that is done, 0...1.
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
    let codes = try WorkGroup.current.map(kept.count) {
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
      mirror: settings.mirrors ? found.mirror : nil, calibration: [], scope: settings.scope)
  }

  private static func keptPictures(_ count: Int, _ settings: SubspaceLearningSettings) -> [Int] {
    // A prior of windows does not use codes, but every prior has one.
    if settings.scope == .window { return [0] }
    guard count > settings.codes else { return Array(0..<count) }
    var random = Xoshiro256(seed: settings.seed, .keptCodes)
    return random.sample(settings.codes, of: count).sorted()
  }

  /// The covariance of the coefficients, `[cK, cK]`.
  private static func covariance(
    _ training: any TrainingPictures, _ basis: CosineBasis, _ mean: DoubleMatrix, mirrors: Bool,
    progress: (Double) throws -> Void
  ) throws -> [Float] {
    let order = training.channels * basis.count
    var accumulator = GramAccumulator(order: order)
    let analyze = basis.analyzer(channels: training.channels)
    // The batches decide the rounding of the sum, so they have one length for any number of members.
    let batch = 256
    for start in stride(from: 0, to: training.count, by: batch) {
      let rows = try WorkGroup.current.map(min(batch, training.count - start)) {
        offset -> [Float] in
        zip(analyze(try training.values(at: start + offset)), mean.values).map { Float($0 - $1) }
      }
      accumulator.add(Array(rows.joined()))
      try progress(Double(start) / Double(training.count))
    }
    return accumulator.finish(scale: 1 / Float(training.count))
  }

  /// The leading components; with mirrors each is even or odd, since a collection with its mirrored copies
  /// has no correlation between even and odd functions.
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
    // At most as many as the pictures span.
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
