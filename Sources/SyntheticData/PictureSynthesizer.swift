import Dispatch
import Files
import Foundation
import Numerics
import Signals

/// Draws a collection of pictures without an end, each from the collection's seed and its own number.
public protocol PictureSynthesizer: Sendable {
  /// The sizes of pictures that can be drawn, in pixels per side.
  static var sizes: ClosedRange<Int> { get }

  /// What the names of the pictures' files begin with, such as `face`.
  static var filePrefix: String { get }

  /// Width and height of the pictures in pixels.
  var size: Int { get }

  /// The collection's seed.
  var seed: UInt64 { get }

  /// One picture of the collection, `size` by `size` pixels in RGB, values in 0...1.
  ///
  /// - Parameter index: number of the picture, at least 0.
  func image(at index: Int) -> Image
}

extension PictureSynthesizer {
  /// The file name of a picture of the collection, such as `face-00042.png`.
  public static func fileName(at index: Int) -> String {
    let digits = String(index)
    return filePrefix + "-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
      + ".png"
  }

  /// Draws pictures 0 to `count - 1` into a folder, which is created if it does not exist.
  ///
  /// - Parameters:
  ///   - count: at least 1.
  ///   - folder: the folder of the files.
  ///   - overwrite: whether files of the same names may be replaced. If it is false and one of them
  ///     exists, nothing is written.
  ///   - threads: pictures drawn at the same time; the files do not depend on it.
  ///   - progress: called on the calling thread with the number of pictures done.
  ///   - isCancelled: polled periodically; true ends early.
  /// - Returns: the number of pictures written.
  /// - Throws: ``SyntheticDataError`` if the folder cannot be created, `FileError` if
  ///   a file exists or cannot be written.
  public func write(
    count: Int, to folder: String, overwrite: Bool, threads: Int = 2,
    progress: (Int) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> Int {
    try makeFolder(folder)
    for index in 0..<count {
      try AtomicFile.checkWritable(folder + "/" + Self.fileName(at: index), overwrite: overwrite)
    }
    let piece = 64
    for start in stride(from: 0, to: count, by: piece) {
      if isCancelled() { return start }
      let numbers = Array(start..<min(count, start + piece))
      _ = try Parallel.map(numbers.count, upTo: threads) { position in
        try ImageFile.writePNG(
          image(at: numbers[position]),
          to: folder + "/" + Self.fileName(at: numbers[position]), overwrite: overwrite)
      }
      progress(start + numbers.count)
    }
    return count
  }

  private func makeFolder(_ path: String) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw SyntheticDataError.notAFolder(path: path) }
      return
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw SyntheticDataError.folderUnmakeable(path: path)
    }
  }
}
