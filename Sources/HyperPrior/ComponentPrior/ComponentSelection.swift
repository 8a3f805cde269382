import DifferentiableCore
import Foundation
import Signals

extension ComponentPrior {
  /// Numbers of points that settings are decided at; in between they are interpolated.
  private static let decidedAt = [3, 10, 30, 100, 300, 1_000]
  /// Validation pictures looked at for the shares, and for the intervals.
  static let shareJudges = 64
  private static let intervalJudges = 32
  /// Those looked at under each kind of hole: half of a picture's pixels are many points.
  private static let holeJudges = 16

  /// Decides how large a neighbourhood is right, and how wide the intervals must be.
  ///
  /// Each level restores validation pictures from random pixels; the shares are those whose mixture
  /// has the least squared error, on unobserved pixels (stacking: Wolpert 1992). Then standard
  /// deviations get the factors that make 90% intervals hold 90% of the values.
  mutating func selectSettings(
    _ validation: any TrainingPictures, seed: UInt64, progress: (Double) throws -> Void
  ) throws {
    let pixels = imageSize * imageSize
    let contexts = Self.decidedAt.filter { $0 < pixels }
    guard validation.count > 0, !contexts.isEmpty else {
      let shares = levels.map { $0.map { (100...400).contains($0) } ?? false ? 1.0 : 0 }
      let total = shares.reduce(0, +)
      settings = [
        ComponentSetting(
          points: 1,
          shares: total > 0 ? shares.map { $0 / total } : levels.map { $0 == nil ? 1 : 0 })
      ]
      return
    }
    let (pictures, targets) = (try judges(among: validation), gridTargets)
    var result: [ComponentSetting] = []
    for (number, points) in contexts.enumerated() {
      let gram = try levelErrors(pictures, points: points, seed: seed)
      var shares = Self.worthwhileShares(gram, neighbourhoods: levels.count - 1)
      // The corrected picture is the last level's with the correction added.
      let correctionShare = correction == nil ? 0 : shares.removeLast()
      shares[shares.count - 1] += correctionShare
      var setting = ComponentSetting(
        points: Double(points), shares: shares, correctionShare: correctionShare)
      setting = try settingWidth(
        setting, Array(pictures.prefix(Self.intervalJudges)), points, seed, targets)
      result.append(setting)
      try progress(Double(number + 1) / Double(contexts.count + 1))
    }
    settings = result
    clusteringExponent = try clusteringExponent(
      judgedBy: Array(pictures.prefix(Self.holeJudges)), seed: seed, targets)
  }

  /// The neighbourhood that errs least on validation pictures with few points; nil if there are none.
  ///
  /// - Parameter candidates: some of ``levels``.
  func bestNeighbourhood(
    among candidates: [Double], judgedBy validation: any TrainingPictures, seed: UInt64
  ) throws -> Double? {
    let pictures = try judges(among: validation)
    guard candidates.count > 1, !pictures.isEmpty else { return candidates.last }
    var scores = [Double](repeating: 0, count: candidates.count)
    for points in Self.shownAt where points < imageSize * imageSize {
      let gram = try levelErrors(pictures, points: points, seed: seed)
      for (index, candidate) in candidates.enumerated() {
        guard let level = levels.firstIndex(of: candidate) else { continue }
        scores[index] += log(max(gram[level, level], .leastNormalMagnitude))
      }
    }
    return candidates.indices.min { scores[$0] < scores[$1] }.map { candidates[$0] }
  }

  /// With few points neighbours say most, with many next to nothing.
  private static let shownAt = [10, 30, 100]

  /// The validation pictures that decide.
  private func judges(among validation: any TrainingPictures) throws -> [Image] {
    try (0..<min(Self.shareJudges, validation.count)).map { index in
      Image(
        width: imageSize, height: imageSize, channels: channels,
        values: try validation.values(at: index))
    }
  }

  /// Inner products of the levels' errors, summed over pictures of each of which so many random pixels are
  /// observed.
  private func levelErrors(_ pictures: [Image], points: Int, seed: UInt64) throws -> DoubleMatrix {
    let errors = try Parallel.map(pictures.count) { index in
      try levelErrors(
        pictures[index],
        RandomContext.mask(for: pictures[index], imageIndex: index, count: points, seed: seed))
    }
    var gram = errors[0]
    for error in errors.dropFirst() { gram.add(error) }
    return gram
  }

  /// Inner products of the levels' errors at the unobserved pixels, `[levels, levels]`; the corrected
  /// picture is one more level, the last.
  private func levelErrors(_ picture: Image, _ mask: PixelMask) throws -> DoubleMatrix {
    let observations = mask.observations(of: picture)
    let cells = ObservationCells(observations, width: imageSize, height: imageSize)
    let evidence = try ComponentEvidence(
      self, coordinates: cells.coordinates, values: cells.values, counts: cells.counts)
    let codes = try CodePosterior(
      self, evidence, levels: levels.map { _ in true }, withCovariance: false)
    let missing = mask.missing
    var pictures = evidence.pictures(
      self, codes: DoubleMatrix(columns: codes.means, rows: codeLength))
    if let correction {
      let added = correction.correction(
        CorrectionInputs(self, correction, cells, evidence, codes), share: 1
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

  /// The best shares, without the neighbourhoods where these gain next to nothing: they take about half of
  /// a restoration's time.
  ///
  /// - Parameters:
  ///   - gram: see ``bestShares(_:)``.
  ///   - neighbourhoods: how many of the levels, the first ones, are of neighbours.
  static func worthwhileShares(_ gram: DoubleMatrix, neighbourhoods: Int) -> [Double] {
    let all = bestShares(gram)
    let others = Array(neighbourhoods..<gram.rows)
    let rest = bestShares(gram.submatrix(others, others))
    let few = [Double](repeating: 0, count: neighbourhoods) + rest
    let error = { (shares: [Double]) in
      zip(shares, gram.multiplied(by: shares)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return error(few) <= (1 + leastGain) * error(all) ? few : all
  }

  /// What neighbourhoods must gain of the squared error to be worth their time.
  private static let leastGain = 0.01

  /// Shares of 0 or more, summing to 1, with the least `shares^T gram shares`, by Frank and Wolfe's
  /// steps of exact length from the best single level.
  static func bestShares(_ gram: DoubleMatrix) -> [Double] {
    let count = gram.rows
    var shares = [Double](repeating: 0, count: count)
    shares[(0..<count).min { gram[$0, $0] < gram[$1, $1] } ?? 0] = 1
    for _ in 0..<400 {
      let slope = gram.multiplied(by: shares)
      guard let target = (0..<count).min(by: { slope[$0] < slope[$1] }) else { break }
      let current = zip(shares, slope).reduce(0) { $0 + $1.0 * $1.1 }
      let curvature = current - 2 * slope[target] + gram[target, target]
      guard curvature > 0, current - slope[target] > 1e-9 * current else { break }
      let step = min(1, (current - slope[target]) / curvature)
      for index in 0..<count { shares[index] *= 1 - step }
      shares[target] += step
    }
    // A level with hardly a share is not worth its time.
    shares = shares.map { $0 < 0.03 ? 0 : $0 }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }
}
