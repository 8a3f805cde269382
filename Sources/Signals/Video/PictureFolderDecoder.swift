import Files
import Foundation

/// The pictures of a folder in the order of the numbers in their names.
///
/// Files with the name of a PNG or JPEG or the content of a picture are frames. Hidden files, folders and
/// other files are skipped. Numbers may have gaps. Samples are whole numbers of 8 or 16 bits from 0: those of
/// other types have no full range, and each frame would be stretched to 0...1 by its own extremes.
final class PictureFolderDecoder: FrameDecoder {
  let info: VideoInfo
  private let folder: String
  private let names: [String]
  private let limits: ImageLimits
  private var position = 0

  /// Lists a folder and reads the headers of its pictures.
  ///
  /// - Throws: `FileError` naming the first picture that isn't like the first one, or whose samples have no full
  ///   range.
  init(_ folder: String, limits: VideoLimits) throws {
    self.folder = folder
    self.limits = ImageLimits(maximumPixels: limits.maximumPixels)
    names = try Self.pictures(in: folder, limits: self.limits)
    guard let firstName = names.first else {
      throw FileError(
        kind: .empty, path: folder, reason: "the folder holds no PNG or JPEG picture",
        advice: "name the folder that holds the frames")
    }
    let first = try Self.header(at: folder + "/" + firstName, limits: self.limits)
    try VideoReader.check(
      width: first.width, height: first.height, frames: names.count, path: folder, limits: limits)
    var isDeep = false
    for name in names {
      let path = folder + "/" + name
      let header = try Self.header(at: path, limits: self.limits)
      guard
        header.width == first.width, header.height == first.height,
        header.channels == first.channels
      else {
        throw Self.differs(
          path, Self.text(header.width, header.height, header.channels),
          Self.text(first.width, first.height, first.channels), firstName: firstName)
      }
      if header.bitDepth > 8 { isDeep = true }
    }
    info = VideoInfo(
      format: .pictures, width: first.width, height: first.height, channels: first.channels,
      frameCount: names.count, frameRate: nil, isDeep: isDeep)
  }

  func next() throws -> Image? {
    guard position < names.count else { return nil }
    let path = folder + "/" + names[position]
    let stored = try PictureFile.read(path, keepsMetadata: false, limits: limits)
    // The file may have been replaced since its header was read.
    try Self.check(stored.format.type, path: path)
    let image = stored.image
    guard
      image.width == info.width, image.height == info.height, image.channels == info.channels
    else {
      throw Self.differs(
        path, Self.text(image.width, image.height, image.channels),
        Self.text(info.width, info.height, info.channels), firstName: names[0])
    }
    position += 1
    return image
  }

  func skip() throws -> Bool {
    guard position < names.count else { return false }
    position += 1
    return true
  }

  private static func pictures(in folder: String, limits: ImageLimits) throws -> [String] {
    let all: [String]
    do {
      all = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw FileError(
        kind: .unreadable, path: folder, reason: "the folder cannot be listed",
        advice: "check its permissions")
    }
    let pictures = all.filter { name in
      guard !name.hasPrefix(".") else { return false }
      let path = folder + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { return false }
      // A damaged file with the name of a frame is an error later, and not a gap.
      if [".png", ".jpg", ".jpeg"].contains(where: name.lowercased().hasSuffix) { return true }
      return (try? ImageFile.header(at: path, limits: limits)) != nil
    }
    return pictures.sorted { NaturalOrder.precedes($0, $1) }
  }

  /// The header of a frame, whose samples have a full range.
  private static func header(at path: String, limits: ImageLimits) throws -> ImageHeader {
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumBytes, adviceIfTooLarge: ImageFile.adviceIfTooLarge)
    let parsed = try ImageFile.readHeader(of: file, path: path, limits: limits)
    try check(parsed.type, path: path)
    return parsed.header
  }

  private static func check(_ type: SampleType, path: String) throws {
    guard type.hasFullRange else {
      throw FileError(
        kind: .unsupported, path: path,
        reason:
          "this frame has \(type.summary) samples, which say nothing about the range of the clip",
        advice: "convert all frames to 8 or 16 bits with the same range")
    }
  }

  private static func text(_ width: Int, _ height: Int, _ channels: Int) -> String {
    "\(width)x\(height) with \(channels) channel\(channels == 1 ? "" : "s")"
  }

  private static func differs(
    _ path: String, _ found: String, _ expected: String, firstName: String
  ) -> FileError {
    FileError(
      kind: .unsupported, path: path,
      reason: "this frame is \(found), but the first one (\(firstName)) is \(expected)",
      advice: "give frames of one size and kind")
  }
}
