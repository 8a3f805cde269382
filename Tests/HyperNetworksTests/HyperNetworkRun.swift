import DifferentiableCore
import Files
import Foundation
import HyperNetworks
import TestSupport
import Testing
import Training

/// A recorded run of the paper's set encoder and hypernetwork, and how far from it this project's
/// own run ends up.
struct HyperNetworkRun {
  let configuration: HyperNetworkConfiguration
  let learningRate: Float
  let batch: HyperNetworkBatch
  /// Whole pictures in -1...1, `[b, m, c]`.
  let pictures: Tensor
  /// `[b, latentWidth]`, or its first columns.
  let latent: [Double]
  /// `[b, m, c]`, or every so-many-th pixel.
  let output: [Double]
  let outputStride: Int
  /// The first generated weights of each picture, `[b, ...]`.
  let weight0: [Double]
  /// Loss, image, latent and weight before each step.
  let steps: [[Double]]

  /// The largest errors: of the initial arrays relative to the largest magnitude of their array,
  /// of the columns relative to each number.
  struct Errors: CustomStringConvertible {
    let latent: Double
    let output: Double
    let weight0: Double
    let columns: [Double]

    var description: String {
      let parts = [("latent", latent), ("output", output), ("weight0", weight0)]
      let names = ["loss", "image column", "latent column", "weight column"]
      return (parts + zip(names, columns))
        .map { "\($0) \(String(format: "%.1e", $1))" }.joined(separator: ", ")
    }
  }

  /// The starting prior from the archive beside the record.
  func start(_ archive: SafetensorsArchive) throws -> HyperNetworkPrior {
    let layout = HyperNetworkPrior(configuration, seed: 0).parameters.layout
    try #require(Set(layout.entries.map(\.name)) == Set(archive.arrays.map(\.name)))
    let values = try layout.entries.flatMap { entry in
      let array = try #require(archive[entry.name])
      try #require(array.shape == entry.shape, "'\(entry.name)'")
      return array.values
    }
    return HyperNetworkPrior(configuration, parameters: Parameters(layout: layout, values: values))
  }

  func errors(startingFrom start: HyperNetworkPrior) -> Errors {
    let initial = HyperNetworkPrior.predict(batch, configuration, start.parameters.views())
    let shown = Array(stride(from: 0, to: pictures.shape[1], by: outputStride))
    let count = pictures.shape[0]
    let outputs = (0..<count).flatMap { picture in
      initial.values.sliced(axis: 0, picture..<picture + 1)
        .reshaped([pictures.shape[1], pictures.shape[2]]).gatheredRows(shown).values
    }
    let curve = trained(start)
    return Errors(
      latent: errorRelativeToLargest(firstColumns(initial.latent, latent.count / count), latent),
      output: errorRelativeToLargest(outputs, output),
      weight0: errorRelativeToLargest(
        firstColumns(
          initial.fields.sines[0].weight.reshaped([count, -1]), weight0.count / count), weight0),
      columns: (0..<4).map { column in
        largestRelativeError(curve.map { $0[column] }, steps.map { $0[column] })
      })
  }

  private func firstColumns(_ tensor: Tensor, _ count: Int) -> [Float] {
    tensor.sliced(axis: 1, 0..<count).values
  }

  private func trained(_ start: HyperNetworkPrior) -> [[Float]] {
    var model = start
    var optimizer = Adam(parameterCount: model.parameterCount)
    let settings = HyperNetworkTrainingSettings(configuration, length: .steps(steps.count))
    return steps.map { _ in
      let views = model.parameters.views().tracked()
      let loss = HyperNetworkLoss(batch, targets: pictures, settings, configuration, views)
      optimizer.update(
        &model.parameters.values, gradient: views.gradient(of: loss.total).flat,
        learningRate: learningRate)
      return [loss.total.scalar, loss.image, loss.latent.scalar, loss.weight.scalar]
    }
  }
}

extension HyperNetworkRun {
  /// The configuration of a published network with given sizes.
  static func configuration(
    size: Int, channels: Int, latent: Int, hyperWidth: Int, dims: [Int]
  ) -> HyperNetworkConfiguration {
    var configuration = HyperNetworkConfiguration(
      imageSize: size, channels: channels, encoder: .set, head: .full)
    configuration.latentWidth = latent
    configuration.hyperWidth = hyperWidth
    configuration.field.hiddenWidth = dims[1]
    configuration.field.hiddenLayers = dims.count - 3
    return configuration
  }

  /// A batch that observes some pixels of whole pictures and predicts all.
  ///
  /// - Parameters:
  ///   - coordinates: of all pixels, `[m, 2]`.
  ///   - index: the observed pixels of each picture, padded to one length.
  ///   - count: how many of them are observed.
  static func batch(
    pictures: Tensor, coordinates: [Float], index: [[Int]], count: [Int]
  ) -> HyperNetworkBatch {
    let (number, pixels, channels) = (pictures.shape[0], pictures.shape[1], pictures.shape[2])
    let width = index[0].count
    let all = Tensor(coordinates, shape: [pixels, 2])
    let rows = index.enumerated().flatMap { picture, own in own.map { picture * pixels + $0 } }
    let mask = count.flatMap { count in (0..<width).map { Float($0 < count ? 1 : 0) } }
    return HyperNetworkBatch(
      contextCoordinates: all.gatheredRows(index.flatMap { $0 }).reshaped([number, width, 2]),
      contextValues: pictures.reshaped([number * pixels, channels]).gatheredRows(rows)
        .reshaped([number, width, channels]),
      contextMask: Tensor(mask, shape: [number, width]),
      targetCoordinates: all.broadcast(to: [number, pixels, 2]))
  }
}
