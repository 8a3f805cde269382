/// Reads one kind of untrusted bytes: what the fuzzer calls, and an ordinary test with fixed mutations.
///
/// A target that returns is right, whether the bytes were accepted or refused. Traps, memory errors, endless work
/// and messages of several lines are the errors that it finds. Each kind of file has one line in ``all``.
public struct FuzzTarget: Sendable {
  /// The name on the command line, such as `png`.
  public let name: String
  /// Examples to mutate, the first ones the smallest.
  public let seeds: @Sendable () throws -> [[UInt8]]
  /// Corrects the checksums in mutated bytes, so that a decoder goes on behind them; nil if there are none.
  let repair: (@Sendable ([UInt8]) -> [UInt8])?
  /// Reads the bytes.
  private let read: @Sendable ([UInt8]) throws -> Void

  init(
    _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
    repair: (@Sendable ([UInt8]) -> [UInt8])? = nil,
    read: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.seeds = seeds
    self.repair = repair
    self.read = read
  }

  /// Every target.
  public static let all: [FuzzTarget] =
    pictures + tables + sounds + clips + shapes + models + checkpoints + catalogs

  /// The target of that name.
  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

  /// Reads some bytes, as they are and with correct checksums.
  ///
  /// - Returns: whether they were accepted.
  @discardableResult
  public func run(_ bytes: [UInt8]) -> Bool { answers(to: bytes).contains(nil) }

  /// The messages of errors on reading some bytes as they are and, if it differs, with correct checksums; nil where
  /// they were accepted.
  public func answers(to bytes: [UInt8]) -> [String?] {
    let first = answer(to: bytes)
    guard let repaired = repair?(bytes), repaired != bytes else { return [first] }
    return [first, answer(to: repaired)]
  }

  private func answer(to bytes: [UInt8]) -> String? {
    do {
      try read(bytes)
      return nil
    } catch {
      // A name in a file must not write further lines into a log.
      let message = "\(error)"
      precondition(
        !message.isEmpty && !message.contains(where: \.isNewline), "the message has several lines")
      return message
    }
  }
}
