import Foundation
import ImagePriors
import Numerics
import Signals

extension SubspacePrior {
  /// Numbers of points of the calibration entries; in between they are interpolated.
  private static let calibratedPoints = [3, 10, 30, 100, 300, 1_000]
  /// The most validation pictures that decide the stacking weights, and that decide the intervals.
  static let stackingPictures = 64
  private static let intervalPictures = 32
  /// The most validation pictures that decide the intervals per kind of hole.
  ///
  /// They are fewer, because half of a picture's pixels are many points.
  private static let holePictures = 16

  /// Decides the stacking weights and the widths of the intervals, for several numbers of observed points.
  ///
  /// Each mixture component restores validation pictures from random pixels. The stacking weights are those
  /// whose mixture has the least squared error at the unobserved pixels (stacking: Wolpert 1992). Standard
  /// deviations then get the factors with which 90% intervals hold 90% of the values.
  ///
  /// - Parameters:
  ///   - validation: the pictures. Without any, the weights are defaults and the widths those of the formula.
  ///   - seed: the seed of the observed pixels.
  ///   - progress: called with the fraction that is done, 0...1.
  mutating func calibrate(
    on validation: any TrainingPictures, seed: UInt64, progress: (Double) throws -> Void
  ) throws {
    let pixels = imageSize * imageSize
    let contexts = Self.calibratedPoints.filter { $0 < pixels }
    guard validation.count > 0, !contexts.isEmpty else {
      let stackingWeights = mixtureComponents.map {
        $0.map { (100...400).contains($0) } ?? false ? 1.0 : 0
      }
      let total = stackingWeights.reduce(0, +)
      calibration = [
        CalibrationEntry(
          points: 1,
          stackingWeights: total > 0
            ? stackingWeights.map { $0 / total } : mixtureComponents.map { $0 == nil ? 1 : 0 })
      ]
      return
    }
    let (pictures, targets) = (try validationPictures(among: validation), gridTargets)
    var result: [CalibrationEntry] = []
    for (number, points) in contexts.enumerated() {
      let gram = try mixtureComponentErrors(pictures, points: points, seed: seed)
      var stackingWeights = Self.worthwhileStackingWeights(
        gram, neighbourhoods: mixtureComponents.count - 1)
      // The corrected picture is the last mixture component's plus the residual network's prediction.
      let residualWeight = residualNetwork == nil ? 0 : stackingWeights.removeLast()
      stackingWeights[stackingWeights.count - 1] += residualWeight
      let entry = CalibrationEntry(
        points: Double(points), stackingWeights: stackingWeights, residualWeight: residualWeight)
      result.append(
        try calibratingWidth(
          of: entry, Array(pictures.prefix(Self.intervalPictures)), points, seed, targets))
      try progress(Double(number + 1) / Double(contexts.count + 1))
    }
    calibration = result
    fillDistanceExponent = try fillDistanceExponent(
      on: Array(pictures.prefix(Self.holePictures)), seed: seed, targets)
  }

  /// The neighbourhood with the least error on validation pictures with few points; nil if there is no
  /// candidate.
  ///
  /// - Parameters:
  ///   - candidates: some of ``mixtureComponents``.
  ///   - validation: the pictures; with none, the last candidate is taken.
  ///   - seed: the seed of the observed pixels.
  func bestNeighbourhood(
    among candidates: [Double], on validation: any TrainingPictures, seed: UInt64
  ) throws -> Double? {
    let pictures = try validationPictures(among: validation)
    guard candidates.count > 1, !pictures.isEmpty else { return candidates.last }
    var scores = [Double](repeating: 0, count: candidates.count)
    for points in Self.shownAt where points < imageSize * imageSize {
      let gram = try mixtureComponentErrors(pictures, points: points, seed: seed)
      for (index, candidate) in candidates.enumerated() {
        guard let mixtureComponent = mixtureComponents.firstIndex(of: candidate) else { continue }
        scores[index] += log(max(gram[mixtureComponent, mixtureComponent], .leastNormalMagnitude))
      }
    }
    return candidates.indices.min { scores[$0] < scores[$1] }.map { candidates[$0] }
  }

  /// Numbers of points at which neighbourhoods are compared: few, where neighbours gain most.
  private static let shownAt = [10, 30, 100]

  /// The first validation pictures, which decide.
  private func validationPictures(among validation: any TrainingPictures) throws -> [Image] {
    try (0..<min(Self.stackingPictures, validation.count)).map { index in
      Image(
        width: imageSize, height: imageSize, channels: channels,
        values: try validation.values(at: index))
    }
  }

