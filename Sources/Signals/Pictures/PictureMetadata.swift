import Foundation

/// What a file says beside its samples and stays true of a restored picture.
struct PictureMetadata {
  var profile: Data?
  var resolution: PictureResolution?
  var note: String?
  /// Texts, in the order of the file.
  var texts: [PictureText] = []
  /// An EXIF block of an upright picture without a thumbnail.
  var exif: Data?
  /// A PNG's chunks about its colours.
  var colorChunks: Data?
  /// What was passed over, one line each.
  var notes: [String] = []
  /// The names of what is there and not kept.
  private var dropped: [String] = []

  /// Larger profiles are not kept.
  static let largestProfile = 16 << 20
  /// Longer texts are not kept.
  static let longestText = 1 << 20
  /// More texts are not kept.
  private static let mostTexts = 256

  /// Nothing.
  init() {}

  /// Reads a file's metadata; what is damaged is left out.
  ///
  /// - Parameter bytes: the whole file; of a TIFF, see `init(ofTIFF:page:)`.
  init(of bytes: [UInt8], _ format: ImageFormat) {
    switch format {
    case .png: readPNG(HeaderBytes(bytes[...]))
    case .jpeg: readJPEG(HeaderBytes(bytes[...]))
    case .webp: readWebP(HeaderBytes(bytes[...]))
    case .tiff, .npy, .npz: break
    }
    noteWhatIsDropped()
  }

  private mutating func readWebP(_ bytes: HeaderBytes) {
    profile = WebPHeaderParser.chunk("ICCP", in: bytes).map { Data($0.array) }
    if let exif = WebPHeaderParser.chunk("EXIF", in: bytes) { keep(exif: exif) }
    if WebPHeaderParser.chunk("XMP ", in: bytes) != nil { drop("XMP") }
  }

  /// Keeps a text, except for the name of the program that wrote the file.
  mutating func keep(_ keyword: String, _ text: String?) {
    guard keyword != PictureText.software else { return }
    guard let text, text.utf8.count <= Self.longestText, texts.count < Self.mostTexts,
      let kept = PictureText(keyword, text)
    else { return drop("the text '\(keyword.prefix(79))'") }
    texts.append(kept)
  }

  /// Keeps an EXIF block, with or without JPEG's mark before it.
  mutating func keep(exif block: HeaderBytes) {
    let isMarked = block.matches(ExifOrientation.mark)
    let tiff = isMarked ? block.slice(at: 6, count: block.count - 6) : block
    exif = tiff.flatMap { ExifOrientation.uprightWithoutThumbnail($0) }.map { Data($0) }
    if exif == nil { drop("EXIF") }
  }

  /// Names something that is not kept.
  mutating func drop(_ name: String) {
    if !dropped.contains(name) { dropped.append(name) }
  }

  /// Notes that the first of several pictures was read.
  mutating func note(page: Int, of count: Int) {
    guard page == 1, count > 1 else { return }
    notes.append("only page 1 of \(count) is read")
  }

  /// Turns the names of what is not kept into a note.
  mutating func noteWhatIsDropped() {
    guard !dropped.isEmpty else { return }
    notes.append(
      "not kept from the file: " + dropped.prefix(12).joined(separator: ", ")
        + (dropped.count > 12 ? ", ..." : ""))
    dropped = []
  }
}
