import DifferentiableCore
import Fields
import Files
import Fitting
import Foundation
import GridPriors
import HyperNetworks
import ImagePriors
import Numerics
import PriorPipelines
import PriorTestSupport
import Signals
import SubspacePriors
import TestSupport
import Training

extension FuzzTarget {
  static let models: [FuzzTarget] = [
    FuzzTarget(
      "safetensors",
      seeds: {
        let archive = SafetensorsArchive(
          metadata: ["kind": "some", "format": "pt"],
          arrays: [
            .init(name: "x", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
            .init(name: "half", shape: [2], values: [1, 2], isHalf: true),
            .init(name: "", shape: [0], values: []), .init(name: "scalar", shape: [], values: [1]),
          ])
        return [[UInt8](try archive.encoded())]
      },
      repair: Checksums.safetensors
    ) { bytes in
      let archive = try SafetensorsArchive(data: Data(bytes), path: "file")
      // What is accepted can be written, and says the same again.
      let again = try SafetensorsArchive(data: archive.encoded(), path: "file")
      precondition(again.arrays.map(\.shape) == archive.arrays.map(\.shape))
    },
    prior("subspace") {
      let archive = try subspace.get()
      return [archive, try withResidualNetwork(archive)]
    },
    prior("hypernetwork") {
      try [.set, .convolutional].flatMap { encoder in
        try [.modulated, .lowRank].map { try hyperNetwork(encoder, $0) }
      }
    },
    prior("attention") { [try hyperNetwork(.attention, .full)] },
    prior("grid") { [try GridPrior(gridConfiguration, seed: 1).archive()] },
    FuzzTarget(
      "field",
      seeds: {
        try written { path in
          var random = Xoshiro256(seed: 1)
          try FieldFile.write(
            Siren(network, random: &random), to: path, provenance: ["made": "here"],
            overwrite: true)
        }
          + written { path in
            let grid = CellGrid((0..<2).map { _ in CellAxis(samples: 8, cells: 2, overlap: 1) })
            try FieldFile.write(SirenGrid(grid, network, seed: 1), to: path, overwrite: true)
          }
          + written { path in
            var random = Xoshiro256(seed: 1)
            try FieldFile.writePlain(Siren(network, random: &random), to: path, overwrite: true)
          }
          + fittedSignals.flatMap { signal in
            try written { path in
              var random = Xoshiro256(seed: 1)
              let architecture = SirenArchitecture(
                coordinates: signal.shape.coordinates, hiddenWidth: 2, hiddenLayers: 1,
                outputs: signal.shape.outputs)
              try FieldFile.write(
                Siren(architecture, random: &random), to: path, signal: signal, overwrite: true)
            }
          }
      },
      repair: Checksums.safetensors
    ) { bytes in
      try UnnamedFile.with(bytes) { path in
        let model = try FieldFile.read(path)
        precondition((model.siren == nil) != (model.grid == nil))
        // What a render says and asks first.
        precondition(model.signal.map { !$0.summary.isEmpty && !$0.extents.isEmpty } ?? true)
      }
    },
  ]

  /// One of each kind.
  private static let fittedSignals: [FittedSignal] = [
    .image(width: 5, height: 4, channels: 3),
    .audio(sampleRate: 8_000, frames: 100, channels: 1, peak: 0.5),
    .video(width: 5, height: 4, channels: 1, frames: 3, rate: 25),
    .shape(ShapeFrame(centre: SIMD3(0, 1, 2), largestSide: 3)),
  ]

  /// The file of a small subspace prior, which takes a second to learn under a sanitizer.
  private static let subspace = Result { () throws -> SafetensorsArchive in
    var settings = SubspaceLearningSettings()
    (settings.functions, settings.components, settings.codes) = (12, 6, 8)
    return try SubspacePrior(
      training: SmoothPictures(count: 20, size: 4, channels: 1, seed: 1),
      validation: SmoothPictures(count: 4, size: 4, channels: 1, seed: 2), settings: settings
    ).archive()
  }

  /// The file of a subspace prior with a residual network smaller than any that is trained.
  private static func withResidualNetwork(
    _ archive: SafetensorsArchive
  ) throws -> SafetensorsArchive {
    var archive = archive
    var shape = ResidualNetwork.Configuration(size: 4, channels: 1, neighbourhood: nil)
    shape.widths = [2, 2]
    let layout = ResidualNetwork.layout(of: shape)
    let text = String(decoding: try JSONEncoder().encode(shape), as: UTF8.self)
    archive.metadata["configuration"] = archive.metadata["configuration"].map {
      "\($0.dropLast()),\"residualNetwork\":\(text)}"
    }
    archive.arrays = archive.arrays.map { array in
      guard array.name == "calibration" else { return array }
      // A column for the weight of the network.
      let (rows, columns) = (array.shape[0], array.shape[1])
      let values = (0..<rows).flatMap { row -> [Float] in
        let own = array.values[row * columns..<(row + 1) * columns]
        return own.prefix(3) + [0.5] + own.dropFirst(3)
      }
      return .init(name: array.name, shape: [rows, columns + 1], values: values)
    }
    archive.arrays += layout.archiveArrays(
      [Float](repeating: 0.25, count: layout.count), prefix: "residual_network.", isHalf: true)
    return archive
  }

  private static func hyperNetwork(
    _ encoder: EncoderKind, _ head: HeadKind
  ) throws -> SafetensorsArchive {
    var configuration = SmallPrior.configuration(encoder, head, channels: 1)
    (configuration.latentWidth, configuration.hyperWidth) = (4, 4)
    (configuration.blocks, configuration.field.hiddenWidth) = (1, 4)
    return try HyperNetworkPrior(configuration, seed: 1).archive()
  }

  private static var gridConfiguration: GridPriorConfiguration {
    var configuration = GridPriorConfiguration(windowSize: 16)
    configuration.widths = [4, 4]
    (configuration.cellSize, configuration.cellOverlap) = (8, 2)
    return configuration
  }

  private static let network = SirenArchitecture(
    coordinates: 2, hiddenWidth: 4, hiddenLayers: 1, outputs: 1)

  private static func prior(
    _ name: String, seeds: @escaping @Sendable () throws -> [SafetensorsArchive]
  ) -> FuzzTarget {
    FuzzTarget(
      name, seeds: { try seeds().map { [UInt8](try $0.encoded()) } },
      repair: Checksums.safetensors
    ) { bytes in
      try UnnamedFile.with(bytes) { path in
        _ = try ImagePriorFile.description(of: path)
      }
    }
  }

  static let checkpoints: [FuzzTarget] = [
    FuzzTarget(
      "checkpoint",
      seeds: {
        try written { try TrainingCheckpoint(trainingStart, fingerprint: "run").write(to: $0) }
      },
      repair: Checksums.safetensors
    ) { bytes in
      try UnnamedFile.with(bytes) { path in
        let checkpoint = try TrainingCheckpoint.read(
          path, startingFrom: trainingStart, fingerprint: "run")
        // What is accepted can be continued.
        var optimizer = checkpoint.state.optimizer
        var values = checkpoint.state.parameters.values
        optimizer.update(
          &values, gradient: [Float](repeating: 0.1, count: values.count), learningRate: 0.01)
      }
    },
    FuzzTarget(
      "fit-checkpoint",
      seeds: {
        try written { path in
          try FitCheckpoint.write(
            advanced(try gridFit()), seconds: 1, fingerprint: "run", to: path)
        }
          + written { path in
            try FitCheckpoint.write(advanced(fieldFit()), seconds: 1, fingerprint: "run", to: path)
          }
      },
      repair: Checksums.safetensors
    ) { bytes in
      try UnnamedFile.with(bytes) { path in
        var field = fieldFit()
        do {
          try FitCheckpoint.resume(&field, from: path, fingerprint: "run")
          _ = try field.advance(progress: 0.5)
        } catch {
          var grid = try gridFit()
          try FitCheckpoint.resume(&grid, from: path, fingerprint: "run")
        }
      }
    },
  ]

  private static var trainingStart: TrainingState {
    var parameters = Parameters()
    parameters.append("weight", [2, 3], [1, 2, 3, 4, 5, 6])
    parameters.append("bias", [2], [0, 1])
    return TrainingState(parameters)
  }

  private static let picture = Image(
    width: 8, height: 8, channels: 1, values: (0..<64).map { Float($0) / 64 })

  private static func gridFit() throws -> GridFit {
    try GridFit(
      PictureSignal(picture), GridShape(cells: [2, 2], overlap: 1, architecture: network), seed: 1)
  }

  private static func fieldFit() -> FieldFit {
    FieldFit(SampleObjective(picture), network, .standard, seed: 1)
  }

  private static func advanced(_ fit: GridFit) -> GridFit {
    var fit = fit
    fit.advance(CellRound(count: 1, at: 0.5))
    return fit
  }

  private static func advanced(_ fit: FieldFit) throws -> FieldFit {
    var fit = fit
    _ = try fit.advance(progress: 0.5)
    return fit
  }

  /// The bytes of a file that `body` writes.
  private static func written(_ body: (String) throws -> Void) throws -> [[UInt8]] {
    try withTemporaryFolder { folder in
      try body(folder.file("file"))
      return [[UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("file"))))]
    }
  }
}
