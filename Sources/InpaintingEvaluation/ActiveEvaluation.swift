import Foundation
import ImagePriors
import Numerics
import Signals

/// Compares the error of a prior at points that it proposes with its error at random points.
///
/// Both start from the same few random pixels. One continues with random pixels, the other with those
/// that `ImagePosterior.nextPoints` proposes, in one batch per number of points. Errors are mean squared
/// errors over all pixels, with the observed ones pasted in. Errors over the unobserved pixels would
/// favour the proposals, because these remove the most uncertain pixels.
///
/// ```swift
/// let study = try ActiveEvaluation(posteriors: posteriors, pictures: test, counts: [10, 20, 50], seed: 1)
/// for row in study.rows { print(row.points, row.mseRandom, row.mseProposed) }
/// ```
public struct ActiveEvaluation: Sendable, Equatable {
  /// The errors at one number of points.
  public struct Row: Sendable, Equatable {
    /// Observed pixels per picture.
    public let points: Int
    /// Mean squared error from random pixels, averaged over the pictures.
    public let mseRandom: Double
    /// The same from proposed pixels.
    public let mseProposed: Double
    /// The number of random pixels with the error of the proposed ones.
    ///
    /// It is interpolated linearly in the logarithms of the number and the error. It is nil if more
    /// pixels are needed than were evaluated.
    public let randomNeeded: Double?
  }

  /// One row per number of points, ascending; both errors of the first row are equal.
  public let rows: [Row]
  /// Number of pictures.
  public let images: Int
  /// The largest evaluated number of random pixels: four times the last number of points, or all.
  public let mostRandomPoints: Int

  /// Measures every picture both ways.
  ///
  /// Pictures are evaluated in parallel; the result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - posteriors: the posteriors of a prior with the pictures' channels.
  ///   - pictures: the true pictures of one shape, values 0...1, at least one.
  ///   - counts: the numbers of points to report, each at least 1; numbers that are not above `start`
  ///     or exceed the pixels of a picture are omitted.
  ///   - start: the number of random points from which both begin, at least 1.
  ///   - seed: the seed of the random pixels.
  ///   - progress: called with the number of completed pictures and their total.
  /// - Throws: `PriorError` if the channels differ.
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
    // The pictures are divided into pieces to report progress.
    let group = WorkGroup.current
    let piece = 8 * group.count
    for begin in stride(from: 0, to: pictures.count, by: piece) {
      let own = begin..<min(begin + piece, pictures.count)
      let errors = try group.map(own.count) { offset -> ([Double], [Double]) in
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

  /// The number of points at which a curve of errors first falls to a given error.
  ///
  /// - Returns: the number of points; the first one if the curve starts below; nil if it stays above.
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

  /// The errors from the pixels that the prior proposes after the first random ones.
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
