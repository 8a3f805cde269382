/// A round that was stopped before all cells had made their updates.
///
/// Cells are independent, so a part of them can make their updates earlier than the others, in another run of the
/// program.
struct UnfinishedRound: Sendable, Equatable {
  /// The mark of a cell that has not made its updates, in place of its loss.
  static let open = -1.0

  let round: CellRound
  /// The loss of each held cell; ``open`` for a cell that has not made its updates.
  var losses: [Double]

  init(_ round: CellRound, cells: Int) {
    self.round = round
    losses = [Double](repeating: Self.open, count: cells)
  }

  /// The held cells that have not made their updates.
  var openCells: [Int] { losses.indices.filter { losses[$0] == Self.open } }

  /// The names of the round's numbers in a saved state.
  private static let names = ["count", "offset", "stride", "scale"].map { "round_" + $0 }
  private static let lossesName = "round_losses"

  /// What a saved state says of a round; without one, its count is 0.
  static func save(_ unfinished: UnfinishedRound?, cells: Int, to state: inout FitState) {
    let saved = unfinished ?? UnfinishedRound(CellRound(count: 0, at: 0), cells: cells)
    let round = saved.round
    for (name, value) in zip(
      names, [Double(round.count), round.offset, round.stride, round.scale])
    {
      state.numbers[name] = value
    }
    state.arrays[lossesName] = saved.losses.map {
      Float(min($0, Double(Float.greatestFiniteMagnitude)))
    }
  }

  /// The round of a saved state.
  ///
  /// - Returns: the round, which is nil if none was saved; nil if the state's numbers describe no round.
  static func read(_ state: FitState, cells: Int) -> UnfinishedRound?? {
    let numbers = names.compactMap { state.numbers[$0] }
    guard numbers.count == names.count, numbers.allSatisfy(\.isFinite), numbers[3] > 0,
      let count = Int(exactly: numbers[0]), (0...1 << 30).contains(count),
      let losses = state.arrays[lossesName], losses.count == cells,
      losses.allSatisfy({ $0 >= 0 || $0 == Float(open) })
    else { return nil }
    if count == 0 { return .some(nil) }
    var unfinished = UnfinishedRound(
      CellRound(count: count, from: numbers[1], by: numbers[2], of: numbers[3]),
      cells: losses.count)
    unfinished.losses = losses.map { Double($0) }
    return unfinished
  }
}
