import FuzzTargets
import Numerics

/// Mutations of a target's examples, and of inputs whose answers were new.
///
/// The fuzzer knows which code an input reached. Here the message of an error says as much as can be known without
/// another build: an input with a new one went another way through the reader.
struct BriefRun {
  /// The number of inputs so far.
  private(set) var count = 0
  /// What is mutated: the examples, then inputs with new answers.
  private(set) var pool: [[UInt8]]
  private var random: Xoshiro256
  private var known: Set<String> = []
  /// The number of known answers by how they begin.
  private var beginnings: [Substring: Int] = [:]

  /// The largest number of inputs that are mutated, and the largest of them, in bytes.
  private static let (mostInputs, mostBytes) = (4_096, 1 << 16)
  /// The largest number of inputs whose answers begin with the same characters, and the number of these.
  ///
  /// Some messages name what the file names, so that every mutation has its own.
  private static let (mostAlike, beginning) = (32, 32)

  init(target: FuzzTarget, examples: [[UInt8]], seed: UInt64) {
    pool = examples
    // Another sequence for every target, the same one whichever are run.
    random = Xoshiro256(
      seed: target.name.utf8.reduce(seed) { ($0 &+ UInt64($1)) &* 0x9E37_79B9_7F4A_7C15 })
  }

  /// The next input.
  mutating func next() -> [UInt8] {
    count += 1
    // Half of them from the latest, which went furthest.
    let start = random.uniform(below: 2) == 0 ? max(0, pool.count - 16) : 0
    let parent = pool[start + random.uniform(below: pool.count - start)]
    return Mutation.mutated(parent, pool, &random)
  }

  /// Remembers an input whose answers were new.
  mutating func learn(_ input: [UInt8], _ answers: [String?]) {
    let answer = answers.map { $0.map(Self.kind) ?? "" }.joined(separator: "\n")
    guard pool.count < Self.mostInputs, input.count <= Self.mostBytes,
      beginnings[answer.prefix(Self.beginning), default: 0] < Self.mostAlike,
      known.insert(answer).inserted
    else { return }
    beginnings[answer.prefix(Self.beginning), default: 0] += 1
    pool.append(input)
  }

  /// A message without its numbers and without what it quotes.
  static func kind(_ message: String) -> String {
    var kind = ""
    var isQuoted = false
    for character in message {
      // Not the apostrophe of a word.
      if character == "\"" || character == "'" && (isQuoted || kind.last?.isLetter != true) {
        isQuoted.toggle()
      }
      if !isQuoted && !character.isNumber { kind.append(character) }
    }
    return kind
  }
}