  /// Inner products of the mixture components' errors, summed over pictures with a number of observed random
  /// pixels.
  private func mixtureComponentErrors(_ pictures: [Image], points: Int, seed: UInt64) throws
    -> DoubleMatrix
  {
    let errors = try WorkGroup.current.map(pictures.count) { index in
      try mixtureComponentErrors(
        pictures[index],
        RandomContext.mask(for: pictures[index], imageIndex: index, count: points, seed: seed))
    }
    var gram = errors[0]
    for error in errors.dropFirst() { gram.add(error) }
    return gram
  }

  /// Inner products of the mixture components' errors at the unobserved pixels, a square matrix; with a
  /// residual network the corrected picture is one more component, the last.
  private func mixtureComponentErrors(_ picture: Image, _ mask: PixelMask) throws -> DoubleMatrix {
    let observations = mask.observations(of: picture)
    let cells = ObservationCells(observations, width: imageSize, height: imageSize)
    let evidence = try SubspaceEvidence(
      self, coordinates: cells.coordinates, values: cells.values, counts: cells.counts)
    let codes = try CodePosterior(
      self, evidence, mixtureComponents: mixtureComponents.map { _ in true }, withCovariance: false)
    let missing = mask.missing
    var pictures = evidence.pictures(
      self, codes: DoubleMatrix(columns: codes.means, rows: codeLength))
    if let residualNetwork {
      let added = residualNetwork.residual(
        ResidualInputs(self, residualNetwork, cells, evidence, codes), weight: 1
      ).values
      pictures.append(zip(pictures[pictures.count - 1], added).map { $0 + $1 })
    }
    let rows = pictures.map { values in
      values.indices.map { index in
        missing[index / channels]
          ? Double(min(1, max(0, values[index])) - picture.values[index]) : 0
      }
    }
    let errors = DoubleMatrix(
      rows: rows.count, columns: rows[0].count, values: Array(rows.joined()))
    return errors.multiplied(by: errors.transposed())
  }

  /// The best stacking weights, with weight 0 for all neighbourhoods where they gain next to nothing, since
  /// they take about half of an inpainting's time.
  ///
  /// - Parameters:
  ///   - gram: see ``bestStackingWeights(_:)``.
  ///   - neighbourhoods: the number of mixture components, the first ones, that are neighbourhoods.
  static func worthwhileStackingWeights(_ gram: DoubleMatrix, neighbourhoods: Int) -> [Double] {
    let all = bestStackingWeights(gram)
    let others = Array(neighbourhoods..<gram.rows)
    let rest = bestStackingWeights(gram.submatrix(others, others))
    let few = [Double](repeating: 0, count: neighbourhoods) + rest
    let error = { (stackingWeights: [Double]) in
      zip(stackingWeights, gram.multiplied(by: stackingWeights)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return error(few) <= (1 + leastGain) * error(all) ? few : all
  }

  /// The share of the squared error that neighbourhoods must gain to be worth their time.
  private static let leastGain = 0.01

  /// The weights w of 0 or more, summing to 1, with the least `w^T gram w`: Frank and Wolfe's method with
  /// exact line search, from the best single mixture component.
  ///
  /// - Parameter gram: inner products of the components' errors.
  static func bestStackingWeights(_ gram: DoubleMatrix) -> [Double] {
    let count = gram.rows
    var stackingWeights = [Double](repeating: 0, count: count)
    stackingWeights[(0..<count).min { gram[$0, $0] < gram[$1, $1] } ?? 0] = 1
    for _ in 0..<400 {
      let slope = gram.multiplied(by: stackingWeights)
      guard let target = (0..<count).min(by: { slope[$0] < slope[$1] }) else { break }
      let current = zip(stackingWeights, slope).reduce(0) { $0 + $1.0 * $1.1 }
      let curvature = current - 2 * slope[target] + gram[target, target]
      guard curvature > 0, current - slope[target] > 1e-9 * current else { break }
      let step = min(1, (current - slope[target]) / curvature)
      for index in 0..<count { stackingWeights[index] *= 1 - step }
      stackingWeights[target] += step
    }
    // A mixture component with a small weight is not worth its time.
    stackingWeights = stackingWeights.map { $0 < 0.03 ? 0 : $0 }
    let total = stackingWeights.reduce(0, +)
    return stackingWeights.map { $0 / total }
  }
}
