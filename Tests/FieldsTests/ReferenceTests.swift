import DifferentiableCore
import Fields
import Files
import Foundation
import Signals
import TestSupport
import Testing
import Training

/// Full-size runs of the SIREN recipes recorded in PyTorch float32, where the environment has them.
@Suite(
  .enabled(
    if: ReferenceFolder.isAvailable, "set SIREN_REFERENCE and SIREN_REFERENCE_DATA to compare"))
struct ReferenceTests {
  @Test(
    "Derivatives and training follow PyTorch", arguments: GoldenTests.names, GoldenRun.Path.allCases
  )
  func followsPyTorch(name: String, path: GoldenRun.Path) throws {
    let folder = try #require(ReferenceFolder.fromEnvironment)
    let record = try folder.record(name, as: TorchRecord.self)
    let run = try record.run(from: folder)
    let archive = try SafetensorsArchive(data: try folder.weights(name), path: name)
    let errors = run.errors(startingFrom: try run.start(archive), path)
    print("reference \(name), \(path): \(errors)")
    #expect(errors.value < 1e-4, "\(name): \(errors)")
    #expect(errors.gradient < 1e-4, "\(name): \(errors)")
    #expect(errors.laplacian < 1e-4, "\(name): \(errors)")
    #expect(errors.losses < run.lossTolerance, "\(name): \(errors)")
  }
}

/// The JSON of a recorded run; its targets follow from the picture or sound it was made on.
private struct TorchRecord: Decodable {
  struct Initial: Decodable {
    let index: [Int]
    let coordinate: [[Float]]
    let value: [[Double]]
    let gradient: [[Double]]
    let laplacian: [[Double]]
  }
  struct Optimizer: Decodable { let lr: Float }

  let name: String
  let adam: Optimizer
  let size: Int?
  let samples: Int?
  let hidden: Int?
  let hidden_layers: Int?
  let omega_first: Float
  let omega_hidden: Float
  let initial: Initial
  let losses: [Double]

  func run(from folder: ReferenceFolder) throws -> GoldenRun {
    let axes = samples == nil ? 2 : 1
    let extent = try #require(samples ?? size)
    let coordinates = Self.grid(extent, axes: axes)
    // The grid of this project, up to the rounding of PyTorch's linspace.
    expectClose(
      actual: axes == 2
        ? CoordinateGrid.points(height: extent, width: extent) : CoordinateGrid.axis(size: extent),
      expected: coordinates, absolute: 2e-7)
    let probed = initial.index.flatMap { coordinates[$0 * axes..<($0 + 1) * axes] }
    #expect(probed == initial.coordinate.flatMap { $0 })
    let (loss, targets) = try targets(from: folder, extent)
    return GoldenRun(
      name: name,
      architecture: SirenArchitecture(
        coordinates: axes, hiddenWidth: hidden ?? 256, hiddenLayers: hidden_layers ?? 3,
        outputs: try #require(initial.value.first).count, omegaFirst: omega_first,
        omegaHidden: omega_hidden),
      loss: loss, learningRate: adam.lr, coordinates: coordinates, targets: targets,
      probes: initial.index, values: initial.value.flatMap { $0 },
      gradients: initial.gradient.flatMap { $0 }, laplacians: initial.laplacian.flatMap { $0 },
      losses: losses, sumsChannels: true)
  }

  private func targets(
    from folder: ReferenceFolder, _ extent: Int
  ) throws -> (GoldenRun.Loss, [Float]) {
    switch name {
    case "audio": return (.value, try folder.sound("gt_bach.wav", count: extent))
    case "image_rgb": return (.value, try folder.picture("astronaut.png", size: extent))
    case "image": return (.value, try folder.picture("camera.png", size: extent))
    case "poisson_gradient":
      let picture = FilteredPicture(try folder.picture("camera.png", size: extent), size: extent)
      return (.gradient, picture.sobel)
    default:
      let picture = FilteredPicture(try folder.picture("camera.png", size: extent), size: extent)
      return (.laplacian, picture.laplacian)
    }
  }

  /// The grid as PyTorch's linspace rounds it, from both ends to the middle: audio of frequency
  /// 3,000 would feel the last bit.
  private static func grid(_ size: Int, axes: Int) -> [Float] {
    let step = 2 / Float(size - 1)
    let axis = (0..<size).map { index in
      index < size / 2
        ? Float(-1).addingProduct(step, Float(index))
        : Float(1).addingProduct(-step, Float(size - 1 - index))
    }
    return axes == 1 ? axis : axis.flatMap { y in axis.flatMap { x in [y, x] } }
  }
}

/// Derivatives of a square picture as scipy.ndimage takes them, borders reflected.
private struct FilteredPicture {
  private let values: [Float]
  private let size: Int

  init(_ values: [Float], size: Int) {
    self.values = values
    self.size = size
  }

  /// Correlation with three weights along an axis, 0 for rows; an index beyond a border is the
  /// pixel at it.
  private func correlated(_ weights: (Double, Double, Double), axis: Int) -> FilteredPicture {
    let at = { (row: Int, column: Int) -> Double in
      let y = min(size - 1, max(0, row))
      let x = min(size - 1, max(0, column))
      return Double(values[y * size + x])
    }
    var result: [Float] = []
    for row in 0..<size {
      for column in 0..<size {
        let (y, x) = axis == 0 ? (1, 0) : (0, 1)
        result.append(
          Float(
            weights.0 * at(row - y, column - x) + weights.1 * at(row, column)
              + weights.2 * at(row + y, column + x)))
      }
    }
    return FilteredPicture(result, size: size)
  }

  /// `[n, 2]`: along rows, then along columns.
  var sobel: [Float] {
    let rows = correlated((-1, 0, 1), axis: 0).correlated((1, 2, 1), axis: 1).values
    let columns = correlated((-1, 0, 1), axis: 1).correlated((1, 2, 1), axis: 0).values
    return pairs(rows, columns).flatMap { [$0, $1] }
  }

  /// `[n, 1]`.
  var laplacian: [Float] {
    pairs(correlated((1, -2, 1), axis: 0).values, correlated((1, -2, 1), axis: 1).values)
      .map { $0 + $1 }
  }
}
