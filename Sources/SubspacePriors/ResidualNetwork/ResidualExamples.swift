import Foundation
import ImagePriors
import Numerics
import Signals

/// What a residual network learns from.
///
/// Of a picture that made a covariance the Gaussian posterior errs less than of a new one, so each half
/// of the collection is restored by what was learned from the other half.
package struct ResidualExamples: Sendable {
  let pictures: any TrainingPictures
  let items: [ResidualExample]

  /// Pictures that share a mask: what the mask costs is most of an example's cost.
  private static let picturesAMask = 8
  /// One in so many masks is a block, strokes or a half; the others are random pixels.
  private static let holeEvery = 8
  /// Examples are as many as fit into so many bytes, and at most so many a picture.
  private static let memory = 640 << 20
  private static let mostOfAPicture = 20
  /// A short run has so many, and a longer one enough for this many looks at each.
  private static let usual = 40_000
  private static let looksAtEach = 16

  private static func count(_ pictures: any TrainingPictures, looks: Int) -> Int {
    // One a value, one a value of the neighbours, and less than one a pixel for what examples of a mask share.
    let side = NeighbourGrid(size: pictures.size).side
    let bytes =
      pictures.size * pictures.size * (pictures.channels + 1) + side * side * pictures.channels
    return max(
      2 * picturesAMask,
      min(
        max(usual, looks / looksAtEach), mostOfAPicture * pictures.count, memory / max(1, bytes)))
  }

  /// Restores pictures from masks of many kinds and sizes.
  ///
  /// - Parameters:
  ///   - pictures: the training pictures, at least 4.
  ///   - settings: how the halves' priors are learned.
  ///   - neighbourhood: how many neighbours make the picture that is shown, one of
  ///     ``neighbourhoods(_:settings:)``; nil for none.
  ///   - looks: about how many examples the training will take in all, repeated ones too.
  ///   - progress: told the fraction that is done, 0...1.
  init(
    _ pictures: any TrainingPictures, settings: SubspaceLearningSettings, neighbourhood: Double?,
    looks: Int, progress: (Double) throws -> Void
  ) throws {
    self.pictures = pictures
    var random = Xoshiro256(seed: settings.seed, 12)
    let order = random.permutation(of: pictures.count)
    let halves = [Array(order[..<(order.count / 2)]), Array(order[(order.count / 2)...])]
    let masks = Self.count(pictures, looks: looks) / Self.picturesAMask
    var found: [ResidualExample] = []
    for (number, own) in halves.enumerated() {
      let others = halves[1 - number]
      let prior = try SubspacePrior.gaussian(
        training: SelectedPictures(pictures, others),
        validationPictures: SelectedPictures(pictures, own),
        settings: settings, progress: { try progress((Double(number) + 0.1 * $0) / 2) })
      let (grid, codes) = (ResidualGrid(prior), prior.trainingCodes)
      let half = masks / 2
      // In groups, so that progress is told and an interruption noticed.
      let group = 32
      for start in stride(from: 0, to: half, by: group) {
        let parts = try Parallel.map(min(group, half - start)) { offset in
          try Self.examples(
            prior, grid, codes, pictures, own, mask: number * half + start + offset, settings,
            neighbourhood)
        }
        found += parts.flatMap { $0 }
        let done = 0.1 + 0.9 * Double(start + parts.count) / Double(half)
        try progress((Double(number) + done) / 2)
      }
    }
    items = found
  }

  /// The neighbourhoods that may be shown: those that each half's prior has, and so the whole collection's has
  /// too, up to the largest that is worth its time.
  static func neighbourhoods(
    _ pictures: any TrainingPictures, settings: SubspaceLearningSettings
  ) -> [Double] {
    settings.scope == .window
      ? []
      : SubspacePrior.neighbourhoods(
        codes: min(settings.codes, pictures.count / 2), mirrors: settings.mirrors
      ).filter { $0 <= mostNeighbours }
  }

  /// A network that is shown what 1,000 neighbours make, where they make the best of it, learns no more in 3,000
  /// updates (measured on faces: .955 .853 .804 of the formula's error against .956 .853 .809).
  private static let mostNeighbours = 400.0

  /// The examples of one mask.
  private static func examples(
    _ prior: SubspacePrior, _ grid: ResidualGrid, _ codes: TrainingCodes,
    _ pictures: any TrainingPictures, _ own: [Int], mask number: Int,
    _ settings: SubspaceLearningSettings, _ neighbourhood: Double?
  ) throws -> [ResidualExample] {
    var random = Xoshiro256(seed: settings.seed, 13, UInt64(number))
    let context = try ResidualContext(
      prior, grid, Self.mask(prior, number: number, random: &random),
      neighbourhood: neighbourhood, codes: codes)
    let chosen = (0..<picturesAMask).map { _ in
      (
        picture: own[random.uniform(below: own.count)],
        isMirrored: settings.mirrors && random.uniform(below: 2) == 1
      )
    }
    return try examples(context, pictures, chosen)
  }

  /// Restores pictures, or their mirrored copies, side by side.
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

  /// A mask to learn from: random pixels, from half a percent to nearly all of them, the logarithm
  /// uniform, or a hole of any kind around which up to as many were observed.
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
    // More points than functions could not share their work.
    let seen = mask.observed.indices.filter { mask.observed[$0] }
    let dropped = max(0, seen.count - prior.basis.count)
    for place in random.sample(dropped, of: seen.count) { mask.observed[seen[place]] = false }
    return mask
  }

  /// Examples from what is there.
  private init(_ pictures: any TrainingPictures, items: [ResidualExample]) {
    self.pictures = pictures
    self.items = items
  }

  /// Restored by the whole collection's prior: what validation pictures a network.
  ///
  /// - Parameters:
  ///   - count: random pixels of each picture that are observed.
  ///   - limit: the most pictures.
  ///   - neighbourhood: how many neighbours make the picture that is shown; nil for none.
  package static func validationPictures(
    _ prior: SubspacePrior, _ grid: ResidualGrid, _ pictures: any TrainingPictures, count: Int,
    limit: Int, neighbourhood: Double?, seed: UInt64
  ) throws -> ResidualExamples {
    let number = min(limit, pictures.count)
    let (group, codes) = (picturesAMask, prior.trainingCodes)
    let parts = try Parallel.map((number + group - 1) / group) { part in
      var random = Xoshiro256(seed: seed, 14, UInt64(count), UInt64(part))
      let context = try ResidualContext(
        prior, grid,
        .random(
          width: pictures.size, height: pictures.size, keeping: count, seed: random.next()),
        neighbourhood: neighbourhood, codes: codes)
      return try Self.examples(
        context, pictures,
        (part * group..<min(number, (part + 1) * group)).map { (picture: $0, isMirrored: false) })
    }
    return ResidualExamples(pictures, items: parts.flatMap { $0 })
  }
}

/// Some of the pictures of a collection.
struct SelectedPictures: TrainingPictures {
  private let whole: any TrainingPictures
  private let indices: [Int]

  init(_ whole: any TrainingPictures, _ indices: [Int]) {
    self.whole = whole
    self.indices = indices
  }

  var count: Int { indices.count }
  var size: Int { whole.size }
  var channels: Int { whole.channels }
  func values(at index: Int) throws -> [Float] { try whole.values(at: indices[index]) }
}
