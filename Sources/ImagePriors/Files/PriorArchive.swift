import Files
import Foundation
import Signals
import Training

/// Reads the archives of priors and of interrupted training runs.
package enum PriorArchive {
  /// The largest model file that is read, in bytes.
  private static let largestFile = 2 << 30

  /// The archive in a regular file of reasonable size.
  package static func read(_ path: String) throws -> SafetensorsArchive {
    let data: Data
    do {
      data = try RegularFile.read(path, maximumBytes: largestFile)
    } catch let error as FileError {
      throw PriorError.notAPrior(path: path, problem: error.reason)
    }
    return try SafetensorsArchive(data: data, path: path)
  }
}
