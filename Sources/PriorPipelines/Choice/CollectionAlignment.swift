import ImagePriors
import Interpolation
import Numerics
import Signals
import SubspacePriors

/// Whether the pictures of a collection are aligned, so that a place means the same in all of them.
///
/// A subspace prior of some pictures restores others that it has not seen, from a few random pixels. If it does so much
/// better than linear interpolation, the pictures are aligned: faces are, photographs of anything are not.
public struct CollectionAlignment: Sendable, Equatable {
  /// The mean squared error of the subspace prior.
  public let subspaceError: Double
  /// The mean squared error of linear interpolation.
  public let interpolationError: Double

  /// Whether the subspace prior is better by more than what any smooth picture gives it.
  public var isAligned: Bool { subspaceError < Self.margin * interpolationError }

  /// A subspace prior of photographs and micrographs has 1.15 times the error of linear interpolation; one of 300 drawn
  /// faces has 0.75 times, one of 600 0.65 times (measured).
  private static let margin = 0.9
  /// The numbers of pictures: enough to tell, few enough for seconds.
  private static let training = 300
  private static let validation = 48
  /// The fewest of each with which a comparison says anything.
  static let fewestTraining = 100
  static let fewestValidation = 5
  /// The share of observed pixels.
  private static let share = 0.05

  /// Compares both on a collection; nil if there are too few pictures.
  ///
  /// - Throws: errors of reading the pictures, or `LinearAlgebraError`.
  init?(training: any TrainingPictures, validation: any TrainingPictures, seed: UInt64) throws {
    let learned = Self.spread(training, most: Self.training)
    let restored = Self.spread(validation, most: Self.validation)
    guard learned.count >= Self.fewestTraining, restored.count >= Self.fewestValidation else {
      return nil
    }
    let prior = try SubspacePrior(
      training: learned, validation: restored, settings: SubspaceLearningSettings())
    let points = max(3, Int(Self.share * Double(training.size * training.size)))
    let errors = try WorkGroup.current.map(restored.count) { index -> (Double, Double) in
      let picture = Image(
        width: restored.size, height: restored.size, channels: restored.channels,
        values: try restored.values(at: index))
      let observations = RandomContext.observations(
        of: picture, imageIndex: index, count: points, seed: seed)
      let (width, height) = (picture.width, picture.height)
      let own = try prior.inpaint(observations, width: width, height: height).rendered
      let simple = try LinearInterpolation().inpaint(observations, width: width, height: height)
      return (
        Quality.meanSquaredError(own, picture), Quality.meanSquaredError(simple.image, picture)
      )
    }
    subspaceError = errors.reduce(0) { $0 + $1.0 } / Double(errors.count)
    interpolationError = errors.reduce(0) { $0 + $1.1 } / Double(errors.count)
  }

  /// At most so many pictures, from all of a collection.
  private static func spread(_ all: any TrainingPictures, most: Int) -> SelectedPictures {
    let count = min(most, all.count)
    return SelectedPictures(all, (0..<count).map { $0 * all.count / count })
  }
}
