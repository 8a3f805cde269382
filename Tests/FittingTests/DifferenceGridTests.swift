import CKernels
import DifferentiableCore
import Fields
import Fitting
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite("Fits of grids to differences") struct DifferenceGridTests {
  static let levels = Array(0...Int(ck_instruction_level()))

  /// Waves of about twelve pixels, slower than a cell along one axis.
  static func waves(_ width: Int, _ height: Int, channels: Int = 1) -> Image {
    var image = Image(width: width, height: height, channels: channels)
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<channels {
          let (y, x) = (Double(row), Double(column))
          image[row, column, channel] = Float(
            0.5 + 0.2 * sin(0.5 * x + 0.3 * y + Double(channel)) + 0.25 * sin(0.04 * x - 0.03 * y))
        }
      }
    }
    return image
  }

  static func networkValues(_ image: Image) -> Image {
    var result = image
    for index in result.values.indices { result.values[index] = 2 * result.values[index] - 1 }
    return result
  }

  /// The loss of a network on one window that is a whole picture, and its derivative, as the kernel finds them.
  ///
  /// With an epsilon far above every derivative, a step of Adam is the derivative times rate / epsilon.
  private func kernel(
    _ siren: Siren, _ samples: CellDifferences, level: Int
  ) throws -> (loss: Double, gradient: [Float]) {
    let shape = siren.architecture
    let fused = try #require(
      FusedField(
        coordinates: 2, widths: shape.layers.map(\.outputs), omegas: shape.layers.map(\.omega),
        level: level))
    var (parameters, first) = (
      siren.parameters.values, siren.parameters.values.map { _ in Float(0) }
    )
    var second = first
    let updates = AdamSchedule(
      beta1: 0, beta2: 0, epsilon: 1e6, updatesBefore: 0, learningRates: [1e6])
    let loss = parameters.withUnsafeMutableBufferPointer { p in
      first.withUnsafeMutableBufferPointer { m in
        second.withUnsafeMutableBufferPointer { v -> Double in
          guard let p = p.baseAddress, let m = m.baseAddress, let v = v.baseAddress else {
            return .nan
          }
          return fused.descend(p, m, v, at: 0, on: samples, firstUpdate: 0, updates: updates)
        }
      }
    }
    return (loss, zip(siren.parameters.values, parameters).map { $0 - $1 })
  }

  /// What a kernel's case learns from, as pictures of network values.
  private struct Case {
    let width = 11
    let height = 7
    let channels = 3
    let kind: CellDifferences.Kind
    let siren: Siren
    let truth: Image
    /// Other than the truth, so that values and differences disagree.
    let values: Image

    init(_ kind: CellDifferences.Kind) {
      self.kind = kind
      truth = DifferenceGridTests.networkValues(
        DifferenceGridTests.waves(width, height, channels: channels))
      values = DifferenceGridTests.networkValues(
        DifferenceGridTests.waves(width + 5, height, channels: channels)
      )
      .resized(width: width, height: height)
      var random = Xoshiro256(seed: 4)
      siren = Siren(
        SirenArchitecture(
          hiddenWidth: 9, hiddenLayers: 1, outputs: channels, omegaFirst: 6, omegaHidden: 6),
        random: &random)
    }

    /// The targets of the differences, without the factor that is compared.
    func differences(of image: Image) -> (down: Image, right: Image?) {
      switch kind {
      case .sobel:
        let (y, x) = image.sobel()
        return (y, x)
      case .neighbours:
        let gradient = PictureGradient(of: image)
        return (gradient.down, gradient.right)
      case .laplacian: return (image.laplacian(), nil)
      }
    }

    func samples(valueWeight: Float) -> CellDifferences {
      let (down, right) = differences(of: truth)
      return CellDifferences(
        kind, coordinates: CoordinateGrid.points(height: height, width: width),
        down: down.values, right: right?.values ?? [], values: values.values,
        valueWeight: valueWeight,
        windows: [
          .init(rows: height, columns: width, innerRows: 0..<height, innerColumns: 0..<width)
        ])
    }

    /// The loss by the filters of whole pictures.
    func loss(_ siren: Siren, valueWeight: Double) -> Double {
      var found = truth
      found.values =
        siren.evaluate(
          at: CoordinateGrid.points(height: height, width: width), derivatives: .none
        ).value
      let (own, target) = (differences(of: found), differences(of: truth))
      let factor = kind == .sobel ? 1.0 / 64 : kind == .laplacian ? 1.0 / 16 : 1
      var sum = factor * Quality.meanSquaredError(own.down.values, target.down.values)
      if let a = own.right, let b = target.right {
        sum += factor * Quality.meanSquaredError(a.values, b.values)
      }
      return sum + valueWeight * Quality.meanSquaredError(found.values, values.values)
    }
  }

  @Test(
    "The kernel's loss is that of whole pictures, and its derivative follows central differences",
    arguments: levels, CellDifferences.Kind.allCases)
  func kernel(level: Int, kind: CellDifferences.Kind) throws {
    let own = Case(kind)
    var random = Xoshiro256(seed: 5)
    for valueWeight in [0.0, 0.7] {
      let (loss, gradient) = try kernel(
        own.siren, own.samples(valueWeight: Float(valueWeight)), level: level)
      expectClose(
        actual: loss, expected: own.loss(own.siren, valueWeight: valueWeight), absolute: 1e-6,
        relative: 1e-5)
      let direction = gradient.map { _ in random.uniform(in: -1...1) }
      let moved = { (step: Float) -> Double in
        var siren = own.siren
        for position in direction.indices {
          siren.parameters.values[position] += step * direction[position]
        }
        return own.loss(siren, valueWeight: valueWeight)
      }
      let expected = (moved(2e-3) - moved(-2e-3)) / 4e-3
      let found = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      expectClose(actual: found, expected: expected, absolute: 1e-4, relative: 1e-2)
      #expect(abs(expected) > 1e-3, "too flat to compare")
    }
  }

  @Test(
    "The derivative is that of the whole picture's objective", arguments: levels,
    [CellDifferences.Kind.sobel, .neighbours])
  func objective(level: Int, kind: CellDifferences.Kind) throws {
    let own = Case(kind)
    let (y, x) = own.truth.sobel()
    let term: GridTerm =
      kind == .sobel ? .sobel(y: y, x: x) : .gradient(PictureGradient(of: own.truth))
    let everywhere = [Bool](repeating: true, count: own.width * own.height)
    let expected = GridObjective(
      height: own.height, width: own.width, channels: own.channels,
      [(term, 1), (.values(own.values, where: everywhere), 0.5)]
    ).lossGradient(of: own.siren, PointBatch())
    let found = try kernel(own.siren, own.samples(valueWeight: 0.5), level: level)
    expectClose(actual: found.loss, expected: expected.loss, absolute: 1e-6, relative: 1e-5)
    expectClose(
      actual: found.gradient, expected: expected.gradient, absolute: 2e-6, relative: 2e-3)
  }

  @Test("Windows cover each difference of a picture, and those of a cell once")
  func windows() throws {
    let problem = PoissonProblem(Self.waves(100, 70, channels: 2), from: .laplacian)
    let differences = try #require(problem.gridDifferences)
    let grid = GridShape.standard(for: FittedSignal(problem.truth)).grid(over: [70, 100])
    let sampler = DifferenceSampler(
      differences: differences, grid: grid, batch: 289, valueWeight: 1)
    var seen = [Int](repeating: 0, count: 70 * 100)
    for cell in 0..<grid.count {
      var own = [Int](repeating: 0, count: seen.count)
      let samples = sampler.samples(of: cell)
      let support = grid.support(of: cell)
      var start = 0
      for window in samples.windows {
        for row in window.innerRows {
          for column in window.innerColumns {
            let point = start + row * window.columns + column
            // The sample's place by its coordinates, which are local to the cell.
            let place = zip(grid.axes, grid.indices(of: cell)).enumerated().map { axis, own in
              Int(
                (own.0.middle(of: own.1)
                  + Double(samples.coordinates[2 * point + axis]) * own.0.length / 2).rounded())
            }
            #expect(support[0].contains(place[0]) && support[1].contains(place[1]))
            own[place[0] * 100 + place[1]] += 1
            let pixel = (place[0] * 100 + place[1]) * 2
            #expect(samples.values[2 * point] == differences.values.values[pixel])
            #expect(samples.down[2 * point] == differences.down.values[pixel])
          }
        }
        start += window.rows * window.columns
      }
      #expect(own.allSatisfy { $0 <= 1 })
      for pixel in own.indices { seen[pixel] += own[pixel] }
    }
    #expect(seen.allSatisfy { $0 >= 1 })
  }

  private func problem(_ source: PoissonProblem.Source = .gradient) -> PoissonProblem {
    PoissonProblem(Self.waves(100, 70, channels: 2), from: source)
  }

  private func fitted(_ problem: PoissonProblem, steps: Int) throws -> SirenGrid {
    let differences = try #require(problem.gridDifferences)
    let shape = GridShape.standard(for: FittedSignal(problem.truth), hiddenWidth: 16)
    var fit = try DifferenceGridFit(differences, shape, seed: 1)
    #expect(try fit.run(FitLimits(steps: steps)).ending == .completed)
    #expect(fit.step == steps && fit.decibels.isFinite)
    return fit.field
  }

  @Test(
    "A picture is found from its derivatives, and borders of cells do not show",
    arguments: PoissonProblem.Source.allCases)
  func picture(source: PoissonProblem.Source) throws {
    let problem = problem(source)
    let field = problem.restored(try fitted(problem, steps: 600))
    let found = FieldRenderer.unclippedImage(of: field, like: problem.truth)
    let quality = PoissonQuality(of: found, comparedWith: problem.truth)
    #expect(quality.image.psnr > 33, "\(quality)")
    let axes = field.grid.axes
    var (near, far) = ((sum: 0.0, count: 0), (sum: 0.0, count: 0))
    for row in 0..<found.height {
      for column in 0..<found.width {
        let isNear = zip(axes, [row, column]).contains { axis, place in
          (1..<axis.cells).contains {
            abs(Double(place) + 0.5 - Double($0) * axis.length) <= 2
          }
        }
        for channel in 0..<2 {
          let error = Double(found[row, column, channel] - problem.truth[row, column, channel])
          if isNear {
            near = (near.sum + error * error, near.count + 1)
          } else {
            far = (far.sum + error * error, far.count + 1)
          }
        }
      }
    }
    let ratio = near.sum / Double(near.count) / (far.sum / Double(far.count))
    #expect(ratio < 1.5, "\(ratio)")
  }

  @Test("One seed gives one field with any number of threads")
  func threads() throws {
    let problem = problem()
    _ = try expectSameResult { try fitted(problem, steps: 60) }
  }

  @Test("A clone whose borders do not match comes near to the classical solution")
  func clone() throws {
    let (width, height) = (100, 100)
    let background = Self.waves(width, height)
    // Brighter on the left than on the right, so that the mismatch has to spread over several cells.
    var other = background
    for index in other.values.indices {
      other.values[index] =
        0.5 * other.values[index] + 0.5 - 0.004 * Float(index % width)
    }
    let mask = (0..<width * height).map {
      (15..<85).contains($0 % width) && (15..<85).contains($0 / width)
    }
    let problem = BlendProblem(background: background, cloning: other, where: mask)
    let shape = GridShape.standard(for: FittedSignal(background), hiddenWidth: 16)
    var fit = try DifferenceGridFit(problem.gridDifferences, shape, seed: 1)
    _ = try fit.run(FitLimits(steps: 1_200))
    let found = FieldRenderer.unclippedImage(of: problem.restored(fit.field), like: background)
    let agreement = ImageQuality(of: found, comparedWith: problem.classicalSolution).psnr
    #expect(agreement > 28, "\(agreement)")
  }

  @Test("Recipes of the network's own derivatives are for one network")
  func sources() {
    let image = Self.waves(20, 20)
    for source in PoissonProblem.Source.allCases {
      #expect(PoissonProblem(image, from: source).gridDifferences != nil)
      #expect(PoissonProblem(image, from: source, .notebook).gridDifferences == nil)
      #expect(PoissonProblem(image, from: source, .derivative).gridDifferences == nil)
    }
  }

  @Test("Cells in which hardly any difference lies are refused")
  func smallCells() throws {
    let problem = problem()
    let differences = try #require(problem.gridDifferences)
    let usual = GridShape.standard(for: FittedSignal(problem.truth), hiddenWidth: 8)
    let (rows, columns) = (problem.truth.height, problem.truth.width)
    for cells in [[70, 100], [rows / 4 + 1, 1], [1, 0]] {
      #expect(throws: GridFitError.smallCells(cells, most: [rows / 4, columns / 4])) {
        var shape = usual
        shape.cells = cells
        var fit = try DifferenceGridFit(differences, shape, seed: 1)
        fit.advance(CellRound(count: 1, at: 0))
      }
    }
    for overlap in [0, 0.5, -1, .infinity] {
      #expect(throws: GridFitError.smallOverlap(overlap)) {
        var shape = usual
        shape.overlap = overlap
        _ = try DifferenceGridFit(differences, shape, seed: 1)
      }
    }
    var smallest = usual
    smallest.cells = [rows / 4, columns / 4]
    var fit = try DifferenceGridFit(differences, smallest, seed: 1)
    fit.advance(CellRound(count: 1, at: 0))
    #expect(fit.loss.isFinite)
  }

  @Test("A mapped grid has mapped values")
  func mapping() throws {
    let field = try fitted(problem(), steps: 5)
    let points = CoordinateGrid.points(height: 9, width: 13)
    let values = field.evaluate(at: points, derivatives: .none).value
    let mapped = field.mappingValues(scale: 2, offset: [0.5, -1])
      .evaluate(at: points, derivatives: .none).value
    expectClose(
      actual: mapped,
      expected: values.enumerated().map { 2 * $0.element + ($0.offset % 2 == 0 ? 0.5 : -1) },
      absolute: 1e-5)
  }
}
