import DatasetCatalog
import Foundation
import Numerics
import Signals

/// A fresh folder with pictures, removed at the end of its life.
final class TemporaryCollection: Sendable {
  let directory: String

  init() throws {
    let path = NSTemporaryDirectory() + "/catalog-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    directory = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: directory)
  }

  func path(_ name: String) -> String { directory + "/" + name }

  /// The bytes of a small picture; another seed gives another picture.
  static func png(seed: Int, width: Int = 6, height: Int = 4, channels: Int = 3) throws -> Data {
    var generator = Xoshiro256(seed: UInt64(seed))
    let values = (0..<width * height * channels).map { _ in
      Float(generator.uniform(below: 256)) / 255
    }
    return try ImageFile.encodePNG(
      Image(width: width, height: height, channels: channels, values: values))
  }

  /// A grey JPEG of 8 x 8 pixels, one flat grey, made with Pillow.
  static let jpeg =
    Data(
      base64Encoded: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdA\
        SFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAA\
        AAAABP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AC//Z
        """) ?? Data()

  func write(_ name: String, _ data: Data) throws {
    // By bytes: a name may begin with a mark that joins the separator.
    let bytes = Array(path(name).utf8)
    let end = bytes.lastIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
    let folder = String(decoding: bytes[..<end], as: UTF8.self)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try data.write(to: URL(fileURLWithPath: path(name)))
  }

  func write(_ name: String, seed: Int) throws {
    try write(name, Self.png(seed: seed))
  }

  func delete(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(name))
  }

  /// Sets a file's modification time in whole seconds since 1970.
  func touch(_ name: String, seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path(name))
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: path(name), withDestinationPath: target)
  }

  func catalog(_ catalogPath: String? = nil) throws -> Catalog {
    try Catalog.open(directory: directory, catalogPath: catalogPath, createIfMissing: true)
  }
}
