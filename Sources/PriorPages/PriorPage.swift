import Files
import Foundation
import GridPriors
import ImagePriors
import LivePages
import Signals
import SubspacePriors
import SyntheticData

/// The page of a prior: the reader measures points of a hidden picture and sees the posterior.
///
/// Of a subspace prior the page computes the Gaussian posterior. The neighbours and the residual network are left out,
/// and the page says so. Of a grid prior it evaluates the whole network, at the pixels.
public struct PriorPage: Sendable {
  /// The reason that a prior makes no page, as one line for the user.
  public struct Failure: Error, CustomStringConvertible, Equatable {
    /// The message, with expected and actual values.
    public let description: String
  }

  /// The most pictures in a page.
  public static let mostPictures = 12
  /// The largest side of a subspace prior: the page keeps a number per value and component in memory.
  static let largestSide = 128
  /// The side of the pictures of a grid prior, which has none of its own: one that a browser restores at once.
  static let gridSide = 64

  /// The heading.
  public let title: String
  /// Hidden pictures in the page's size and channels.
  public let pictures: [Image]
  /// Bits per number of the loadings or of the network's parameters.
  public let precision: PagePrecision
  private let contents: Contents

  /// What the page's script needs of one kind of prior.
  private struct Contents {
    var description: Description
    /// Most of the numbers, packed in blocks.
    var numbers: [Float]
    var blocks: [Int]
    /// The other arrays.
    var arrays: [(name: String, values: [Float])] = []
  }

  /// The page of a prior of either kind.
  ///
  /// - Parameter pictures: hidden pictures of any size and channels; the middle square counts. Without any, pictures of
  ///   the prior's kind are drawn.
  /// - Throws: ``Failure`` for a prior that a page cannot hold.
  public init(
    of prior: any ImagePrior, title: String, pictures: [Image] = [],
    precision: PagePrecision = .half
  ) throws {
    switch prior {
    case let prior as SubspacePrior:
      try self.init(prior, title: title, pictures: pictures, precision: precision)
    case let prior as GridPrior:
      self.init(prior, title: title, pictures: pictures, precision: precision)
    default:
      throw Failure(
        description:
          "it is neither a subspace nor a grid prior; pass a model such as 'faces', or a picture for a page of "
          + "its field: siren-hyper export photo.png page.html --keep 10%")
    }
  }

  /// The page of a prior of aligned pictures.
  ///
  /// - Parameter pictures: hidden pictures of any size and channels; the middle square counts. Without any, faces are
  ///   drawn.
  /// - Throws: ``Failure`` for a prior that a page cannot hold.
  public init(
    _ prior: SubspacePrior, title: String, pictures: [Image] = [], precision: PagePrecision = .half
  ) throws {
    let (size, channels) = (prior.imageSize, prior.channels)
    guard prior.scope == .picture, size <= Self.largestSide, [1, 3].contains(channels) else {
      throw Failure(
        description:
          "it restores \(prior.scope == .picture ? "pictures" : "windows") of \(size)x\(size) with "
          + "\(channels) channels, expected pictures of at most \(Self.largestSide)x\(Self.largestSide) "
          + "with 1 or 3")
    }
    let numbers = GaussianNumbers(prior)
    var hasNetwork = false
    if case .subspace(_, _, _, _, _?) = prior.kind { hasNetwork = true }
    var description = Description(
      title: title, model: "gaussian", size: size, channels: channels, precision: precision,
      parameters: numbers.loadings.count)
    description.codeLength = numbers.codeLength
    description.indices = numbers.functions
    description.noise = numbers.noise
    description.facts = [
      ["Model", "\(numbers.codeLength) components of \(numbers.functions.count) cosines"]
    ]
    description.summary =
      "\(size)×\(size) pixels · \(numbers.codeLength) components · measure a few points and see the rest"
    description.notes = [
      "Each measured point changes a Gaussian over all pictures of the collection. Its mean is the restored picture, "
        + "and its standard deviation says where the picture is still open. Both are computed here after every point.",
      "The rings are the pixels whose measurement would lower the summed variance most.",
      "The page computes the Gaussian part of the model. The command 'siren-hyper inpaint' also weights the training "
        + "pictures by their agreement with the points"
        + (hasNetwork ? " and corrects the mean by a network" : "")
        + ", so its pictures are sharper and its intervals are calibrated.",
    ]
    contents = Contents(
      description: description, numbers: numbers.loadings, blocks: [numbers.codeLength],
      arrays: [
        ("axes", numbers.channelAxes), ("scales", numbers.channelScales), ("mean", numbers.mean),
        ("residual", numbers.residualVariance),
      ])
    self.title = title
    self.precision = precision
    let drawn = FaceSynthesizer(
      size: max(size, FaceSynthesizer.sizes.lowerBound), seed: Self.unseen)
    self.pictures = Self.prepared(pictures, drawnBy: drawn, size: size, channels: channels)
  }

