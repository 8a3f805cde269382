import DifferentiableCore
import Fields
import Files
import Fitting
import Signals
import Training

extension ComponentPrior {
  /// What the prior says about a picture given some of its values.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points, values 0...1, in the prior's channels; repeated points are
  ///     averaged, and their order does not matter.
  ///   - width: of the picture, in pixels, which positions refer to.
  ///   - height: of the picture; one that is not square is stretched over the prior's square.
  ///   - withUncertainty: whether `variance`, `nextPoints` or `samples` will be asked for, which takes
  ///     longer; without it they throw ``PriorError/withoutUncertainty``.
  /// - Throws: ``PriorError`` if the channels do not fit or a number is not finite.
  public func posterior(
    _ observations: PixelObservations, width: Int, height: Int, withUncertainty: Bool = true
  ) throws -> ComponentPosterior {
    try ComponentPosterior(
      self, observations, width: width, height: height, withCovariance: withUncertainty)
  }
}

extension ComponentPrior {
  /// The functions that coefficients are of.
  func functions(of coefficients: DoubleMatrix) -> CosineBasis {
    coefficients.columns == basis.count ? basis : correction?.basis ?? basis
  }

  /// The field of coefficients along the channel axes, `[c, K]`, or of a ``spectrum(of:adding:)``.
  ///
  /// - Throws: ``PriorError/notFinite``.
  func field(_ coefficients: DoubleMatrix) throws -> Siren {
    // From 0...1 to -1...1.
    var values = channelAxes.transposed().multiplied(by: coefficients)
    for index in values.values.indices { values.values[index] *= 2 }
    guard
      let field = functions(of: coefficients).siren(
        values, offsets: [Double](repeating: -1, count: channels))
    else { throw PriorError.notFinite }
    return field
  }
}

extension ComponentPosterior {
  /// The mean as a picture, values 0...1.
  ///
  /// What the field gives, up to rounding, but as a sum of products of cosines on a grid, which takes a
  /// hundredth of the operations.
  public func image(width: Int, height: Int) -> Image {
    let functions = prior.functions(of: spectrum)
    let places = { (count: Int) in
      functions.axisFunctions(at: CoordinateGrid.axis(size: count))
    }
    let values = functions.picture(
      prior.channelAxes.transposed().multiplied(by: spectrum), rows: places(height),
      columns: places(width))
    return Image(
      width: width, height: height, channels: prior.channels,
      values: values.map { min(1, max(0, $0)) })
  }

  /// The restored picture, with and without what was observed.
  public func inpainting(
    _ observations: PixelObservations, width: Int, height: Int
  ) -> Inpainting {
    Inpainting(
      field: field, rendered: image(width: width, height: height), observations)
  }
}

/// A prior read from a file, of either kind.
public enum TrainedPrior: Sendable {
  /// In closed form.
  case components(ComponentPrior)
  /// A trained encoder and hypernetwork.
  case network(PriorModel)

  /// Reads a prior; every name, shape and number is checked.
  ///
  /// - Throws: ``PriorError``, or `SafetensorsError` for a file that is not safetensors.
  public static func read(_ path: String) throws -> TrainedPrior {
    try TrainedPrior(archive: try PriorModel.readArchive(path), path: path)
  }

  init(archive: SafetensorsArchive, path: String) throws {
    self =
      archive.metadata["kind"] == ComponentPrior.fileKind
      ? .components(try ComponentPrior(archive: archive, path: path))
      : .network(try PriorModel(archive: archive, path: path))
  }

  /// Side of the square training pictures, in pixels.
  public var imageSize: Int {
    switch self {
    case .components(let prior): prior.imageSize
    case .network(let model): model.configuration.imageSize
    }
  }

  /// Channels of a picture.
  public var channels: Int {
    switch self {
    case .components(let prior): prior.channels
    case .network(let model): model.configuration.channels
    }
  }

  /// Whether it is to restore whole pictures or windows of larger ones.
  public var scope: PriorScope {
    switch self {
    case .components(let prior): prior.scope
    case .network: .picture
    }
  }

  /// The SIREN that explains the observed points of one picture: from (row, column) in -1...1 to
  /// values in -1...1.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points, values 0...1, in the prior's channels.
  ///   - width: of the picture that positions refer to, in pixels.
  ///   - height: of that picture.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> Siren {
    switch self {
    case .components(let prior):
      try prior.posterior(
        observations, width: width, height: height, withUncertainty: false
      ).field
    case .network(let model):
      try model.field(explaining: observations, width: width, height: height)
    }
  }

  /// Restores a picture from observed pixels; see `PriorModel.inpaint`.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    switch self {
    case .components(let prior):
      try prior.posterior(
        observations, width: width, height: height, withUncertainty: false
      ).inpainting(observations, width: width, height: height)
    case .network(let model):
      try model.inpaint(observations, width: width, height: height)
    }
  }
}
