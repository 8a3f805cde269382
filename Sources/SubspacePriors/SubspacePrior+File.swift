import DifferentiableCore
import Files
import Foundation
import ImagePriors
import Numerics
import Signals
import Training

extension SubspacePrior: StoredPrior {
  /// Whether a file's `kind` in its metadata is that of a subspace prior, under its current or earlier name.
  package static func isFileKind(_ kind: String?) -> Bool { SubspaceFileNames.ofKind(kind) != nil }

  /// The numbers that are not in arrays.
  private struct Header: Codable {
    var imageSize: Int
    var channels: Int
    var noise: Double
    /// Missing in priors of whole pictures, and in files from before there were windows.
    var scope: PriorScope?
    /// Missing in files from before intervals depended on the fill distance.
    var fillDistanceExponent: Double?
    /// Missing in files without a residual network.
    var residualNetwork: ResidualNetwork.Configuration?

    /// The header in a file's configuration; nil if it cannot be read.
    ///
    /// - Parameter keys: the file's names of keys that have another name here, with the latter.
    static func read(_ text: String, renaming keys: [String: String]) -> Header? {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .custom { path in
        let key = path[path.count - 1]
        guard let current = keys[key.stringValue] else { return key }
        return HeaderKey(stringValue: current)
      }
      return try? decoder.decode(Header.self, from: Data(text.utf8))
    }
  }

  private struct HeaderKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The prior as a safetensors archive that describes itself.
  ///
  /// - Parameter provenance: further metadata, for example how it was learned.
  public func archive(provenance: [String: String]) throws -> SafetensorsArchive {
    let header = Header(
      imageSize: imageSize, channels: channels, noise: noise,
      scope: scope == .picture ? nil : scope, fillDistanceExponent: fillDistanceExponent,
      residualNetwork: residualNetwork?.network.configuration)
    let names = SubspaceFileNames.current
    let array = { (name: String, shape: [Int], values: [Double]) in
      SafetensorsArchive.Array(name: name, shape: shape, values: values.map { Float($0) })
    }
    var arrays = [
      array("functions", [basis.count], basis.indices.map(Double.init)),
      array("channel_axes", [channels, channels], channelAxes.values),
      array("channel_scales", [channels], channelScales),
      array("mean", [channels, basis.count], mean.values),
      array(names.residualVariance, [basis.count], residualVariance),
      array(
        names.calibration,
        [calibration.count, mixtureComponents.count + (residualNetwork == nil ? 3 : 4)],
        calibration.flatMap {
          [$0.points, $0.deviationScale, $0.mahalanobisExponent]
            + (residualNetwork == nil ? [] : [$0.residualWeight]) + $0.stackingWeights
        }),
    ]
    if let mirror { arrays.append(array("mirror", [codeLength], mirror)) }
    // Half precision halves the file; its rounding is far below the noise.
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
        parameters.values, prefix: names.residualNetworkPrefix, isHalf: true)
    }
    return SafetensorsArchive(
      metadata: try PriorArchive.metadata(kind: names.kind, configuration: header, provenance),
      arrays: arrays)
  }

  /// Reads a prior from an archive and checks every name, shape and number.
  ///
  /// - Throws: `PriorError.notAPrior`.
  public init(archive: SafetensorsArchive, path: String) throws {
    let file = CheckedArchive(archive: archive, path: path)
    guard let names = SubspaceFileNames.ofKind(archive.metadata["kind"]) else {
      throw file.error("its metadata does not say '\(SubspaceFileNames.current.kind)'")
    }
    guard let text = archive.metadata["configuration"],
      let header = Header.read(text, renaming: names.headerKeys)
    else { throw file.error("its configuration cannot be read") }
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
    let residualVariance = try file.values(names.residualVariance, shape: [count])
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
      mirror: mirror, calibration: [])
    scope = header.scope ?? .picture
    fillDistanceExponent = header.fillDistanceExponent ?? 0
    calibration = try Self.calibration(
      in: file, names, mixtureComponents: mixtureComponents.count,
      hasResidualNetwork: header.residualNetwork != nil)
    if let configuration = header.residualNetwork {
      residualNetwork = try Self.residual(configuration, in: file, names, for: self)
    }
  }

  private static func calibration(
    in file: CheckedArchive, _ names: SubspaceFileNames, mixtureComponents: Int,
    hasResidualNetwork: Bool
  ) throws -> [CalibrationEntry] {
    let table = try file.values(names.calibration, rank: 2)
    // The third column, the Mahalanobis exponent, is missing in files from before there was one.
    let columns = table.shape[1]
    let first = columns - mixtureComponents
    guard hasResidualNetwork ? first == 4 : (2...3).contains(first), table.shape[0] >= 1 else {
      let expected = mixtureComponents + (hasResidualNetwork ? 4 : 3)
      throw file.error(
        "'\(names.calibration)' has shape \(table.shape), expected [n, \(expected)]")
    }
    let entries = (0..<table.shape[0]).map { row in
      let own = Array(table.values[row * columns..<(row + 1) * columns])
      return CalibrationEntry(
        points: own[0], stackingWeights: Array(own[first...]),
        residualWeight: hasResidualNetwork ? own[3] : 0,
        deviationScale: own[1], mahalanobisExponent: first > 2 ? own[2] : 0)
    }
    let isOrdered = zip(entries, entries.dropFirst()).allSatisfy { $0.points < $1.points }
    guard isOrdered,
      entries.allSatisfy({ entry in
        entry.points >= 1 && entry.deviationScale > 0
          && (0...1).contains(entry.mahalanobisExponent)
          && (0...1).contains(entry.residualWeight)
          && entry.stackingWeights.allSatisfy { $0 >= 0 }
          && abs(entry.stackingWeights.reduce(0, +) - 1) < 1e-3
      })
    else {
      throw file.error(
        "'\(names.calibration)' is not in order of ascending points, or a number is out of range")
    }
    return entries
  }

  /// The residual network in a file; its shape must be one that its prior could have.
  private static func residual(
    _ configuration: ResidualNetwork.Configuration, in file: CheckedArchive,
    _ names: SubspaceFileNames, for prior: SubspacePrior
  ) throws -> PictureResidual {
    guard configuration.size == prior.imageSize, configuration.channels == prior.channels,
      (1...16).contains(configuration.patch), (1...6).contains(configuration.widths.count),
      configuration.widths.allSatisfy({ (1...256).contains($0) })
    else { throw file.error("its residual network has a shape that is out of range") }
    let parameters = try Parameters(
      layout: ResidualNetwork.layout(of: configuration), archive: file.archive,
      prefix: names.residualNetworkPrefix, file.error)
    guard let network = ResidualNetwork(configuration, parameters: parameters),
      let residualNetwork = PictureResidual(network, for: prior)
    else { throw file.error("its residual network does not fit the prior") }
    return residualNetwork
  }
}
