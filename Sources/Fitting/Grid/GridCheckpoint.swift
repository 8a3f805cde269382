import Fields
import Files
import Foundation
import Training

/// The saved state of a grid's fit, from which it continues exactly.
public enum GridCheckpoint {
  private static let kind = "siren grid checkpoint"
  private static let largestFile = 8 << 30
  private static let names = ["parameters", "first_moment", "second_moment"]

  /// A fingerprint of what determines a fit besides its length: signal, shape, settings and seed.
  public static func fingerprint(
    of signal: any GridSignal, _ shape: GridShape, _ settings: GridFitSettings, seed: UInt64
  ) -> String {
    // FNV-1a over the bits of all values, slab by slab along the first axis.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let rest = signal.extents.dropFirst().map { 0..<$0 }
    let slab = max(1, (1 << 18) / max(1, rest.reduce(signal.channels) { $0 * $1.count }))
    for start in stride(from: 0, to: signal.extents[0], by: slab) {
      let rows = start..<min(signal.extents[0], start + slab)
      for value in signal.values(in: [rows] + rest) {
        hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3
      }
    }
    return "\(signal.extents) \(signal.channels) \(hash) \(shape) \(settings) \(seed)"
  }

  /// Writes the state of a fit, either completely or not at all, and replaces an older one.
  ///
  /// - Parameter seconds: the duration of the run so far.
  public static func write(
    _ fit: GridFit, seconds: Double, fingerprint: String, to path: String
  ) throws {
    let archive = SafetensorsArchive(
      metadata: [
        "kind": kind, "fingerprint": fingerprint, "step": String(fit.step),
        "seconds": String(seconds.bitPattern),
      ],
      arrays: zip(names, fit.state).map { .init(name: $0, shape: [$1.count], values: $1) })
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: true)
  }

  /// Restores a saved state to a fit at its start.
  ///
  /// - Throws: `TrainingError` for a file of another fit or a damaged one, and any error from reading.
  public static func resume(
    _ fit: inout GridFit, from path: String, fingerprint: String
  ) throws {
    let archive = try SafetensorsArchive(
      data: RegularFile.read(path, maximumBytes: largestFile), path: path)
    let fail = { (problem: String) in TrainingError.otherRun(path: path, problem: problem) }
    guard archive.metadata["kind"] == kind else {
      throw fail("it is no checkpoint of a grid's fit")
    }
    guard archive.metadata["fingerprint"] == fingerprint else {
      throw fail("it was made with other options or another signal")
    }
    guard let step = archive.metadata["step"].flatMap({ Int($0) }), (1...1 << 40).contains(step),
      let bits = archive.metadata["seconds"].flatMap({ UInt64($0) }),
      case let seconds = Double(bitPattern: bits), seconds.isFinite, seconds >= 0
    else { throw fail("its position cannot be read") }
    let count = fit.field.parameters.count
    let state = try names.map { name -> [Float] in
      guard let array = archive[name], array.shape == [count],
        array.values.allSatisfy({ $0.isFinite })
      else { throw fail("its array '\(name)' is damaged") }
      return array.values
    }
    guard state[2].allSatisfy({ $0 >= 0 }) else {
      throw fail("its second moments, which are means of squares, have a negative one")
    }
    fit.resume(state, step: step, seconds: seconds)
  }
}
