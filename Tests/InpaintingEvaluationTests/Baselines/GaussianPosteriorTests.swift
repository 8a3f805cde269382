import InpaintingEvaluation
import Interpolation
import Numerics
import Signals
import TestSupport
import Testing

@Suite("Mean picture and Gaussian posterior")
struct GaussianPosteriorTests {
  private let shape = PictureShape(width: 4, height: 3, channels: 2)

  /// Pictures that vary in three ways, with a little noise.
  private func pictures(_ count: Int, seed: UInt64, noise: Double = 0.02) -> [[Float]] {
    var directions = Xoshiro256(seed: 77)
    let ways = (0..<3).map { _ in (0..<24).map { _ in 0.08 * directions.normal() } }
    var generator = Xoshiro256(seed: seed)
    return (0..<count).map { _ in
      let amounts = (0..<3).map { _ in generator.normal() }
      return (0..<24).map { value in
        let sum = (0..<3).reduce(0.5) { $0 + amounts[$1] * ways[$1][value] }
        return Float(min(max(sum + noise * generator.normal(), 0), 1))
      }
    }
  }

  private func image(_ values: [Float]) -> Image {
    Image(width: shape.width, height: shape.height, channels: shape.channels, values: values)
  }

  private func observations(of values: [Float], pixels: [Int]) -> PixelObservations {
    PixelObservations(
      channels: 2, positions: pixels.flatMap { [Float($0 / 4), Float($0 % 4)] },
      values: pixels.flatMap { [values[2 * $0], values[2 * $0 + 1]] })
  }

  @Test("The mean picture with pasted observations is right")
  func mean() throws {
    let mean = try MeanPicture(
      shape: PictureShape(width: 2, height: 1, channels: 1), pictureCount: 2
    ) { $0 == 0 ? [0.25, 0.5] : [0.75, 1] }
    #expect(mean.image.values == [0.5, 0.75])
    let result = try mean.inpaint(
      PixelObservations(channels: 1, positions: [0, 1], values: [0.1]), width: 2, height: 1)
    #expect(result.image.values == [0.5, 0.1])
  }

