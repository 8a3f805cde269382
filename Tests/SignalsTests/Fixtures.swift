import Foundation
import Testing

/// The files that `Fixtures/make_fixtures.py` made.
enum Fixtures {
  static let jpegNames = [
    "grey.jpg", "color.jpg", "color_subsampled.jpg", "progressive.jpg", "rgb.jpg", "cmyk.jpg",
    "ycck.jpg", "cmyk_plain.jpg",
  ]

  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourcePath)
    return "\(folder)/Fixtures/\(name)"
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func expected() throws -> ExpectedNumbers {
    let data = try Data(contentsOf: URL(fileURLWithPath: path("expected.json")))
    return try JSONDecoder().decode(ExpectedNumbers.self, from: data)
  }
}

/// Values computed by Pillow and scikit-image.
struct ExpectedNumbers: Decodable {
  struct Similarity: Decodable { let height, width, channels: Int; let value: Double }
  struct Resized: Decodable { let from, to: [Int]; let values: [Float] }
  /// Decoded pictures, 0...255, rows of pixels of channels.
  let jpeg: [String: [[[Float]]]]
  let displayed: [[Float]]
  let ssim: [Similarity]
  let resized, bilinear: [Resized]
}
