import CImageCodecs
import Foundation

extension PictureMetadata {
  /// The tags that are texts on the picture.
  static let tiffTexts: [(tag: UInt32, keyword: String)] = [
    (315, PictureText.author), (33_432, PictureText.copyright), (306, PictureText.creationTime),
  ]

  /// Reads the metadata of a page of a TIFF.
  init(ofTIFF bytes: PictureBytes, page: Int) {
    self.init()
    let index = UInt32(page - 1)
    bytes.withCodecBytes { source in
      var content: UnsafeMutablePointer<UInt8>?
      var count = 0
      if image_codecs_copy_tiff_profile(source, index, &content, &count) != 0, let content {
        if count <= Self.largestProfile { profile = Data(bytes: content, count: count) }
        free(content)
      }
      if let text = Self.text(of: 270, source, index) {
        note = Self.lastingNote(text)
        // tifffile's shape is that of the samples themselves.
        if note == nil && !text.isEmpty && !text.hasPrefix("{\"shape\"") {
          drop("the description of its layout")
        }
      }
      for (tag, keyword) in Self.tiffTexts {
        if let text = Self.text(of: tag, source, index) { keep(keyword, text) }
      }
      var names: UnsafeMutablePointer<CChar>?
      if image_codecs_copy_tiff_other_tags(source, index, &names) != 0, let names {
        for name in String(cString: names).split(separator: "\n") { drop(String(name)) }
        free(names)
      }
    }
    noteWhatIsDropped()
  }

  private static func text(of tag: UInt32, _ source: ImageCodecBytes, _ page: UInt32) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard image_codecs_copy_tiff_text(source, page, tag, &text) != 0, let text else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  /// What of a description stays true of one restored picture; nil where nothing does.
  ///
  /// ImageJ's names the unit of the resolution beside the number of slices and the range on display;
  /// OME's and tifffile's describe the layout of the file itself.
  private static func lastingNote(_ text: String) -> String? {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if trimmed.hasPrefix("ImageJ=") {
      let kept = ["ImageJ=", "unit=", "yunit=", "zunit=", "vunit=", "cf=", "c0=", "c1="]
      return trimmed.split(separator: "\n")
        .filter { line in kept.contains { line.hasPrefix($0) } }
        .map { $0 + "\n" }.joined()
    }
    let isLayout = trimmed.hasPrefix("{") || trimmed.hasPrefix("<") || trimmed.isEmpty
    return isLayout || trimmed.utf8.count > 1 << 16 ? nil : trimmed
  }
}
