import Foundation
import Signals

/// Reference runs too large to keep with the tests, and the pictures and sounds they were made on.
///
/// Two environment variables name the folders; tests that need them are skipped without.
public struct ReferenceFolder: Sendable {
  /// The folder of the runs: `<name>.json` and `<name>.safetensors`, from `SIREN_REFERENCE`.
  public let runs: String
  /// The folder of pictures and sounds, from `SIREN_REFERENCE_DATA`.
  public let data: String

  /// The folders that the environment names; nil if it names none.
  public static let fromEnvironment: ReferenceFolder? = {
    let environment = ProcessInfo.processInfo.environment
    guard let runs = environment["SIREN_REFERENCE"], let data = environment["SIREN_REFERENCE_DATA"]
    else { return nil }
    return ReferenceFolder(runs: runs, data: data)
  }()

  /// Whether there are reference runs to compare with.
  public static var isAvailable: Bool { fromEnvironment != nil }

  /// The content of a run's JSON file.
  public func record<Record: Decodable>(_ name: String, as type: Record.Type) throws -> Record {
    try JSONDecoder().decode(type, from: bytes("\(runs)/\(name).json"))
  }

  /// The bytes of a run's safetensors file.
  public func weights(_ name: String) throws -> Data { try bytes("\(runs)/\(name).safetensors") }

  /// A picture reduced to `size` by `size` pixels by averaging boxes, in -1...1,
  /// `[size, size, channels]`.
  public func picture(_ name: String, size: Int) throws -> [Float] {
    let image = try ImageFile.read("\(data)/\(name)")
    return Self.boxAveraged(
      image.values, width: image.width, height: image.height, channels: image.channels, size: size)
  }

  /// The first `count` samples of a mono float32 WAV file divided by their largest magnitude.
  public func sound(_ name: String, count: Int) throws -> [Float] {
    let bytes = try bytes("\(data)/\(name)")
    guard let start = bytes.range(of: Data("data".utf8))?.upperBound.advanced(by: 4),
      bytes.count >= start + 4 * count
    else { throw CocoaError(.fileReadCorruptFile) }
    let samples = bytes.withUnsafeBytes { raw in
      (0..<count).map { index in
        Float(
          bitPattern: UInt32(
            littleEndian: raw.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)))
      }
    }
    let largest = samples.reduce(0) { max($0, abs($1)) }
    return samples.map { $0 / largest }
  }

  /// An 8-bit picture with values 0...1 averaged in equal boxes in double precision, in -1...1.
  ///
  /// - Returns: `[size, size, channels]`; the remainder of a side that `size` does not divide, and
  ///   what exceeds a square, is left out.
  public static func boxAveraged(
    _ values: [Float], width: Int, height: Int, channels: Int, size: Int
  ) -> [Float] {
    let side = min(width, height) / size
    var result: [Float] = []
    for row in 0..<size {
      for column in 0..<size {
        for channel in 0..<channels {
          var sum = 0.0
          for y in row * side..<(row + 1) * side {
            for x in column * side..<(column + 1) * side {
              sum += (255 * Double(values[(y * width + x) * channels + channel])).rounded()
            }
          }
          result.append(Float(sum / Double(side * side) / 255 * 2 - 1))
        }
      }
    }
    return result
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }
}