  @Test("The posterior equals the formula in double precision")
  func formula() throws {
    let training = pictures(300, seed: 1)
    let regularization = GaussianRegularization(noise: 1e-3, shrinkage: 0.1)
    let model = try GaussianPosterior(
      shape: shape, pictureCount: 300, regularization: regularization
    ) { training[$0] }
    let truth = pictures(1, seed: 2)[0]
    let pixels = [1, 6, 10]
    let result = try model.inpaint(
      observations(of: truth, pixels: pixels), width: 4, height: 3)

    let mean = (0..<24).map { value in training.reduce(0.0) { $0 + Double($1[value]) } / 300 }
    var covariance = DoubleMatrix(rows: 24, columns: 24)
    for a in 0..<24 {
      for b in 0..<24 {
        let sum = training.reduce(0.0) {
          $0 + (Double($1[a]) - mean[a]) * (Double($1[b]) - mean[b])
        }
        covariance[a, b] = sum / 300 * (a == b ? 1 : 0.9)
      }
    }
    let known = pixels.flatMap { [2 * $0, 2 * $0 + 1] }
    var system = DoubleMatrix(rows: 6, columns: 6)
    for i in 0..<6 {
      for j in 0..<6 { system[i, j] = covariance[known[i], known[j]] + (i == j ? 1e-3 : 0) }
    }
    let variance = try #require(result.variance)
    for value in 0..<24 {
      if known.contains(value) {
        #expect(result.image.values[value] == truth[value])
        #expect(variance[value] == 0)
        continue
      }
      let cross = DoubleMatrix(
        rows: 6, columns: 1, values: known.map { covariance[value, $0] })
      let weights = try LinearAlgebra.solveGeneral(system, cross).values
      let expected = pairs(weights, known).reduce(mean[value]) {
        $0 + $1.0 * (Double(truth[$1.1]) - mean[$1.1])
      }
      let explained = pairs(weights, cross.values).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(Double(result.image.values[value]) - expected) < 1e-5)
      #expect(
        abs(Double(variance[value]) - (covariance[value, value] + 1e-3 - explained)) < 1e-6)
    }
  }

  @Test("Pictures with three degrees of freedom are determined by two pixels")
  func lowRank() throws {
    let training = pictures(200, seed: 3, noise: 0)
    let model = try GaussianPosterior(
      shape: shape, pictureCount: 200,
      regularization: GaussianRegularization(noise: 1e-7, shrinkage: 0)
    ) { training[$0] }
    let truth = pictures(5, seed: 4, noise: 0)
    for picture in truth {
      let result = try model.inpaint(
        observations(of: picture, pixels: [0, 11]), width: 4, height: 3)
      #expect(Quality.meanSquaredError(result.image, image(picture)) < 1e-4)
    }
  }

  @Test("Without observations the result is the mean and the variance of the pictures")
  func prior() throws {
    let training = pictures(50, seed: 5)
    let model = try GaussianPosterior(shape: shape, pictureCount: 50) { training[$0] }
    let mean = try MeanPicture(shape: shape, pictureCount: 50) { training[$0] }
    let empty = PixelObservations(channels: 2, positions: [], values: [])
    let result = try model.inpaint(empty, width: 4, height: 3)
    #expect(result.image == mean.image)
    #expect(result.variance?.allSatisfy { $0 > 1e-4 } == true)
  }

  @Test("Nine tenths of new values lie in the central 90% interval")
  func coverage() throws {
    let training = pictures(2_000, seed: 6)
    let model = try GaussianPosterior(
      shape: shape, pictureCount: 2_000,
      regularization: GaussianRegularization(noise: 1e-5, shrinkage: 0)
    ) { training[$0] }
    let table = try EvaluationTable(
      methods: [model], pictures: pictures(300, seed: 7).map(image), contextSizes: [3], seed: 1)
    let coverage = try #require(table.rows[0].calibration?.coverage90)
    #expect(coverage > 0.87 && coverage < 0.93)
  }

  @Test("Selecting the regularization takes the one with the lowest validation error")
  func selection() throws {
    let training = pictures(40, seed: 8)
    let validation = pictures(30, seed: 9).map(image)
    let model = try GaussianPosterior(shape: shape, pictureCount: 40) { training[$0] }
    let candidates = [
      GaussianRegularization(noise: 10, shrinkage: 0),
      GaussianRegularization(noise: 1e-3, shrinkage: 0),
      GaussianRegularization(noise: 1e-3, shrinkage: 1),
    ]
    let selected = try model.selectingRegularization(
      from: candidates, pictures: validation, contextSizes: [4], seed: 3)
    #expect(selected.regularization == candidates[1])
    let errors = try candidates.map { candidate in
      var trial = model
      trial.regularization = candidate
      return try EvaluationTable(
        methods: [trial], pictures: validation, contextSizes: [4], seed: 3
      ).rows[0].mse
    }
    #expect(errors[1] < errors[0] && errors[1] < errors[2])
  }

  @Test("Pictures of another shape, no pictures, and too many values are refused")
  func refused() throws {
    let training = pictures(5, seed: 10)
    let model = try GaussianPosterior(shape: shape, pictureCount: 5) { training[$0] }
    let given = observations(of: training[0], pixels: [0])
    let other = PictureShape(width: 4, height: 4, channels: 2)
    #expect(
      throws: InpaintingMethodError.shape(method: "gaussian", expected: shape, actual: other)
    ) { try model.inpaint(given, width: 4, height: 4) }
    #expect(throws: InpaintingMethodError.noPictures(method: "gaussian")) {
      try GaussianPosterior(shape: shape, pictureCount: 0) { training[$0] }
    }
    #expect(throws: InpaintingMethodError.noPictures(method: "mean")) {
      try MeanPicture(shape: shape, pictureCount: 0) { training[$0] }
    }
    let large = PictureShape(width: 65, height: 64, channels: 3)
    #expect(
      throws: InpaintingMethodError.tooLarge(
        method: "gaussian", shape: large, limit: "at most 12288 values")
    ) { try GaussianPosterior(shape: large, pictureCount: 1) { _ in [] } }
  }
}
