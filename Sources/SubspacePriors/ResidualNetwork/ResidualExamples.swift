import Foundation
import ImagePriors
import Numerics
import Signals

/// The examples that a residual network learns from.
///
/// A Gaussian posterior errs less on pictures that it was learned from than on new ones, so each half of the
/// collection is restored by a prior that was learned from the other half.
package struct ResidualExamples: Sendable {
  let pictures: any TrainingPictures
  let items: [ResidualExample]

  /// Pictures that share a mask, since the mask takes most of an example's time.
  private static let picturesPerMask = 8
  /// One mask out of this many is of another kind than random pixels; see `MaskKind`.
  private static let holeEvery = 8
  /// The most bytes that the examples take, and the most examples per picture.
  private static let memory = 640 << 20
  private static let mostPerPicture = 20
  /// The number of examples of a short run; a longer run has one for this many uses.
  private static let usual = 40_000
  private static let usesPerExample = 16

  private static func count(_ pictures: any TrainingPictures, uses: Int) -> Int {
    // One byte per value, one per value of the neighbours, and less than one per pixel for what the examples
    // of a mask share.
    let side = NeighbourGrid(size: pictures.size).side
    let bytes =
      pictures.size * pictures.size * (pictures.channels + 1) + side * side * pictures.channels
    return max(
      2 * picturesPerMask,
      min(
        max(usual, uses / usesPerExample), mostPerPicture * pictures.count,
        memory / max(1, bytes)))
  }

  /// Makes examples by restoring pictures from masks of many kinds and sizes.
  ///
  /// - Parameters:
  ///   - pictures: the training pictures, at least 4.
  ///   - settings: how the priors of the halves are learned.
  ///   - neighbourhood: effective number of neighbours whose picture is shown, one of
  ///     ``neighbourhoods(_:settings:)``; nil for none.
  ///   - uses: about how many examples the training takes in all, each counted as often as it is used.
  ///   - progress: called with the fraction that is done, 0...1.
  /// - Throws: `PriorError`, `LinearAlgebraError`, or what `pictures` or `progress` throws.
  init(
    _ pictures: any TrainingPictures, settings: SubspaceLearningSettings, neighbourhood: Double?,
    uses: Int, progress: (Double) throws -> Void
  ) throws {
    self.pictures = pictures
    var random = Xoshiro256(seed: settings.seed, .residualHalves)
    let order = random.permutation(of: pictures.count)
    let halves = [Array(order[..<(order.count / 2)]), Array(order[(order.count / 2)...])]
    let masks = Self.count(pictures, uses: uses) / Self.picturesPerMask
    var found: [ResidualExample] = []
    for (number, own) in halves.enumerated() {
      let others = halves[1 - number]
      let prior = try SubspacePrior.gaussian(
        training: SelectedPictures(pictures, others),
        validationPictures: SelectedPictures(pictures, own),
        settings: settings, progress: { try progress((Double(number) + 0.1 * $0) / 2) })
      let (grid, codes) = (ResidualGrid(prior), prior.trainingCodes)
      let half = masks / 2
      // In groups, so that progress is reported and an interruption noticed.
      let members = WorkGroup.current
      let group = 32 * members.count
      for start in stride(from: 0, to: half, by: group) {
        let parts = try members.map(min(group, half - start)) { offset in
          ResidualExampleSet(
            items: try Self.examples(
              prior, grid, codes, pictures, own, mask: number * half + start + offset, settings,
              neighbourhood))
        }
        found += parts.flatMap(\.items)
        let done = 0.1 + 0.9 * Double(start + parts.count) / Double(half)
        try progress((Double(number) + done) / 2)
      }
    }
    items = found
  }

  /// The neighbourhoods that may be shown: those that the priors of both halves have, so that the whole
  /// collection's has them too, up to the largest that is worth its time.
  static func neighbourhoods(
    _ pictures: any TrainingPictures, settings: SubspaceLearningSettings
  ) -> [Double] {
    settings.scope == .window
      ? []
      : SubspacePrior.neighbourhoods(
        codes: min(settings.codes, pictures.count / 2), mirrors: settings.mirrors
      ).filter { $0 <= mostNeighbours }
  }

  /// The largest neighbourhood that is shown.
  ///
  /// A larger one gains nothing: with 1,000 neighbours, the best by themselves, 3,000 updates gave errors of
  /// .955, .853 and .804 of the formula's, and with 400 .956, .853 and .809 (measured on faces).
  private static let mostNeighbours = 400.0

  /// The examples of one mask.
  private static func examples(
    _ prior: SubspacePrior, _ grid: ResidualGrid, _ codes: TrainingCodes,
    _ pictures: any TrainingPictures, _ own: [Int], mask number: Int,
    _ settings: SubspaceLearningSettings, _ neighbourhood: Double?
  ) throws -> [ResidualExample] {
    var random = Xoshiro256(seed: settings.seed, .residualMasks, UInt64(number))
    let context = try ResidualContext(
      prior, grid, Self.mask(prior, number: number, random: &random),
      neighbourhood: neighbourhood, codes: codes)
    let chosen = (0..<picturesPerMask).map { _ in
      (
        picture: own[random.uniform(below: own.count)],
        isMirrored: settings.mirrors && random.uniform(below: 2) == 1
      )
    }
    return try examples(context, pictures, chosen)
  }

  /// The examples of some pictures, or of their mirrored copies.
  private static func examples(
    _ context: ResidualContext, _ pictures: any TrainingPictures,
    _ chosen: [(picture: Int, isMirrored: Bool)]
  ) throws -> [ResidualExample] {
    let truths = try chosen.map { picture, isMirrored in
      let values = try pictures.values(at: picture)
      return isMirrored ? values.mirrored(size: pictures.size) : values
    }
    let inputs = try context.inputs(of: truths)
    guard let first = inputs.first else { return [] }
    let shared = ResidualExample.Shared(first)
    return chosen.indices.map { index in
      ResidualExample(
        picture: chosen[index].picture, isMirrored: chosen[index].isMirrored, inputs[index],
        shared: shared, truth: truths[index])
    }
  }

  /// A mask to learn from: random pixels, from half a percent to nearly all of them with a log-uniform share,
  /// or one of another kind, in which at most as many pixels are observed as the prior has functions.
  private static func mask(
    _ prior: SubspacePrior, number: Int, random: inout Xoshiro256
  ) -> PixelMask {
    let size = prior.imageSize
    let pixels = size * size
    let fraction = 0.005 * pow(190, random.uniform())
    let count = min(max(1, Int(fraction * Double(pixels))), prior.basis.count)
    guard number % holeEvery == 0 else {
      return .random(width: size, height: size, keeping: count, seed: random.next())
    }
    let kinds = MaskKind.allCases.filter { $0 != .random }
    let kind = kinds[number / holeEvery % kinds.count]
    var mask = kind.mask(
      width: size, height: size, keeping: pixels / 4 + random.uniform(below: pixels / 2 + 1),
      seed: random.next())
    // Points beyond the number of functions would be condensed, and then pictures could not share a mask.
    let seen = mask.observed.indices.filter { mask.observed[$0] }
    let dropped = max(0, seen.count - prior.basis.count)
    for place in random.sample(dropped, of: seen.count) { mask.observed[seen[place]] = false }
    return mask
  }

  /// Examples from their parts.
  private init(_ pictures: any TrainingPictures, items: [ResidualExample]) {
    self.pictures = pictures
    self.items = items
  }

  /// The examples that networks are validated with: held-out pictures restored by the whole collection's
  /// prior.
  ///
  /// - Parameters:
  ///   - prior: that of the whole collection.
  ///   - grid: that of the prior.
  ///   - pictures: held out.
  ///   - count: observed random pixels of each picture.
  ///   - limit: the most pictures.
  ///   - neighbourhood: effective number of neighbours whose picture is shown; nil for none.
  ///   - seed: decides the masks.
  /// - Throws: `LinearAlgebraError`, or what `pictures` throws.
  package static func validationPictures(
    _ prior: SubspacePrior, _ grid: ResidualGrid, _ pictures: any TrainingPictures, count: Int,
    limit: Int, neighbourhood: Double?, seed: UInt64
  ) throws -> ResidualExamples {
    let number = min(limit, pictures.count)
    let (group, codes) = (picturesPerMask, prior.trainingCodes)
    let parts = try WorkGroup.current.map((number + group - 1) / group) { part in
      var random = Xoshiro256(
        seed: seed, .residualValidation, UInt64(count), UInt64(part))
      let context = try ResidualContext(
        prior, grid,
        .random(
          width: pictures.size, height: pictures.size, keeping: count, seed: random.next()),
        neighbourhood: neighbourhood, codes: codes)
      return ResidualExampleSet(
        items: try Self.examples(
          context, pictures,
          (part * group..<min(number, (part + 1) * group)).map { (picture: $0, isMirrored: false) })
      )
    }
    return ResidualExamples(pictures, items: parts.flatMap(\.items))
  }

  /// The network's inputs for an example, and the true picture.
  ///
  /// - Throws: what reading the picture throws.
  func shown(_ index: Int, isMirrored: Bool) throws -> (inputs: ResidualInputs, truth: [Float]) {
    let item = items[index]
    let values = try pictures.values(at: item.picture)
    let truth = item.isMirrored ? values.mirrored(size: pictures.size) : values
    let inputs = item.inputs(truth: truth)
    return isMirrored
      ? (inputs.mirrored(size: pictures.size), truth.mirrored(size: pictures.size))
      : (inputs, truth)
  }
}
