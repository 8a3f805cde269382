import Foundation
import ImagePriors
import Numerics
import Signals

/// A method of restoring a picture that can be chosen by evidence.
public struct MethodCandidate: Sendable {
  /// The name for messages, such as `scenes`.
  public let name: String
  /// The prior, or the simple method in its place.
  public let prior: any ImagePrior

  /// A candidate from its parts.
  public init(name: String, prior: any ImagePrior) {
    self.name = name
    self.prior = prior
  }

  /// Whether a part of the picture says as much about the method as the whole does.
  var isLocal: Bool { prior.keepsChannels }
}

/// Which of several methods restores a picture best, by its own observations.
///
/// Some of the observations are held out, every method restores them from the others, and the one with the smallest
/// error is chosen. Methods that restore every part of a picture on its own are compared on parts of large pictures.
public struct MethodEvidence: Sendable {
  /// The error of a method at the observations that were held out.
  public struct Error: Sendable, Equatable {
    /// The method's name.
    public let name: String
    /// Mean squared error, for values 0...1.
    public let meanSquaredError: Double
  }

  /// The errors of all methods that could be compared, in the order of the candidates.
  public let errors: [Error]
  /// The index of the chosen candidate.
  public let chosen: Int
  /// The error of the chosen method.
  public let chosenError: Error
  /// Number of observations that were held out.
  public let heldOut: Int

  /// The share of the observations that is held out at a time.
  private static let share = 0.1
  /// Fewer observations than this are held out in turns until each was.
  private static let fewObservations = 200
  /// The side of the parts of large pictures, in pixels, and their number.
  private static let partSide = 128
  private static let mostParts = 3
  /// The most observations that are given to a method that needs the whole picture: it models pictures of a few thousand
  /// pixels and cannot follow more, yet would take most of the time.
  package static let mostForWholePictures = 262_144
  /// A method with lower demands comes first among candidates, and a later one must be better by this factor.
  private static let margin = 0.995

  /// Compares methods.
  ///
  /// - Parameters:
  ///   - candidates: at least one; the first is chosen if nothing can be compared.
  ///   - observations: at least one point; points are converted for candidates with channels of their own.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels.
  /// - Throws: errors of the methods.
  public init(
    among candidates: [MethodCandidate], _ observations: PixelObservations, width: Int, height: Int
  ) throws {
    precondition(!candidates.isEmpty, "no method to choose from")
    let regions = Self.regions(width: width, height: height)
    let isLarge = observations.count > Self.mostForWholePictures
    let compared = candidates.indices.filter { candidates[$0].isLocal || !isLarge }
    // Local methods see the parts alone.
    let given =
      isLarge
      ? observations.selecting(
        (0..<observations.count).filter { point in
          regions.contains { $0.contains(observations, point) }
        })
      : observations
    // The order of the points must not decide which are held out.
    let observations = given.selecting(given.orderedPoints())
    var sums = [Double](repeating: 0, count: candidates.count)
    var count = 0
    for fold in Self.folds(observations) where !fold.heldOut.isEmpty && !fold.shown.isEmpty {
      let shown = observations.selecting(fold.shown)
      // A part without observations is all guess, which says nothing about a method.
      let known = regions.filter { region in
        (0..<shown.count).contains { region.contains(shown, $0) }
      }
      let inside = fold.heldOut.filter { point in
        known.contains { $0.contains(observations, point) }
      }
      count += inside.count
      let whole = Part(
        shown: shown, truth: observations.selecting(inside), width: width, height: height)
      let parts = Self.parts(known, shown, observations, inside)
      for index in compared {
        let candidate = candidates[index]
        for part in candidate.isLocal ? parts : [whole] {
          sums[index] += try Self.error(candidate.prior, part)
        }
      }
    }
    heldOut = count
    errors = compared.map {
      Error(
        name: candidates[$0].name,
        meanSquaredError: count == 0 ? .nan : sums[$0] / Double(count * observations.channels))
    }
    var best = compared.first ?? 0
    for index in compared.dropFirst() where sums[index] < Self.margin * sums[best] {
      best = index
    }
    chosen = count == 0 ? (compared.first ?? 0) : best
    let name = candidates[chosen].name
    chosenError = errors.first { $0.name == name } ?? Error(name: name, meanSquaredError: .nan)
  }

