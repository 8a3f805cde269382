import CImageCodecs
import Files

/// Reads what a page of a TIFF is, through libtiff.
enum TIFFHeaderParser {
  static func parse(
    _ bytes: PictureBytes, page: Int, isWhole: Bool, path: String, limits: ImageLimits
  ) throws -> ParsedHeader? {
    var message = CodecMessage()
    var found = ImageCodecTIFFPage()
    let status = message.capture { text, capacity in
      bytes.withCodecBytes {
        image_codecs_describe_tiff($0, UInt32(page - 1), &found, text, capacity)
      }
    }
    // The directory may lie anywhere in the file.
    guard status == ImageCodecSucceeded || isWhole else { return nil }
    // What follows a thumbnail may be the picture.
    guard found.is_auxiliary == 0 || isWhole else { return nil }
    guard status == ImageCodecSucceeded else {
      let pages = pageCount(bytes)
      if pages > 0 && page > pages {
        throw FileError(
          kind: .unsupported, path: path,
          reason: "page \(page) was asked for, and the file has \(pages)",
          advice: "give a page from 1 to \(pages)")
      }
      throw ImageFile.decodingError(status, format: .tiff, message: message.text, path: path)
    }
    let (width, height) = (Int(found.size.width), Int(found.size.height))
    try HeaderParser.check(width: width, height: height, path: path, limits: limits)
    guard let type = SampleType(codec: found.size.sample) else {
      throw HeaderParser.unsupported(path, "its samples are of an unknown type")
    }
    let sideways = found.orientation >= 5
    return ParsedHeader(
      header: ImageHeader(
        format: .tiff, width: sideways ? height : width, height: sideways ? width : height,
        channels: Int(found.size.channels), bitDepth: type.bits,
        orientation: Int(found.orientation)),
      storedWidth: width, storedHeight: height,
      minimumBytes: Int(clamping: found.uncompressed_bytes), type: type,
      significantBits: Int(found.significant_bits), tiff: found)
  }

  /// The number of pages; thumbnails and masks count only in a file without anything else.
  static func pageCount(_ bytes: PictureBytes) -> Int {
    bytes.withCodecBytes { Int(image_codecs_tiff_page_count($0)) }
  }
}
