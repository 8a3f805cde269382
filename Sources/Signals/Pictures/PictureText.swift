/// A text that a file holds about its picture, such as its author.
public struct PictureText: Sendable, Equatable, Codable {
  /// What the text is about, in PNG's words: `Author`, `Copyright`, `Creation Time`, `Comment`.
  public let keyword: String
  /// The text.
  public let text: String

  /// A text from its parts; nil unless the keyword is one that a PNG can have: 1 to 79 characters of Latin-1, none a
  /// control character, and none at the ends a space.
  public init?(_ keyword: String, _ text: String) {
    let codes = keyword.unicodeScalars.map(\.value)
    guard (1...79).contains(codes.count),
      codes.allSatisfy({ (32...126).contains($0) || (161...255).contains($0) }),
      codes.first != 32, codes.last != 32, !text.unicodeScalars.contains("\0")
    else { return nil }
    self.keyword = keyword
    self.text = text
  }

  /// Decodes a text and checks it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = PictureText(
      try container.decode(String.self, forKey: .keyword),
      try container.decode(String.self, forKey: .text))
    guard let text else {
      throw DecodingError.dataCorruptedError(
        forKey: .keyword, in: container, debugDescription: "this is no keyword")
    }
    self = text
  }

  /// The names of TIFF's tags for the same.
  static let author = "Author"
  static let copyright = "Copyright"
  static let creationTime = "Creation Time"
  static let description = "Description"
  static let comment = "Comment"
  /// The program that wrote the file, which is not the one that writes the next.
  static let software = "Software"
  /// XMP, as PNG calls it.
  static let xmp = "XML:com.adobe.xmp"
}

extension PictureFormat {
  /// The first text of a keyword.
  func text(_ keyword: String) -> String? { texts?.first { $0.keyword == keyword }?.text }
}
