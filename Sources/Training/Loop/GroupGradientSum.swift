import CKernels
import DifferentiableCore
import Foundation
import Numerics

/// Adds the gradients of all pieces of a batch over the members of a group while they are computed.
///
/// Gradients are added in the order of the pieces, as one process adds them: a member waits for the sum of the pieces
/// before its own, adds its own one after the other, and passes the sum on. The last member sends the total to all.
/// That is done part by part, from the last parameters to the first, because the reverse pass finishes them in that
/// order: a part is on its way while others are still computed. Each member sends and receives about as many bytes as
/// in any other sum over a group.
final class GroupGradientSum: Sendable {
  /// The values that travel in one message to a number of members.
  ///
  /// They are enough that the latency of a message does not count. Among many members they are fewer, since a part passes
  /// through all of them before the last one has it.
  static func partLength(members: Int) -> Int { max(1 << 12, (1 << 16) / max(1, members / 8)) }

  private let layout: ParameterLayout
  private let group: WorkGroup
  private let partLength: Int
  /// Ranges of values, each within one array, from the last array to the first.
  private let parts: [(entry: Int, range: Range<Int>)]
  private let state: Guarded<State>
  private let total: Guarded<[Float]>
  /// Signalled when an array of a piece's gradient is complete, or a piece is known to have none.
  private let arrival = DispatchSemaphore(value: 0)
  private let end = DispatchSemaphore(value: 0)

  private struct State {
    /// The arrays of each own piece that are complete.
    var arrays: [[Int: Tensor]]
    /// Own pieces that add nothing.
    var isLeftOut: [Bool]
  }

  /// - Parameters:
  ///   - layout: the shapes of the parameters.
  ///   - pieces: the number of this member's pieces.
  ///   - group: the members.
  init(_ layout: ParameterLayout, pieces: Int, over group: WorkGroup) {
    self.layout = layout
    self.group = group
    partLength = Self.partLength(members: group.count)
    parts = layout.pieces(of: partLength).reversed()
    state = Guarded(
      State(
        arrays: Array(repeating: [:], count: pieces),
        isLeftOut: Array(repeating: false, count: pieces)))
    total = Guarded([Float](repeating: 0, count: layout.count))
    let thread = Thread { [self] in
      if group.addsInOrder { passOn() } else { addAtOnce() }
      end.signal()
    }
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Hands in an array of a piece's gradient; any thread may call it, once for each array.
  func add(_ array: Tensor, entry: Int, piece: Int) {
    state.withLock { $0.arrays[piece][entry] = array }
    arrival.signal()
  }

  /// Hands in that a piece adds nothing.
  func leaveOut(_ piece: Int) {
    state.withLock { $0.isLeftOut[piece] = true }
    arrival.signal()
  }

  /// Waits for the sum of all pieces of all members.
  func finish() -> ParameterGradient {
    end.wait()
    let values = total.withLock { $0 }
    return ParameterGradient(
      layout: layout,
      parts: layout.entries.map { Tensor(Array(values[$0.range]), shape: $0.shape) })
  }

  /// The own pieces' gradients with respect to an array, in their order, once all are complete.
  private func arrays(_ entry: Int) -> [Tensor] {
    while true {
      let found = state.withLock { state -> [Tensor]? in
        var found: [Tensor] = []
        for piece in state.arrays.indices where !state.isLeftOut[piece] {
          guard let array = state.arrays[piece][entry] else { return nil }
          found.append(array)
        }
        return found
      }
      if let found { return found }
      arrival.wait()
    }
  }

  /// The sum in the order of the pieces.
  private func passOn() {
    let last = group.count - 1
    var sums = [Float](repeating: 0, count: partLength)
    for (entry, range) in parts {
      let own = arrays(entry)
      // The sum begins with a gradient and not with 0, which would change the sign of a negative zero.
      var isEmpty = true
      if group.rank > 0 {
        isEmpty = group.receive(from: group.rank - 1, as: .sum).isEmpty
        if !isEmpty { receive(&sums, range.count, from: group.rank - 1) }
      }
      for array in own {
        Self.add(array, range, to: &sums, replacing: isEmpty)
        isEmpty = false
      }
      if group.rank < last {
        group.send(isEmpty ? [] : [1], to: group.rank + 1, as: .sum)
        if !isEmpty { send(sums, range.count, to: group.rank + 1) }
      } else {
        store(isEmpty ? [Float](repeating: 0, count: range.count) : sums, entry, range)
      }
    }
    // The total goes to all members along a tree.
    let (parent, children) = group.tree(from: last)
    for (entry, range) in parts {
      if group.halvesSums {
        // All members have what the last one rounded, and pass it on as it came.
        let message =
          parent.map { group.receive(from: $0, as: .sum) }
          ?? HalfPrecisionMessage.bytes(of: values(entry, range)[...])
        for child in children { group.send(message, to: child, as: .sum) }
        HalfPrecisionMessage.read(message, into: &sums)
        store(sums, entry, range)
        continue
      }
      if let parent {
        receive(&sums, range.count, from: parent)
        store(sums, entry, range)
      } else {
        sums = values(entry, range)
      }
      for child in children { send(sums, range.count, to: child) }
    }
  }

  /// The sum in any order: each member adds its own pieces, then all are added at once.
  private func addAtOnce() {
    var sums = [Float](repeating: 0, count: partLength)
    for (entry, range) in parts {
      var isEmpty = true
      for array in arrays(entry) {
        Self.add(array, range, to: &sums, replacing: isEmpty)
        isEmpty = false
      }
      if isEmpty { for place in 0..<range.count { sums[place] = 0 } }
      sums.withUnsafeMutableBufferPointer {
        group.addUnordered(UnsafeMutableBufferPointer(rebasing: $0[..<range.count]))
      }
      store(sums, entry, range)
    }
  }

  private static func add(
    _ array: Tensor, _ range: Range<Int>, to sums: inout [Float], replacing: Bool
  ) {
    array.withValues { source in
      sums.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        if replacing {
          to.update(from: from + range.lowerBound, count: range.count)
        } else {
          ck_add_to(from + range.lowerBound, to, range.count)
        }
      }
    }
  }

  private func store(_ sums: [Float], _ entry: Int, _ range: Range<Int>) {
    let start = layout.entries[entry].offset + range.lowerBound
    total.withLock { total in
      for place in 0..<range.count { total[start + place] = sums[place] }
    }
  }

  private func values(_ entry: Int, _ range: Range<Int>) -> [Float] {
    let start = layout.entries[entry].offset + range.lowerBound
    return total.withLock { Array($0[start..<start + range.count]) }
  }

  private func send(_ sums: [Float], _ count: Int, to rank: Int) {
    if group.halvesSums {
      return group.send(HalfPrecisionMessage.bytes(of: sums[..<count]), to: rank, as: .sum)
    }
    sums.withUnsafeBufferPointer {
      group.send(UnsafeBufferPointer(rebasing: $0[..<count]), to: rank, as: .sum)
    }
  }

  private func receive(_ sums: inout [Float], _ count: Int, from rank: Int) {
    if group.halvesSums {
      return HalfPrecisionMessage.read(group.receive(from: rank, as: .sum), into: &sums)
    }
    sums.withUnsafeMutableBufferPointer {
      group.receive(UnsafeMutableBufferPointer(rebasing: $0[..<count]), from: rank, as: .sum)
    }
  }
}
