import Foundation
import ImagePriors
import Numerics
import Signals

/// Whether a prior knows where to measure: its error when it proposes the points, beside its error
/// when points are drawn at random.
///
/// Both start from the same few random pixels. One goes on with further random pixels; the other
/// with those that `ImagePosterior.nextPoints` proposes, in one batch from each number of
/// points to the next, planned from the values known by then. Errors are mean squared over all
/// pixels, observed ones pasted in: over the unobserved ones alone the proposals would look better
/// than they are, for they take the uncertain pixels away.
///
/// ```swift
/// let study = try ActiveEvaluation(posteriors: posteriors, pictures: test, counts: [10, 20, 50], seed: 1)
/// for row in study.rows { print(row.points, row.mseRandom, row.mseProposed) }
/// ```
public struct ActiveEvaluation: Sendable, Equatable {
  /// The errors at one number of points.
  public struct Row: Sendable, Equatable {
    /// Observed pixels a picture.
    public let points: Int
    /// Mean squared error from random pixels, averaged over the pictures.
    public let mseRandom: Double
    /// The same from proposed pixels.
    public let mseProposed: Double
    /// How many random pixels have the error of the proposed ones: between those evaluated, linear
    /// in the logarithms of both; nil where more would be needed than were tried.
    public let randomNeeded: Double?
  }

  /// A row for each number of points, ascending; the first is the start, where both are the same.
  public let rows: [Row]
  /// Number of pictures.
  public let images: Int
  /// The most random pixels that were tried: four times the last number of points, or all.
  public let mostRandomPoints: Int

  /// Measures every picture both ways.
  ///
  /// Pictures are worked on in parallel; the result does not depend on how many at a time.
  ///
  /// - Parameters:
  ///   - posteriors: of a prior of the pictures' channels.
  ///   - pictures: the truth, of one shape, values 0...1, at least one.
  ///   - counts: numbers of points to report, each at least 1; those not above `start`, and more
  ///     than a picture has, are left out.
  ///   - start: random points that both begin with, at least 1.
  ///   - seed: of the random pixels.
  ///   - progress: told now and then how many pictures of how many are done.
  /// - Throws: `PriorError` if the channels do not fit.
  public init(
    posteriors: any PosteriorSource, pictures: [Image], counts: [Int], start: Int = 5, seed: UInt64,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    precondition(
      !pictures.isEmpty && start >= 1 && counts.allSatisfy { $0 >= 1 },
      "pictures and positive numbers of points are needed, got \(pictures.count), \(start) and "
        + "\(counts)")
    let pixels = pictures[0].pixelCount
    precondition(
      pictures.allSatisfy { $0.pixelCount == pixels }, "pictures of one size are needed")
    let first = min(start, pixels)
    let steps = [first] + Set(counts.filter { $0 > first && $0 <= pixels }).sorted()
    let last = steps[steps.count - 1]
    let further = [2 * last, 4 * last].map { min($0, pixels) }
    let randomSteps = steps + Set(further.filter { $0 > last }).sorted()

    var random = [Double](repeating: 0, count: randomSteps.count)
    var proposed = [Double](repeating: 0, count: steps.count)
    // In pieces, so that progress can be told.
    let piece = 8
    for begin in stride(from: 0, to: pictures.count, by: piece) {
      let own = begin..<min(begin + piece, pictures.count)
      let errors = try Parallel.map(own.count) { offset -> ([Double], [Double]) in
        let index = begin + offset
        let course = Course(
          posteriors: posteriors, truth: pictures[index],
          order: Self.order(pixels, imageIndex: index, seed: seed))
        let proposed = try course.proposed(steps)
        return ([proposed[0]] + (try course.random(randomSteps.dropFirst())), proposed)
      }
      for (ownRandom, ownProposed) in errors {
        for step in random.indices { random[step] += ownRandom[step] / Double(pictures.count) }
        for step in proposed.indices {
          proposed[step] += ownProposed[step] / Double(pictures.count)
        }
      }
      progress(own.upperBound, pictures.count)
    }
    let curve = zip(randomSteps, random).map { (points: $0, error: $1) }
    rows = steps.indices.map { step in
      Row(
        points: steps[step], mseRandom: random[step], mseProposed: proposed[step],
        randomNeeded: Self.pointsNeeded(for: proposed[step], on: curve))
    }
    images = pictures.count
    mostRandomPoints = randomSteps[randomSteps.count - 1]
  }

  /// The pixels of a picture in the random order in which they are observed.
  private static func order(_ pixels: Int, imageIndex: Int, seed: UInt64) -> [Int] {
    var generator = Xoshiro256(seed: seed, UInt64(truncatingIfNeeded: imageIndex))
    return generator.permutation(of: pixels)
  }

  /// Where a curve of errors, by ascending number of points, first comes down to an error.
  ///
  /// - Returns: a number of points, the first one if the curve starts below; nil if it stays above.
  package static func pointsNeeded(for error: Double, on curve: [(points: Int, error: Double)])
    -> Double?
  {
    guard let reached = curve.firstIndex(where: { $0.error <= error }) else { return nil }
    let end = curve[reached]
    guard reached > 0, end.error > 0 else { return Double(end.points) }
    let begin = curve[reached - 1]
    let part = log(begin.error / error) / log(begin.error / end.error)
    return exp(
      (1 - part) * log(Double(begin.points)) + part * log(Double(end.points)))
  }
}

/// One picture, measured point by point.
private struct Course {
  let posteriors: any PosteriorSource
  let truth: Image
  /// All pixels, in the order in which random points are observed.
  let order: [Int]

  /// The errors from the first pixels in random order.
  func random(_ steps: ArraySlice<Int>) throws -> [Double] {
    try steps.map { step in
      let mask = mask(order.prefix(step))
      return error(try posterior(mask, withUncertainty: false), mask)
    }
  }

  /// The errors from the pixels that the prior asks for, after the first random ones.
  func proposed(_ steps: [Int]) throws -> [Double] {
    var mask = mask(order.prefix(steps[0]))
    var errors: [Double] = []
    for (index, step) in steps.enumerated() {
      let next = index + 1 < steps.count ? steps[index + 1] : nil
      let posterior = try posterior(mask, withUncertainty: next != nil)
      errors.append(error(posterior, mask))
      guard let next else { break }
      for point in try posterior.nextPoints(next - step, excluding: mask) {
        mask.observed[point.row * mask.width + point.column] = true
      }
    }
    return errors
  }

  private func mask(_ pixels: ArraySlice<Int>) -> PixelMask {
    var observed = [Bool](repeating: false, count: truth.pixelCount)
    for pixel in pixels { observed[pixel] = true }
    return PixelMask(width: truth.width, height: truth.height, observed: observed)
  }

  private func posterior(_ mask: PixelMask, withUncertainty: Bool) throws -> any ImagePosterior {
    try posteriors.posterior(
      mask.observations(of: truth), width: truth.width, height: truth.height,
      withUncertainty: withUncertainty)
  }

  private func error(_ posterior: any ImagePosterior, _ mask: PixelMask) -> Double {
    let image = posterior.image(width: truth.width, height: truth.height)
      .pasting(mask.observations(of: truth))
    return Quality.meanSquaredError(image, truth)
  }
}
