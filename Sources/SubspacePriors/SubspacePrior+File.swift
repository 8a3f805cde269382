import DifferentiableCore
import Files
import Foundation
import ImagePriors
import Numerics
import Signals
import Training

extension SubspacePrior {
  /// The value of `kind` in the metadata of a file.
  package static let fileKind = "siren-hyper component prior"

  /// Before the names of a residual network's arrays.
  private static let residualPrefix = "correction."

  /// What the arrays cannot say.
  private struct Header: Codable {
    var imageSize: Int
    var channels: Int
    var noise: Double
    /// Missing in files from before there were windows.
    var scope: PriorScope?
    /// Missing in files from before intervals knew of holes.
    var fillDistanceExponent: Double?
    /// Missing in files without a residual network.
    var residualNetwork: ResidualNetwork.Configuration?

    /// Files keep the names of their first version.
    private enum CodingKeys: String, CodingKey {
      case imageSize, channels, noise, scope
      case fillDistanceExponent = "clusteringExponent"
      case residualNetwork = "correction"
    }
  }

  /// The prior as a safetensors archive that describes itself.
  ///
  /// - Parameter provenance: further metadata, for example how it was learned.
  public func archive(provenance: [String: String] = [:]) throws -> SafetensorsArchive {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let header = Header(
      imageSize: imageSize, channels: channels, noise: noise,
      scope: scope == .picture ? nil : scope, fillDistanceExponent: fillDistanceExponent,
      residualNetwork: residualNetwork?.network.configuration)
    var metadata = provenance
    metadata["kind"] = Self.fileKind
    metadata["configuration"] = String(decoding: try encoder.encode(header), as: UTF8.self)
    let array = { (name: String, shape: [Int], values: [Double]) in
      SafetensorsArchive.Array(name: name, shape: shape, values: values.map { Float($0) })
    }
    var arrays = [
      array("functions", [basis.count], basis.indices.map(Double.init)),
      array("channel_axes", [channels, channels], channelAxes.values),
      array("channel_scales", [channels], channelScales),
      array("mean", [channels, basis.count], mean.values),
      array("leftover", [basis.count], residualVariance),
      array(
        "settings", [settings.count, mixtureComponents.count + (residualNetwork == nil ? 3 : 4)],
        settings.flatMap {
          [$0.points, $0.deviationScale, $0.mahalanobisExponent]
            + (residualNetwork == nil ? [] : [$0.residualWeight]) + $0.stackingWeights
        }),
    ]
    if let mirror { arrays.append(array("mirror", [codeLength], mirror)) }
    // The many: eleven bits of each are far below what the noise leaves of them.
    let half = { (name: String, shape: [Int], values: [Float]) in
      SafetensorsArchive.Array(name: name, shape: shape, values: values, isHalf: true)
    }
    arrays += [
      half(
        "loadings", [channels, basis.count, codeLength],
        loadings.flatMap(\.values)),
      half("codes", [codeCount, codeLength], codes.values),
    ]
    if let parameters = residualNetwork?.network.parameters {
      arrays += parameters.layout.archiveArrays(
        parameters.values, prefix: Self.residualPrefix, isHalf: true)
    }
    return SafetensorsArchive(metadata: metadata, arrays: arrays)
  }

  /// Writes the prior whole or not at all.
  public func write(
    to path: String, provenance: [String: String] = [:], overwrite: Bool
  ) throws {
    try AtomicFile.write(
      try archive(provenance: provenance).encoded(), to: path, overwrite: overwrite)
  }

  /// Reads a prior; every name, shape and number is checked.
  ///
  /// - Throws: ``PriorError``, or `SafetensorsError` for a file that is not safetensors.
  public static func read(_ path: String) throws -> SubspacePrior {
    try SubspacePrior(archive: try PriorArchive.read(path), path: path)
  }