  /// The page of a prior of any pictures, with three channels.
  ///
  /// - Parameter pictures: as above; without any, scenes are drawn.
  public init(
    _ prior: GridPrior, title: String, pictures: [Image] = [], precision: PagePrecision = .half
  ) {
    let network = prior.configuration.network
    let size = Self.gridSide
    var description = Description(
      title: title, model: "network", size: size, channels: 3, precision: precision,
      parameters: prior.parameterCount)
    description.patch = network.patch
    description.widths = network.widths
    description.logarithms = prior.calibration.logarithms
    description.factors = prior.calibration.factors
    description.smallestLogarithm = GridLoss.bounded(-.greatestFiniteMagnitude)
    description.facts = [
      ["Model", "a convolutional network of \(grouped(prior.parameterCount)) parameters"]
    ]
    description.summary =
      "\(size)×\(size) pixels · a network of \(grouped(prior.parameterCount)) parameters · measure a few points and see the rest"
    description.notes = [
      "A convolutional network corrects the linear interpolation of the measured points and predicts how far off it is. "
        + "The page evaluates all of it after every point, as WebAssembly on the processor. The command 'siren-hyper "
        + "inpaint' restores pictures of any size, between their pixels too.",
      "The rings are pixels of a large predicted deviation that keep a distance from each other.",
    ]
    contents = Contents(
      description: description, numbers: prior.parameters.values,
      blocks: prior.parameters.layout.entries.map(\.range.count))
    self.title = title
    self.precision = precision
    let drawn = SceneSynthesizer(size: size, seed: Self.unseen)
    self.pictures = Self.prepared(pictures, drawnBy: drawn, size: size, channels: 3)
  }

  /// A seed far from those that commands use, so that no training has seen its pictures.
  private static let unseen: UInt64 = 1 << 40

  private static func prepared(
    _ pictures: [Image], drawnBy synthesizer: some PictureSynthesizer, size: Int, channels: Int
  ) -> [Image] {
    let hidden = pictures.isEmpty ? (0..<8).map { synthesizer.image(at: $0) } : pictures
    return hidden.prefix(mostPictures).map {
      $0.croppedToSquare().resized(width: size, height: size).converted(toChannels: channels)
    }
  }

  /// Number of the packed numbers, which are nearly all of the page.
  public var parameterCount: Int { contents.numbers.count }

  /// The pictures of a folder in the order of their names, at most ``mostPictures``.
  ///
  /// - Returns: the pictures, and how many the folder has.
  /// - Throws: ``Failure`` if there is none, or `FileError` for a folder or picture that cannot be read.
  public static func pictures(in folder: String) throws -> (pictures: [Image], total: Int) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw FileError(
        kind: .unreadable, path: folder, reason: "the folder cannot be listed",
        advice: "check that it is a folder, and its permissions")
    }
    let endings = ["png", "jpg", "jpeg", "tif", "tiff", "webp"]
    let found = names.filter {
      endings.contains(($0 as NSString).pathExtension.lowercased()) && !$0.hasPrefix(".")
    }
    guard !found.isEmpty else {
      throw Failure(
        description:
          "'\(folder)' has no picture, expected files that end in .png, .jpg, .tif or .webp")
    }
    let pictures = try found.prefix(mostPictures).map { try ImageFile.read("\(folder)/\($0)") }
    return (pictures, found.count)
  }

  /// The page.
  ///
  /// - Throws: `FileError` for a picture that cannot be encoded.
  public func page() throws -> LivePage {
    let packed = PackedNumbers(contents.numbers, blocks: contents.blocks, precision)
    var attachments = [LivePage.Attachment(name: "loadings", data: packed.numbers)]
    if !packed.factors.isEmpty { attachments.append(.init(name: "factors", data: packed.factors)) }
    for array in contents.arrays {
      attachments.append(.init(name: array.name, data: PackedNumbers.bytes(array.values)))
    }
    for (index, picture) in pictures.enumerated() {
      attachments.append(.init(name: "picture\(index)", data: try ImageFile.encodePNG(picture)))
    }
    var description = contents.description
    description.pictures = pictures.count
    return try LivePage(
      title: title, kind: .prior, description: description, attachments: attachments)
  }

  /// The description that `prior-page.js` reads.
  private struct Description: Encodable {
    var title: String
    var model: String
    var size: Int
    var channels: Int
    var precision: String
    var parameters: Int
    var pictures = 0
    var summary = ""
    var facts: [[String]] = []
    var notes: [String] = []
    // Of a subspace prior.
    var codeLength: Int?
    var indices: [Int]?
    var noise: Double?
    // Of a grid prior.
    var patch: Int?
    var widths: [Int]?
    var logarithms: [Float]?
    var factors: [Float]?
    var smallestLogarithm: Float?

    init(
      title: String, model: String, size: Int, channels: Int, precision: PagePrecision,
      parameters: Int
    ) {
      self.title = title
      self.model = model
      self.size = size
      self.channels = channels
      self.precision = precision.rawValue
      self.parameters = parameters
    }
  }
}

/// A whole number with commas between its thousands, as the page's scripts write numbers.
private func grouped(_ number: Int) -> String {
  var text = ""
  for (place, digit) in String(number).reversed().enumerated() {
    if place > 0 && place.isMultiple(of: 3) { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}