  /// A rectangle of the picture.
  private struct Region {
    let top: Int
    let left: Int
    let height: Int
    let width: Int

    func contains(_ observations: PixelObservations, _ point: Int) -> Bool {
      let (y, x) = (observations.positions[2 * point], observations.positions[2 * point + 1])
      return PixelPosition.isInside(y - Float(top), size: height)
        && PixelPosition.isInside(x - Float(left), size: width)
    }
  }

  /// The whole picture, or parts along the diagonal of a large one.
  private static func regions(width: Int, height: Int) -> [Region] {
    if width * height <= mostParts * partSide * partSide {
      return [Region(top: 0, left: 0, height: height, width: width)]
    }
    let (rows, columns) = (min(height, partSide), min(width, partSide))
    // Parts do not overlap if the picture is longer than all of them along one axis.
    return (0..<mostParts).map { number in
      Region(
        top: (height - rows) * (2 * number + 1) / (2 * mostParts),
        left: (width - columns) * (2 * number + 1) / (2 * mostParts), height: rows, width: columns)
    }
  }

  private static func folds(
    _ observations: PixelObservations
  ) -> [(shown: [Int], heldOut: [Int])] {
    let count = observations.count
    guard count > 1 else { return [] }
    var random = Xoshiro256(fixed: .evidenceHeldOut, UInt64(count))
    let order = random.permutation(of: count)
    let size = max(1, Int(share * Double(count)))
    let turns = count < fewObservations ? min(5, count) : 1
    let each = count < fewObservations ? (count + turns - 1) / turns : size
    return (0..<turns).map { turn in
      let range = min(count, turn * each)..<min(count, (turn + 1) * each)
      return (
        (order[..<range.lowerBound] + order[range.upperBound...]).sorted(), order[range].sorted()
      )
    }
  }

  /// A picture, or a part of one, with the observations that are shown and those that are held out.
  private struct Part {
    let shown: PixelObservations
    let truth: PixelObservations
    let width: Int
    let height: Int
  }

  /// The parts in which observations are held out; one that lies in several counts in the first of them.
  private static func parts(
    _ regions: [Region], _ shown: PixelObservations, _ observations: PixelObservations,
    _ heldOut: [Int]
  ) -> [Part] {
    var counted = Set<Int>()
    return regions.compactMap { region in
      let own = heldOut.filter { !counted.contains($0) && region.contains(observations, $0) }
      if own.isEmpty { return nil }
      counted.formUnion(own)
      let inside = (0..<shown.count).filter { region.contains(shown, $0) }
      return Part(
        shown: moved(shown.selecting(inside), region),
        truth: moved(observations.selecting(own), region), width: region.width,
        height: region.height)
    }
  }

  private static func moved(
    _ observations: PixelObservations, _ region: Region
  ) -> PixelObservations {
    var result = observations
    for point in 0..<result.count {
      result.positions[2 * point] -= Float(region.top)
      result.positions[2 * point + 1] -= Float(region.left)
    }
    return result
  }

  /// The sum of squared errors at the held-out observations of a part that is restored from the others.
  private static func error(_ prior: any ImagePrior, _ part: Part) throws -> Double {
    let (width, height, truth) = (part.width, part.height, part.truth)
    let picture = try prior.renderedInChannels(of: part.shown, width: width, height: height)
    var sum = 0.0
    for point in 0..<truth.count {
      guard let (row, column) = truth.nearestPixel(of: point, width: width, height: height)
      else { continue }
      for channel in 0..<truth.channels {
        let difference = Double(
          picture[row, column, channel] - truth.values[point * truth.channels + channel])
        sum += difference * difference
      }
    }
    return sum
  }
}