  package init(archive: SafetensorsArchive, path: String) throws {
    let file = CheckedArchive(archive: archive, path: path)
    guard archive.metadata["kind"] == Self.fileKind, let text = archive.metadata["configuration"],
      let header = try? JSONDecoder().decode(Header.self, from: Data(text.utf8))
    else { throw file.error("its metadata does not say '\(Self.fileKind)'") }
    guard (2...1_024).contains(header.imageSize), (1...64).contains(header.channels),
      header.noise.isFinite, header.noise > 0,
      (0...1).contains(header.fillDistanceExponent ?? 0)
    else { throw file.error("its picture size, channels, noise or exponent is out of range") }
    let (size, channels) = (header.imageSize, header.channels)
    let functions = try file.values("functions", rank: 1)
    let indices = functions.values.map { $0 == $0.rounded() && $0 >= 0 && $0 < 1e9 ? Int($0) : -1 }
    guard !indices.isEmpty, Set(indices).count == indices.count,
      indices.allSatisfy({ (0..<size * size).contains($0) })
    else { throw file.error("its functions are not those of a grid of \(size)x\(size)") }
    let count = indices.count
    let codes = try file.array("codes", rank: 2)
    let length = codes.shape[1]
    guard length >= 1 else { throw file.error("its codes are empty") }
    let axes = DoubleMatrix(
      rows: channels, columns: channels,
      values: try file.values("channel_axes", shape: [channels, channels]))
    var product = axes.multiplied(by: axes.transposed())
    product.add(DoubleMatrix.identity(channels), times: -1)
    guard product.values.allSatisfy({ abs($0) < 1e-3 }) else {
      throw file.error("its channel axes are not orthonormal")
    }
    let scales = try file.values("channel_scales", shape: [channels])
    let residualVariance = try file.values("leftover", shape: [count])
    guard (scales + residualVariance).allSatisfy({ $0 >= 0 }) else {
      throw file.error("it has a negative variance")
    }
    let loadings = try file.blocks("loadings", shape: [channels, count, length])
    let mirror = archive["mirror"] == nil ? nil : try file.values("mirror", shape: [length])
    guard mirror?.allSatisfy({ $0 == 1 || $0 == -1 }) ?? true else {
      throw file.error("its mirror has values other than 1 and -1")
    }
    self.init(
      imageSize: size, channels: channels, basis: CosineBasis(size: size, indices: indices),
      channelAxes: axes, channelScales: scales,
      mean: DoubleMatrix(
        rows: channels, columns: count, values: try file.values("mean", shape: [channels, count])),
      loadings: loadings.map { SingleMatrix(rows: count, columns: length, values: $0) },
      residualVariance: residualVariance, noise: header.noise,
      codes: SingleMatrix(rows: codes.shape[0], columns: length, values: codes.values),
      mirror: mirror, settings: [])
    scope = header.scope ?? .picture
    fillDistanceExponent = header.fillDistanceExponent ?? 0
    settings = try Self.settings(
      in: file, mixtureComponents: mixtureComponents.count,
      hasResidualNetwork: header.residualNetwork != nil)
    if let configuration = header.residualNetwork {
      residualNetwork = try Self.residual(configuration, in: file, for: self)
    }
  }

  private static func settings(
    in file: CheckedArchive, mixtureComponents: Int, hasResidualNetwork: Bool
  ) throws -> [CalibrationEntry] {
    let table = try file.values("settings", rank: 2)
    // Files from before pictures had widths of their own lack the third column.
    let columns = table.shape[1]
    let first = columns - mixtureComponents
    guard hasResidualNetwork ? first == 4 : (2...3).contains(first), table.shape[0] >= 1 else {
      throw file.error(
        "its settings have shape \(table.shape), expected [n, \(mixtureComponents + (hasResidualNetwork ? 4 : 3))]"
      )
    }
    let settings = (0..<table.shape[0]).map { row in
      let own = Array(table.values[row * columns..<(row + 1) * columns])
      return CalibrationEntry(
        points: own[0], stackingWeights: Array(own[first...]),
        residualWeight: hasResidualNetwork ? own[3] : 0,
        deviationScale: own[1], mahalanobisExponent: first > 2 ? own[2] : 0)
    }
    let isOrdered = zip(settings, settings.dropFirst()).allSatisfy { $0.points < $1.points }
    guard isOrdered,
      settings.allSatisfy({ setting in
        setting.points >= 1 && setting.deviationScale > 0
          && (0...1).contains(setting.mahalanobisExponent)
          && (0...1).contains(setting.residualWeight)
          && setting.stackingWeights.allSatisfy { $0 >= 0 }
          && abs(setting.stackingWeights.reduce(0, +) - 1) < 1e-3
      })
    else { throw file.error("its settings are not shares of 1 by ascending points") }
    return settings
  }

  /// The network in a file, of a shape that its prior could have.
  private static func residual(
    _ configuration: ResidualNetwork.Configuration, in file: CheckedArchive,
    for prior: SubspacePrior
  ) throws -> PictureResidual {
    guard configuration.size == prior.imageSize, configuration.channels == prior.channels,
      (1...16).contains(configuration.patch), (1...6).contains(configuration.widths.count),
      configuration.widths.allSatisfy({ (1...256).contains($0) })
    else { throw file.error("its correction has a shape that is out of range") }
    let parameters = try Parameters(
      layout: ResidualNetwork.layout(of: configuration), archive: file.archive,
      prefix: residualPrefix, file.error)
    guard let network = ResidualNetwork(configuration, parameters: parameters),
      let residualNetwork = PictureResidual(network, for: prior)
    else { throw file.error("its correction does not fit") }
    return residualNetwork
  }
}
