import ImagePriors
import Interpolation
import Numerics
import Signals

/// A comparison of methods on the same pictures with the same observations.
///
/// ```swift
/// let table = try EvaluationTable(
///   methods: [NearestNeighbour(), LinearInterpolation()], pictures: test,
///   contextSizes: [10, 100, 1_000], seed: 1)
/// for row in table.rows { print(row.method, row.points, row.mse) }
/// ```
public struct EvaluationTable: Sendable {
  /// One row per context size and method: by context size, then in the order of the methods.
  ///
  /// A method with pasted pictures has a second row, `NAME+pasted`.
  public let rows: [EvaluationRow]
  /// The results that each row averages: in the order of the rows, then of the pictures.
  public let perImage: [ImageEvaluation]

  /// Runs every method on every picture at every context size.
  ///
  /// Pictures are evaluated in parallel and averaged in their order, so that everything except `seconds`
  /// is reproducible.
  ///
  /// - Parameters:
  ///   - methods: the methods, with distinct names.
  ///   - pictures: the true pictures, values in 0...1, at least one.
  ///   - contextSizes: the numbers of observed pixels, each at least 1; a larger number than a picture
  ///     has means all pixels.
  ///   - fractions: for pictures of different sizes the fractions of their pixels to which the context sizes belong;
  ///     a context size is then a label alone.
  ///   - seed: the seed of the random contexts, see `RandomContext`.
  ///   - kind: the shape of the hidden part of a picture.
  ///   - progress: called after each method at each size with the completed number and the total.
  /// - Throws: the first error of a method in the order of the rows.
  public init(
    methods: [any InpaintingMethod], pictures: [Image], contextSizes: [Int],
    fractions: [SampleFraction]? = nil, seed: UInt64,
    kind: MaskKind = .random, progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    precondition(
      !pictures.isEmpty && contextSizes.allSatisfy { $0 >= 1 },
      "pictures and positive context sizes are needed, got \(pictures.count) and \(contextSizes)")
    var rows: [EvaluationRow] = []
    var perImage: [ImageEvaluation] = []
    var done = 0
    for (number, points) in contextSizes.enumerated() {
      let own: @Sendable (Image) -> Int = { picture in
        fractions.map { $0[number].count(ofPixels: picture.pixelCount) } ?? points
      }
      for method in methods {
        let results = try WorkGroup.current.mapOneByOne(pictures.count) { index in
          let mask = RandomContext.mask(
            for: pictures[index], imageIndex: index, count: own(pictures[index]), seed: seed,
            kind: kind)
          return try Self.evaluate(method, on: pictures[index], index: index, points: points, mask)
        }
        for variant in results[0].indices {
          let own = results.map { $0[variant] }
          rows.append(Self.average(own, method: own[0].method, points: points))
          perImage += own
        }
        done += 1
        progress(done, contextSizes.count * methods.count)
      }
    }
    self.rows = rows
    self.perImage = perImage
  }

  private static func evaluate(
    _ method: any InpaintingMethod, on truth: Image, index: Int, points: Int, _ mask: PixelMask
  ) throws -> [ImageEvaluation] {
    let observations = mask.observations(of: truth)
    let clock = ContinuousClock()
    let start = clock.now
    let result = try method.inpaint(observations, width: truth.width, height: truth.height)
    let seconds = (clock.now - start) / .seconds(1)
    let missing = mask.missing
    let hasMissing = missing.contains(true)
    let evaluate = { (name: String, image: Image) in
      ImageEvaluation(
        method: name, points: points, observed: mask.observedCount, image: index,
        mse: Quality.meanSquaredError(image, truth, where: nil),
        mseUnobserved: hasMissing ? Quality.meanSquaredError(image, truth, where: missing) : nil,
        ssim: Quality.structuralSimilarity(image, truth),
        calibration: result.variance.flatMap {
          Calibration(of: image, variance: $0, truth: truth, where: missing)
        },
        seconds: seconds)
    }
    return [evaluate(method.name, result.image)]
      + (result.pasted.map { [evaluate(method.name + "+pasted", $0)] } ?? [])
  }

  private static func average(
    _ results: [ImageEvaluation], method: String, points: Int
  ) -> EvaluationRow {
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    let mse = mean(results.map(\.mse)) ?? 0
    return EvaluationRow(
      method: method, points: points, observed: mean(results.map { Double($0.observed) }),
      images: results.count, mse: mse,
      mseUnobserved: mean(results.compactMap(\.mseUnobserved)),
      psnr: mse > 0 ? Quality.peakSignalToNoise(meanSquaredError: mse) : nil,
      meanPSNR: results.allSatisfy { $0.mse > 0 }
        ? mean(results.map { Quality.peakSignalToNoise(meanSquaredError: $0.mse) }) : nil,
      ssim: mean(results.compactMap(\.ssim)),
      calibration: Calibration.mean(results.compactMap(\.calibration)),
      seconds: mean(results.map(\.seconds)) ?? 0)
  }
}
