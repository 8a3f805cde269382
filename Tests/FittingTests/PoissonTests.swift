import DifferentiableCore
import Fields
import Fitting
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite struct PoissonTests {
  private let image = Image.pattern(width: 13, height: 9, channels: 2)

  /// Smooth, so that a small network can follow it.
  private func hills(_ width: Int, _ height: Int) -> Image {
    var image = Image(width: width, height: height, channels: 1)
    for row in 0..<height {
      for column in 0..<width {
        image[row, column, 0] = Float(
          0.5 + 0.25 * sin(0.3 * Double(row)) + 0.2 * cos(0.25 * Double(column) + 0.5))
      }
    }
    return image
  }

  @Test func classicalSolutionsAreExact() {
    for source in PoissonProblem.Source.allCases {
      let solution = PoissonProblem(image, from: source).classicalSolution
      expectClose(actual: solution, expected: image, absolute: 2e-4, "\(source)")
    }
    let gradient = PictureGradient(of: image)
    expectClose(actual: gradient.divergence, expected: image.laplacian(), absolute: 1e-5)
    let solved = ClassicalPoisson.solve(gradient: gradient)
    expectClose(
      actual: PictureGradient(of: solved).down, expected: gradient.down, absolute: 1e-5)
  }

  @Test func cloningAPictureIntoItselfChangesNothing() {
    let mask = (0..<image.pixelCount).map { $0 % 13 > 2 && $0 / 13 > 1 }
    let problem = BlendProblem(background: image, cloning: image, where: mask)
    expectClose(actual: problem.classicalSolution, expected: image, absolute: 1e-5)
    expectClose(actual: problem.gradientError(of: image), expected: 0, absolute: 1e-7)
    let half = BlendProblem(image, image, share: 0.5)
    expectClose(actual: half.classicalSolution, expected: image, absolute: 1e-5)
  }

  /// The gradient of each condition's loss against central differences of it; the variational one
  /// follows another functional by design.
  @Test func gradientsOfConditionsAreRight() {
    let grey = hills(7, 6)
    let (y, x) = grey.sobel()
    let mask = (0..<42).map { $0 % 3 == 0 }
    let terms: [GridTerm] = [
      .sobel(y: y, x: x), .gradient(PictureGradient(of: grey)), .values(grey, where: mask),
    ]
    var random = Xoshiro256(seed: 8)
    let field = Siren(
      SirenArchitecture(hiddenWidth: 6, hiddenLayers: 1, omegaFirst: 6, omegaHidden: 6),
      random: &random)
    for (index, term) in terms.enumerated() {
      let objective = GridObjective(height: 6, width: 7, channels: 1, [(term, 2)])
      for batch in [PointBatch(), PointBatch(size: 20, seed: 1, step: 3)] {
        let gradient = objective.lossGradient(of: field, batch).gradient
        let direction = gradient.map { _ in random.uniform(in: -1...1) }
        let moved = { (step: Float) -> Double in
          var field = field
          for position in direction.indices {
            field.parameters.values[position] += step * direction[position]
          }
          return objective.lossGradient(of: field, batch).loss
        }
        let expected = (moved(2e-3) - moved(-2e-3)) / 4e-3
        let found = pairs(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        expectClose(actual: found, expected: expected, absolute: 1e-4, relative: 2e-2, "\(index)")
        #expect(abs(expected) > 1e-2, "too flat to compare")
      }
    }
  }

  @Test(arguments: PoissonProblem.Source.allCases)
  func theFieldComesCloseToThePicture(source: PoissonProblem.Source) throws {
    let truth = hills(16, 12)
    for formulation in [PoissonProblem.Formulation.standard, .derivative] {
      let problem = PoissonProblem(truth, from: source, formulation)
      var fit = FieldFit(
        problem.objective,
        SirenArchitecture(hiddenWidth: 32, hiddenLayers: 1, omegaFirst: 10, omegaHidden: 10),
        .standard, seed: 1)
      for step in 0..<400 { try fit.advance(progress: Double(step) / 400) }
      let found = FieldRenderer.unclippedImage(of: problem.restored(fit.field), like: truth)
      let quality = PoissonQuality(of: found, comparedWith: truth)
      #expect(quality.image.psnr > 20, "\(source) \(formulation) \(quality)")
      let mean = { (image: Image) in
        image.values.reduce(0.0) { $0 + Double($1) } / Double(image.values.count)
      }
      expectClose(actual: mean(found), expected: mean(truth), absolute: 1e-4)
    }
  }

  @Test func theNotebookScaleIsRestoredFromTheRange() throws {
    let truth = hills(16, 12)
    let problem = PoissonProblem(truth, from: .gradient, .notebook)
    var fit = FieldFit(
      problem.objective, SirenArchitecture(hiddenWidth: 16, hiddenLayers: 1), .notebook, seed: 1)
    for _ in 0..<20 { try fit.advance(progress: 0) }
    let found = FieldRenderer.unclippedImage(of: problem.restored(fit.field), like: truth).values
    let range = { (values: [Float]) in (values.max() ?? 0) - (values.min() ?? 0) }
    expectClose(actual: range(found), expected: range(truth.values), absolute: 1e-4)
  }
}
