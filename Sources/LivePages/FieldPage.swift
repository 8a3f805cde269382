import Fields
import Files
import Fitting
import Foundation
import Signals

/// The page of one field: a picture, a sound, a clip or a shape that the browser evaluates.
public struct FieldPage: Sendable {
  /// The reason that a field cannot be shown, as one line for the user.
  public struct Failure: Error, CustomStringConvertible, Equatable {
    /// The message, with expected and actual values.
    public let description: String
  }

  /// A picture file to compare the field with.
  public struct Reference: Sendable {
    /// The bytes of a PNG, JPEG or WebP file, which browsers show.
    package let data: Data
    /// The media type.
    package let type: String

    /// Reads a picture; formats that browsers do not show become PNG.
    ///
    /// - Throws: `FileError`.
    public init(path: String) throws {
      let data = try RegularFile.read(path, maximumBytes: ImageLimits.standard.maximumBytes)
      let stored = try PictureFile.decode([UInt8](data), path: path)
      let format = ImageFormat(signatureOf: data.prefix(ImageFormat.signatureLength))
      switch format {
      case .jpeg, .webp:
        self.init(data: data, type: "image/\(format?.rawValue ?? "")")
      case .png where stored.format.type == .unsigned8:
        self.init(data: data, type: "image/png")
      default:
        self.init(data: try ImageFile.encodePNG(stored.image), type: "image/png")
      }
    }

    /// A picture in memory.
    package init(_ image: Image) throws {
      self.init(data: try ImageFile.encodePNG(image), type: "image/png")
    }

    private init(data: Data, type: String) {
      self.data = data
      self.type = type
    }
  }

  /// The most parameters in a page; browsers hold texts of 512 MB, and readers have less patience.
  static let mostParameters = 40_000_000
  /// The widest layer that a shader's arrays can hold; a single layer of sines needs none.
  static let widestArray = 512

  /// The field with its metadata.
  public var model: FieldModel
  /// The heading.
  public var title: String
  /// Bits per parameter.
  public var precision: PagePrecision
  /// The picture to which it was fitted.
  public var reference: Reference?
  /// More facts to list, such as the quality of the fit.
  public var facts: [(name: String, value: String)]

  /// A page of a field.
  ///
  /// - Throws: ``Failure`` for a field that is none of a picture, a sound, a clip and a shape, or too large.
  public init(
    _ model: FieldModel, title: String, precision: PagePrecision = .half,
    reference: Reference? = nil,
    facts: [(name: String, value: String)] = []
  ) throws {
    self.model = model
    self.title = title
    self.precision = precision
    self.reference = reference
    self.facts = facts
    let shape = model.architecture
    guard model.field.parameterCount <= Self.mostParameters else {
      throw Failure(
        description: "\(model.field.parameterCount) parameters, expected at most "
          + "\(Self.mostParameters) in a page; fit with fewer or smaller cells")
    }
    guard shape.hiddenLayers == 0 || shape.hiddenWidth <= Self.widestArray else {
      throw Failure(
        description:
          "layers of width \(shape.hiddenWidth), expected at most \(Self.widestArray) in "
          + "a page; fit with a smaller --width")
    }
    let isShown =
      switch shape.coordinates {
      case 1: (1...2).contains(shape.outputs)
      case 2: (1...4).contains(shape.outputs)
      case 3: Self.isDistance(model) ? shape.outputs == 1 : (1...4).contains(shape.outputs)
      default: false
      }
    guard isShown else {
      throw Failure(
        description:
          "the field maps \(shape.coordinates) coordinates to \(shape.outputs) values; a "
          + "page shows pictures (2 coordinates, 1 to 4 values), sounds (1, 1 or 2), clips (3, 1 to "
          + "4) and signed distances (3, 1)")
    }
    guard reference == nil || shape.coordinates == 2 else {
      throw Failure(
        description: "a picture to compare with needs a field of 2 coordinates, this one has "
          + "\(shape.coordinates)")
    }
  }

  /// Whether the metadata say that the values are signed distances from a surface.
  static func isDistance(_ model: FieldModel) -> Bool {
    guard model.architecture.coordinates == 3, model.architecture.outputs == 1 else { return false }
    struct Signal: Decodable { var kind: String }
    let kind = model.metadata["signal"].flatMap {
      try? JSONDecoder().decode(Signal.self, from: Data($0.utf8)).kind
    }
    return kind == "shape" || model.metadata.values.contains("signed distance")
  }

  /// The page.
  public func page() throws -> LivePage {
    let parameters: [Float] =
      model.grid?.parameters ?? model.siren?.parameters.values ?? []
    let blocks = Siren.layout(of: model.architecture).entries.map(\.range.count)
    let packed = PackedNumbers(parameters, blocks: blocks, precision)
    var attachments = [LivePage.Attachment(name: "parameters", data: packed.numbers)]
    if !packed.factors.isEmpty { attachments.append(.init(name: "factors", data: packed.factors)) }
    if let weights = model.grid?.cellWeights {
      attachments.append(.init(name: "cell-weights", data: PackedNumbers.bytes(weights)))
    }
    if let reference { attachments.append(.init(name: "reference", data: reference.data)) }
    let description = Description(self)
    let kind: LivePage.Kind =
      switch description.shows {
      case "sound": .sound
      case "shape": .shape
      default: .picture
      }
    return try LivePage(
      title: title, kind: kind, description: description, attachments: attachments)
  }

  /// The description that `openField` reads.
  private struct Description: Encodable {
    var title: String
    var shows: String
    var architecture: SirenArchitecture
    var grid: CellGrid?
    var signal: FittedSignal?
    var range: [Double]?
    var precision: String
    var parameters: Int
    var facts: [[String]]
    var reference: String?

    init(_ page: FieldPage) {
      let model = page.model
      title = page.title
      architecture = model.architecture
      grid = model.grid?.grid
      signal = model.signal
      shows =
        switch model.architecture.coordinates {
        case 1: "sound"
        case 2: "picture"
        default: FieldPage.isDistance(model) ? "shape" : "clip"
        }
      let format = model.metadata[PictureFormat.metadataName].flatMap { PictureFormat(json: $0) }
      range = format.map { [$0.range.low, $0.range.high] }
      precision = page.precision.rawValue
      parameters = model.field.parameterCount
      facts = page.facts.map { [$0.name, $0.value] }
      reference = page.reference?.type
    }
  }
}
