import Fields
import Files
import Foundation
import Numerics
import Training

/// The saved state of a fit, from which it continues exactly.
public enum FitCheckpoint {
  private static let largestFile = 8 << 30

  /// A fingerprint of what determines the fit of a grid besides its length: signal, shape, settings and seed.
  public static func fingerprint(
    of signal: any GridSignal, _ shape: GridShape, _ settings: GridFitSettings, seed: UInt64
  ) -> String {
    "\(fingerprint(of: signal)) \(shape) \(settings) \(seed)"
  }

  /// A fingerprint of what determines the fit of one network besides its length: signal, shape, settings and seed.
  public static func fingerprint(
    of signal: any GridSignal, _ shape: SirenArchitecture, _ settings: FitSettings, seed: UInt64
  ) -> String {
    "\(fingerprint(of: signal)) \(shape) \(settings) \(seed)"
  }

  private static func fingerprint(of signal: any GridSignal) -> String {
    let hash = signal.reduce(into: FNVHash()) { $0.add($1) }
    return "\(signal.extents) \(signal.channels) \(hash.value)"
  }

  /// Writes the state of a fit, either completely or not at all, and replaces an older one.
  ///
  /// The members of a group call it together, and the first one writes.
  ///
  /// - Parameter seconds: the duration of the run so far.
  public static func write<Fit: ResumableFit>(
    _ fit: Fit, seconds: Double, fingerprint: String, to path: String
  ) throws {
    let state = fit.savedState
    var metadata = [
      "kind": Fit.checkpointKind, "fingerprint": fingerprint, "step": String(fit.step),
      "seconds": String(seconds.bitPattern),
    ]
    for (name, value) in state.numbers { metadata[name] = String(value.bitPattern) }
    try SharedArchive.write(
      metadata,
      state.arrays.sorted { $0.key < $1.key }.map { name, values in
        Fit.isShared
          ? .init(name: name, rowShape: [], ownRows: values.count) { Array(values[$0]) }
          : .init(name: name, rowShape: [], ofFirst: values)
      }, to: path, overwrite: true)
  }

  /// Restores a saved state to a fit at its start.
  ///
  /// A member of a group reads its own part alone.
  ///
  /// - Throws: `TrainingError` for a file of another fit or a damaged one, and any error from reading. The fit cannot be
  ///   used then.
  public static func resume<Fit: ResumableFit>(
    _ fit: inout Fit, from path: String, fingerprint: String
  ) throws {
    let archive = try SafetensorsFile(path, maximumBytes: largestFile)
    let fail = { (problem: String) in TrainingError.otherRun(path: path, problem: problem) }
    guard archive.metadata["kind"] == Fit.checkpointKind else {
      throw fail("it is no \(Fit.checkpointKind)")
    }
    guard archive.metadata["fingerprint"] == fingerprint else {
      throw fail("it was made with other options, another signal or another version of the program")
    }
    let number = { (name: String) in
      archive.metadata[name].flatMap { UInt64($0) }.map { Double(bitPattern: $0) }
    }
    guard let step = archive.metadata["step"].flatMap({ Int($0) }), (0...1 << 40).contains(step),
      let seconds = number("seconds"), seconds.isFinite, seconds >= 0
    else { throw fail("its position cannot be read") }
    // What the fit has at its start says what must be there.
    var state = fit.savedState
    let counts = state.arrays.mapValues(\.count)
    // What the file has need not be in memory twice.
    state.arrays = [:]
    fit.releaseTrainingState()
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      let own = Fit.isShared ? Self.place(of: count) : (start: 0, total: count)
      guard archive.shape(of: name) == [own.total],
        let values = try archive.values(of: name, in: own.start..<own.start + count),
        values.allSatisfy({ $0.isFinite })
      else { throw fail("its array '\(name)' is damaged") }
      guard !name.hasSuffix("second_moment") || values.allSatisfy({ $0 >= 0 }) else {
        throw fail("its second moments, which are means of squares, have a negative one")
      }
      state.arrays[name] = values
    }
    for name in state.numbers.keys {
      guard let value = number(name), !value.isNaN else {
        throw fail("its number '\(name)' cannot be read")
      }
      state.numbers[name] = value
    }
    // Time in which nothing was learned does not count: a run towards a quality would start at a smaller rate.
    guard fit.restore(state, step: step, seconds: step > 0 ? seconds : 0) else {
      throw fail("its numbers do not describe a fit")
    }
  }
}

extension FitCheckpoint {
  /// Where a member's values begin among those of all members, and how many there are in all.
  fileprivate static func place(of count: Int) -> (start: Int, total: Int) {
    let group = WorkGroup.current
    let counts = group.gather(count.message).map { Int(message: $0) ?? 0 }
    return (counts[..<group.rank].reduce(0, +), counts.reduce(0, +))
  }
}

/// A fit whose state can be saved, and from which it continues exactly.
public protocol ResumableFit: ProgressiveFit {
  /// The name of the kind of file that holds its state.
  static var checkpointKind: String { get }
  /// Whether each member of a group holds a part of the arrays, in the order of the members; otherwise each holds all.
  static var isShared: Bool { get }
  /// All that further updates depend on, except the number of updates.
  var savedState: FitState { get }
  /// Continues from a saved state, which has the arrays and numbers of ``savedState``.
  ///
  /// - Parameters:
  ///   - step: updates made; 0 for a fit that was saved before its first one.
  ///   - seconds: the duration of the run so far.
  /// - Returns: whether the numbers are possible; if not, nothing changes.
  mutating func restore(_ state: FitState, step: Int, seconds: Double) -> Bool
}

extension ResumableFit {
  /// Each member holds all.
  public static var isShared: Bool { false }
}

/// The state of a fit as arrays of finite numbers and single numbers, by name.
public struct FitState: Sendable, Equatable {
  /// Arrays; those whose names end in `second_moment` hold no negative number.
  public var arrays: [String: [Float]]
  /// Numbers, which may be infinite.
  public var numbers: [String: Double]

  /// A state from its parts.
  public init(arrays: [String: [Float]], numbers: [String: Double] = [:]) {
    self.arrays = arrays
    self.numbers = numbers
  }
}
